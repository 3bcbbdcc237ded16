// The messages of every conversation: what is shown, what is stored, and when each of them falls silent. The
// view is the only copy of a text in memory. Unlocking reads the latest of them, and the rest follows in
// small portions (README.md, "Unlocking").
#pragma once

#include <set>
#include <tuple>

#include "client/event.h"
#include "client/records.h"

namespace tacet::client {

struct Parts;

class Conversations {
 public:
  explicit Conversations(Parts& parts) : p_(parts) {}

  void load();

  // ---- ours
  void say(const SendText& wish);
  // Stores and shows a text of ours; whoever calls puts it on its way in the same event.
  TextContent add_mine(const ContactId& contact, std::string_view text, const Clocks& clocks);
  void set_delivery(const ContactId& contact, const MessageId& id, Delivery delivery,
                    std::optional<Problem> problem);
  void delivered(const ContactId& contact, const MessageId& id);
  void read(const ContactId& contact, const MessageId& id, Time at);
  // One of ours, to be sealed again; nothing when it has ended.
  [[nodiscard]] std::optional<TextContent> content(const ContactId& contact, const MessageId& id);
  // What has no receipt yet, oldest first, as contents to be sealed again.
  [[nodiscard]] std::vector<TextContent> undelivered(const ContactId& contact);

  // ---- theirs
  // Stored in this event's batch, shown once that is durable.
  void receive(const ContactId& contact, const TextContent& content);
  void shown(const Shown& event);
  [[nodiscard]] std::size_t count(const ContactId& contact);

  void forget(const ContactId& contact);
  void tick();
  [[nodiscard]] Time due() const;  // effective time

 private:
  struct Stored {
    MessageId id;
    Time ends;
  };
  using Found = std::pair<ContactId, MessageView>;

  [[nodiscard]] MessageView* find(const ContactId& contact, const MessageId& id);
  [[nodiscard]] MessageView* in_view(const ContactId& contact, const MessageId& id);
  // From the vault; nothing when it is over, cannot be read, or is nobody's any more.
  [[nodiscard]] std::optional<Found> recall(const MessageId& id);
  void recall_some();
  void recall_all();
  void recall_done();
  void insert_older(Found found);
  void add_in_order(std::vector<Found> found);
  void insert(ConversationView& conversation, MessageView message);
  void save(const ContactId& contact, const MessageView& message);
  void schedule(const ContactId& contact, const MessageView& message);
  void remove(ConversationView& conversation, const MessageId& id);
  void conceal(const ContactId& contact, const MessageId& id);
  void end(const ContactId& contact, const MessageId& id);
  void burn_from(const ContactId& contact, MessageView& message, Time start);

  Parts& p_;
  std::set<std::tuple<Time, ContactId, MessageId>> ends_;  // may name what has ended before
  std::vector<Stored> rest_;                               // not in the view yet; the next one is the last
  std::set<MessageId> recalled_;                           // of rest_: out of turn, in the view already
};

}  // namespace tacet::client
