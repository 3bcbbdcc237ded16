// What arrives: opened, understood, stored, acknowledged; and what nothing opens, kept for a while.
#pragma once

#include <map>

#include "client/link.h"
#include "client/records.h"
#include "ratchet/handshake.h"

namespace tacet::client {

struct Parts;

class Inbox {
 public:
  explicit Inbox(Parts& parts) : p_(parts) {}

  void load();
  void arrived(Link& link, const wire::Msg& msg);
  void forget_kept(const ContactId& contact);  // what waits where only they write
  void try_kept_again() { again_ = true; }
  void settle();    // at the end of an event
  void maintain();  // hourly

 private:
  enum class Outcome : std::uint8_t { taken, unreadable };
  struct Kept {
    wire::MailboxId mailbox;
    MessageId message;
    Time arrived_at;
  };

  [[nodiscard]] Outcome open(const wire::MailboxId& mailbox, const MessageId& id, ByteView wire);
  [[nodiscard]] Outcome open_handshake(const wire::MailboxId& mailbox, const MessageId& id, ByteView wire);
  void first_contact(const wire::MailboxId& mailbox, const MessageId& id, const ratchet::Accepted& accepted);
  void next_session(const ContactId& contact, const wire::MailboxId& mailbox, const MessageId& id,
                    const ratchet::Accepted& accepted);
  void understand(const ContactId& contact, const MessageId& id, ByteView data);

  void on(const ContactId& contact, const TextContent& text);
  void on(const ContactId& contact, const IntroductionContent& introduction);
  void on(const ContactId& contact, const MailboxContent& moved);
  void on(const ContactId& contact, const ProfileContent& profile);
  void on(const ContactId& contact, const ReceiptContent& receipt);
  void on(const ContactId&, const UnknownContent&) {}

  [[nodiscard]] std::vector<ContactId> writers(const wire::MailboxId& mailbox) const;
  void remember(const MessageId& id, const SeenRecord& seen);
  void owe_receipt(const ContactId& contact, const MessageId& content);
  void keep(const wire::MailboxId& mailbox, const MessageId& id, ByteView wire);
  void drop_one_kept();
  [[nodiscard]] std::uint32_t strange()
      const;  // what nothing opens, except where a renewal may yet bring the keys
  void tell_kept();
  void count_kept();  // there are fewer now

  Parts& p_;
  std::map<crypto::Hash, Kept> kept_;
  bool again_ = false;
};

}  // namespace tacet::client
