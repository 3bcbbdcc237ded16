// Which session reads which mailbox on this node. A hint only: the store is the truth. On the network thread.
#pragma once

#include <map>

#include "wire/messages.h"

namespace tacet::relay {

// What the hub tells the reader of a mailbox.
class MailboxReader {
 public:
  virtual ~MailboxReader() = default;
  virtual void arrived(const wire::MailboxId& mailbox) = 0;  // the store may have something new for it
  virtual void low_stock(const wire::MailboxId& mailbox, std::uint16_t left) = 0;
  virtual void displaced() = 0;  // another reader took one of its mailboxes
};

class Hub {
 public:
  // The newest reader wins.
  void claim(const wire::MailboxId& mailbox, MailboxReader& reader) {
    MailboxReader*& current = readers_[mailbox];
    MailboxReader* const older = current;
    current = &reader;
    if (older != nullptr && older != &reader) older->displaced();
  }
  void release(const wire::MailboxId& mailbox, const MailboxReader& reader) {
    const auto found = readers_.find(mailbox);
    if (found != readers_.end() && found->second == &reader) readers_.erase(found);
  }
  [[nodiscard]] MailboxReader* reader_of(const wire::MailboxId& mailbox) const {
    const auto found = readers_.find(mailbox);
    return found == readers_.end() ? nullptr : found->second;
  }

 private:
  std::map<wire::MailboxId, MailboxReader*> readers_;
};

}  // namespace tacet::relay
