// Which session reads which mailbox on this node. A hint only: the store is the truth. On the network thread.
#pragma once

#include <map>
#include <vector>

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
  // The newest reader wins. `number`: its claim's, among those of all nodes.
  void claim(const wire::MailboxId& mailbox, MailboxReader& reader, std::uint64_t number = 0) {
    Claimed& current = readers_[mailbox];
    MailboxReader* const older = current.reader;
    current = {&reader, number};
    if (older != nullptr && older != &reader) older->displaced();
  }
  void release(const wire::MailboxId& mailbox, const MailboxReader& reader) {
    const auto found = readers_.find(mailbox);
    if (found != readers_.end() && found->second.reader == &reader) readers_.erase(found);
  }
  [[nodiscard]] MailboxReader* reader_of(const wire::MailboxId& mailbox) const {
    const auto found = readers_.find(mailbox);
    return found == readers_.end() ? nullptr : found->second.reader;
  }
  // The number of the claim that is good here; 0 if there is none.
  [[nodiscard]] std::uint64_t claim_of(const wire::MailboxId& mailbox) const {
    const auto found = readers_.find(mailbox);
    return found == readers_.end() ? 0 : found->second.claim;
  }
  [[nodiscard]] std::vector<wire::MailboxId> mailboxes() const {
    std::vector<wire::MailboxId> out;
    out.reserve(readers_.size());
    for (const auto& [mailbox, claimed] : readers_) out.push_back(mailbox);
    return out;
  }

 private:
  struct Claimed {
    MailboxReader* reader = nullptr;
    std::uint64_t claim = 0;
  };
  std::map<wire::MailboxId, Claimed> readers_;
};

}  // namespace tacet::relay
