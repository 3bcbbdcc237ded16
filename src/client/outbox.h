// What is on its way: sealed envelopes, kept until their receipt (README.md, "The life of a message").
#pragma once

#include <map>

#include "client/link.h"
#include "client/records.h"
#include "client/sessions.h"

namespace tacet::client {

struct Parts;

class Outbox {
 public:
  explicit Outbox(Parts& parts) : p_(parts) {}

  void load();
  // Seals and queues, all in this event's batch. False when no session can send. `again`: the content may
  // have been on its way before, so that its envelope needs another id.
  [[nodiscard]] bool send(const ContactId& contact, Purpose purpose, const MessageId& content_id,
                          const Content& content, Time expires_at, bool again = false);
  void add_handshake(const ContactId& contact, const MessageId& content_id, ByteVector wire,
                     const ratchet::SessionId& session, Time expires_at);

  void delivered(const ContactId& contact, const MessageId& content_id);  // their receipt
  void answered(const ratchet::SessionId& session);  // its handshake needs no further repeat
  void erase_content(const ContactId& contact, const MessageId& content_id);
  void erase_superseded(const ContactId& contact, Purpose purpose);
  void forget(const ContactId& contact);
  [[nodiscard]] bool receipt_under_way(const ContactId& contact) const;

  void moved(const ContactId& contact);  // they have another mailbox
  void relay_has_lost(const RelayAddress& relay);
  void pump(Link& link);
  void retry_now();
  void maintain();     // hourly: repeats what has no receipt, drops what has expired
  void want_relays();  // of everything that waits
  [[nodiscard]] bool uses(const RelayAddress& relay) const;
  [[nodiscard]] Time due() const;  // uptime

 private:
  struct Entry {
    ContactId contact;
    Purpose purpose;
    MessageId content;
    ratchet::SessionId session;
    Time order;
    Time expires_at;
    std::optional<wire::MailboxId> needs;
    bool durable = false;
    bool in_flight = false;
    std::optional<Time> oked_at;
  };
  struct Pause {
    Time until{};  // uptime
    unsigned failures = 0;
  };
  using Entries = std::map<MessageId, Entry>;

  void add(const MessageId& id, Entry entry, ByteVector envelope);
  Entries::iterator erase(Entries::iterator at);
  template <class Predicate>
  void erase_if(Predicate predicate);
  void send_again(const MessageId& id, const Entry& entry) { unsent_[entry.order] = id; }
  // The same content in a new envelope; false when that cannot be made.
  [[nodiscard]] bool seal_again(const MessageId& id);
  [[nodiscard]] bool transmit(Link& link, const MessageId& id, Entry& entry);
  void answered(const MessageId& id, const wire::Answer* answer);
  void stored(const MessageId& id, Entry& entry);
  void pause(const Entry& entry, Problem problem, std::uint32_t retry_after_s);
  [[nodiscard]] const Destination* destination(const Entry& entry) const;

  Parts& p_;
  Entries entries_;
  std::map<Time, MessageId> unsent_;  // by order
  std::map<ContactId, Pause> pauses_;
  std::size_t in_flight_ = 0;
};

}  // namespace tacet::client
