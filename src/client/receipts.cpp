#include "client/receipts.h"

#include "client/parts.h"

namespace tacet::client {

void Receipts::load() {
  p_.journal.load<ReceiptRecord, MessageId>(
      [&](const MessageId& id, const ReceiptRecord& record, std::optional<Time>) {
        if (!p_.contacts.find(record.contact)) return p_.journal.erase<ReceiptRecord>(id);
        due_[record.contact][id] = {record.delivered, record.read_at};
      });
}

void Receipts::save(const ContactId& contact, const MessageId& id) {
  const Due& due = due_[contact][id];
  p_.journal.put(id, ReceiptRecord{contact, due.delivered, due.read_at}, p_.clock.now() + Clocks::kMaxExpiry);
}

void Receipts::delivered(const ContactId& contact, const MessageId& content_id) {
  due_[contact][content_id].delivered = true;
  save(contact, content_id);
}

void Receipts::read(const ContactId& contact, const MessageId& content_id, Time at) {
  due_[contact][content_id].read_at = at;
  save(contact, content_id);
}

void Receipts::flush(const ContactId& contact) {
  const auto found = due_.find(contact);
  if (found == due_.end() || !p_.contacts.accepted(contact) || p_.outbox.receipt_under_way(contact)) return;
  ReceiptContent content;
  std::vector<MessageId> told;
  for (const auto& [id, due] : found->second) {
    if (told.size() == ReceiptContent::kMaxIds) break;
    told.push_back(id);
    if (due.delivered) content.delivered.push_back(id);
    if (due.read_at) content.read.push_back({id, *due.read_at});
  }
  if (told.empty()) return;
  if (!p_.outbox.send(contact, Purpose::receipt, {}, content, p_.clock.now() + Clocks::kMaxExpiry)) return;
  for (const MessageId& id : told) {
    found->second.erase(id);
    p_.journal.erase<ReceiptRecord>(id);
  }
  if (found->second.empty()) due_.erase(found);
}

void Receipts::flush_all() {
  std::vector<ContactId> contacts;
  for (const auto& [contact, due] : due_) contacts.push_back(contact);
  for (const ContactId& contact : contacts) flush(contact);
}

void Receipts::forget(const ContactId& contact) {
  const auto found = due_.find(contact);
  if (found == due_.end()) return;
  for (const auto& [id, due] : found->second) p_.journal.erase<ReceiptRecord>(id);
  due_.erase(found);
}

}  // namespace tacet::client
