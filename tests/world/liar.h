// A relay that lies: forgets what it has said it keeps, delays and reorders, repeats, garbles and mixes up
// envelopes, hands out old keys and other people's, slips in a stranger of its own, lies about the time. It
// stands before an honest relay and sees what a relay sees: blocks.
#pragma once

#include "ratchet/handshake.h"
#include "world/oracle.h"

namespace tacet::test {

class Liar final : public ModelRelay {
 public:
  // What it is up to: per mille of the blocks each concerns.
  struct Mood {
    unsigned forgets = 0;  // says OK and forgets, this once
    unsigned forgets_for_good = 0;
    unsigned silent = 0;   // gives no answer and does nothing
    unsigned delays = 0;   // for up to a day; so it reorders
    unsigned repeats = 0;  // delivers something old again
    unsigned garbles = 0;
    unsigned mixes_up = 0;  // delivers an envelope meant for another
    unsigned old_keys = 0;
    unsigned swaps = 0;     // hands out another identity
    unsigned bad_keys = 0;  // hands out keys with a broken signature
    unsigned stranger = 0;  // writes to a mailbox as a person of its own making
    unsigned holes = 0;     // swallows everything from one person to another from now on
    Millis clock{0};
    bool operator==(const Mood&) const = default;
  };
  struct Figures {
    std::size_t forgotten = 0, forgotten_for_good = 0, silent = 0, delayed = 0, repeated = 0, garbled = 0,
                mixed_up = 0, old_keys = 0, swapped = 0, bad_keys = 0, strangers = 0, holes = 0, clocks = 0;
  };

  Liar(World& world, const char* url, Oracle& oracle, std::uint64_t seed);

  void arrived(Connection connection, ByteView block, Time now) override;
  void feels(const Mood& mood);

  // Whether it is to blame that the second person never saw what the first one wrote: it swallows everything
  // from one to the other; or it swallowed this, and the first person never hears of it that the second
  // lives, without which nothing is sealed again.
  [[nodiscard]] bool swallowed(const Person* from, const Person* to, const MessageId& id) const;
  [[nodiscard]] const Figures& figures() const { return figures_; }

 private:
  using People = std::pair<const Person*, const Person*>;
  struct Place {
    Person* owner = nullptr;
    bool invitation = false;
    wire::KeysPut keys;                                        // the latest it was given
    std::optional<wire::Keys> oldest;                          // the first it handed out
    std::vector<std::pair<wire::MessageId, ByteVector>> past;  // some of what it has delivered
  };

  void leaves(Connection connection, const ByteVector& block);
  [[nodiscard]] bool send(Connection connection, std::uint32_t request, const wire::Send& send, Time now);
  void hand_out(Connection connection, std::uint32_t request, wire::Keys keys);
  void deliver(Connection connection, wire::Msg msg);
  void spoils(const wire::MessageId& message);
  void spoilt(Person& who, const wire::MessageId& message, const char* what);
  [[nodiscard]] std::optional<ratchet::Bundle> open(const wire::MailboxId& mailbox, const Place& place) const;
  void seal(wire::Keys& keys, const wire::MailboxId& mailbox, const Place& place);
  void slip_in(const wire::MailboxId& mailbox, const Place& place);
  [[nodiscard]] bool whim(unsigned per_mille) { return random_.below(1000) < per_mille; }
  void tell(Person& person, std::set<Problem> problems, std::string what) {
    oracle_.owes(person, std::move(problems), std::move(what));
  }

  World& world_;
  Oracle& oracle_;
  SeededRandom random_;
  ratchet::IdentitySecret self_;
  Mood mood_;
  std::map<wire::MailboxId, Place> places_;
  std::map<std::pair<Connection, std::uint32_t>, wire::MailboxId> asked_;
  std::map<People, wire::MailboxId> stale_;       // who was handed old keys, and whose
  std::map<wire::MessageId, People> handshakes_;  // in mailboxes of invitations
  std::set<wire::MessageId> stale_handshakes_;
  std::set<wire::MessageId> strangers_;  // its own, in mailboxes of contacts
  std::set<wire::MessageId> delivered_;  // once, and unharmed the first time
  std::set<wire::MessageId> for_good_;
  std::set<wire::MessageId> spoilt_;
  std::set<People> holes_;
  std::set<People> spoilt_meetings_;
  Figures figures_;
};

}  // namespace tacet::test
