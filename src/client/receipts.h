// Receipts we owe: collected, and sent in batches, one at a time for each contact. A stranger gets none until
// they are accepted.
#pragma once

#include <map>

#include "client/records.h"

namespace tacet::client {

struct Parts;

class Receipts {
 public:
  explicit Receipts(Parts& parts) : p_(parts) {}

  void load();
  void delivered(const ContactId& contact, const MessageId& content_id);
  void read(const ContactId& contact, const MessageId& content_id, Time at);
  void flush(const ContactId& contact);  // seals what is due, unless a batch is under way
  void flush_all();
  void forget(const ContactId& contact);

 private:
  void save(const ContactId& contact, const MessageId& id);

  struct Due {
    bool delivered = false;
    std::optional<Time> read_at;
  };
  Parts& p_;
  std::map<ContactId, std::map<MessageId, Due>> due_;
};

}  // namespace tacet::client
