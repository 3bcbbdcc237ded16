// What really happened in a town of messengers, written down by the town itself, and whether every screen
// told the truth about it. Looks over everyone's shoulder; knows nothing of what a messenger keeps.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "client/world.h"

namespace tacet::test {

class Oracle final : public Watcher {
 public:
  using Serial = std::size_t;

  // One message, as the one who said it and a clock on the wall know it.
  struct Message {
    std::size_t from = 0;
    std::size_t to = 0;
    MessageId id;  // as its sender's screen names it, and the relay, as long as it is not sealed again
    Time said{};
    Time expires{};         // by the clock on the wall
    Time latest_expires{};  // by the clock its sender may have believed in
    Seconds burn{0};
    bool accepted = false;  // its sender was shown that it is safe
    bool unsaid = false;    // a crash took it before that
    bool dagger = false;    // its recipient was shown "expired unread"

    // Either end's copy on its screen.
    struct Copy {
      bool on_screen = false;
      bool ended = false;
      bool read = false;  // theirs: was looked at; mine: is shown as read
      std::optional<Time> shown_at;
      Time ended_at{};
      std::optional<Time> read_at;      // theirs: first look
      Time latest_look{};               // theirs: the last look, by the clock its reader may have believed in
      std::optional<Time> burns;        // may be gone from here on
      std::optional<Time> must_be_out;  // has burnt by then
      std::uint64_t scan = 0;
    };
    Copy mine;
    Copy theirs;
  };
  struct Figures {
    std::size_t said = 0, accepted = 0, shown = 0, expired_unread = 0, swallowed = 0, unsaid = 0;
    std::size_t substitutions = 0, noticed = 0;
  };

  explicit Oracle(World& world) : world_(world) { world.watcher = this; }

  // From now on this person is watched. Their fingerprint is what their own screen says.
  void meets(Person& person);
  [[nodiscard]] std::size_t number(const Person& person) const { return numbers_.at(&person); }
  [[nodiscard]] const Fingerprint& fingerprint(const Person& person) const {
    return eyes_[number(person)].fingerprint;
  }
  [[nodiscard]] std::optional<std::size_t> by_fingerprint(const Fingerprint& fingerprint) const;

  // Call just before the event. The text to be said; it names its serial and both people.
  std::string says(Person& from, std::size_t to, const Clocks& clocks, std::size_t length);
  void looks(Person& who, const Shown& shown);
  // Something that this person must be told about, one of `problems`, unless `harmless` comes true.
  void owes(Person& to, std::set<Problem> problems, std::string what,
            std::function<bool(const View&)> harmless = {});

  // Whether its recipient has seen, or been told of, the text that screens know by this id.
  [[nodiscard]] bool arrived(const MessageId& id) const;

  // At the end of the world: what was never shown although it should have been.
  void finish(const std::function<bool(const Message&)>& swallowed);

  void before_event(Person& person) override;
  void drawn(Person& person) override;
  void synced(Person& person, std::uint64_t begun) override;
  void gone(Person& person, bool safely) override;
  void block(Person& person, const ByteVector& block) override;

  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  [[nodiscard]] const Figures& figures() const { return figures_; }

  // For tests of the oracle itself.
  bool checks_time = true;
  std::function<void(const Person&, View&)> glasses;  // what it sees instead of what is there

 private:
  struct Line {
    MessageId id;
    bool mine = false;
    MessageKind kind = MessageKind::text;
    Delivery delivery = Delivery::saving;
    std::optional<Serial> serial;
  };
  struct Debt {
    std::set<Problem> problems;
    std::string what;
    std::function<bool(const View&)> harmless;
    std::map<Problem, std::pair<std::uint64_t, std::uint32_t>> before;  // notice and its count
    Time since;
  };
  struct Look {
    Serial serial;
    bool mine;
    std::uint64_t event;
    bool end = false;  // it went from the screen
  };
  using Deadline = std::tuple<Time, Serial, bool>;
  struct Eyes {
    Person* person = nullptr;
    Fingerprint fingerprint;
    bool open = false;
    std::map<ContactId, std::vector<Line>> talks;
    std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines;
    std::vector<Look> unsafe;  // looks, receipts and ends that a crash may still undo
    std::vector<Serial> unsettled;
    std::deque<Debt> debts;
    Time latest{};    // the latest time it may believe in
    Millis ahead{0};  // what relays have told it
  };

  [[nodiscard]] const View& look(const Person& person);
  [[nodiscard]] Time believed(const Eyes& eyes) const;
  void scan(Eyes& eyes, const ConversationView& talk, bool first, bool partial);
  [[nodiscard]] std::optional<Serial> serial_of(const Eyes& eyes, const ConversationView& talk,
                                                const MessageView& message);
  void appears(Eyes& eyes, const ConversationView& talk, const MessageView& view, Serial serial);
  void vanishes(Eyes& eyes, const Line& line, bool first);
  void receipts(Eyes& eyes, const MessageView& view, Serial serial);
  void pay(Eyes& eyes);
  [[nodiscard]] static bool said(const View& view, const Debt& debt);
  [[nodiscard]] std::string text_of(Serial serial) const;
  [[nodiscard]] Time earliest(const Message& message, bool mine) const;
  [[nodiscard]] Time latest(const Message& message, bool mine) const;
  void complain(const std::string& what, std::optional<Serial> serial = {});
  [[nodiscard]] Message::Copy& copy(Serial serial, bool mine) {
    return mine ? messages_[serial].mine : messages_[serial].theirs;
  }

  World& world_;
  std::vector<Message> messages_;
  std::vector<std::uint32_t> lengths_;
  std::map<const Person*, std::size_t> numbers_;
  std::vector<Eyes> eyes_;
  std::map<Fingerprint, std::size_t> fingerprints_;
  std::map<MessageId, Serial> ids_;  // as their senders' screens name them
  std::uint64_t scans_ = 0;
  std::vector<std::string> complaints_;
  Figures figures_;
  View seen_;  // through the glasses
};

}  // namespace tacet::test
