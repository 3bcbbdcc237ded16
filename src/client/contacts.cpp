#include "client/contacts.h"

#include "base/text.h"
#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Days kFormerRemembered{90};

std::string clean_name(const std::string& name) {
  return is_utf8(name) ? std::string(clip_utf8(name, Messenger::kMaxName)) : std::string();
}

}  // namespace

void Contacts::load() {
  p_.journal.load<ContactRecord, ContactId>(
      [&](const ContactId& id, const ContactRecord& record, std::optional<Time>) {
        records_[id] = record;
        show(id);
        active(id, record.made_at);
      });
}

ContactId Contacts::add(ContactRecord record) {
  const auto id = p_.context.fresh_id<ContactId>();
  record.made_at = p_.clock.stamp();
  records_[id] = std::move(record);
  save(id);
  active(id, records_[id].made_at);
  return id;
}

void Contacts::save(const ContactId& id) {
  p_.journal.put(id, records_.at(id));
  show(id);
}

void Contacts::show(const ContactId& id) {
  const ContactRecord& record = records_.at(id);
  ConversationView* shown = view(id);
  if (!shown) {
    auto& all = p_.context.view.conversations;
    shown = &*all.insert(all.begin(), ConversationView{});
    shown->contact = id;
    shown->fingerprint = record.fingerprint;
    shown->safety_number = ratchet::safety_number(ratchet_fingerprint(p_.account.fingerprint()),
                                                  ratchet_fingerprint(record.fingerprint));
  }
  shown->state = record.state;
  // What a stranger calls themselves is not shown before it is accepted.
  const bool stranger = record.state == ContactState::request_received;
  shown->their_name = stranger ? std::string() : record.their_name;
  shown->name = record.name.empty() ? shown->their_name : record.name;
  shown->verified = record.verified_at.has_value();
  shown->verified_at = record.verified_at;
  shown->clocks = record.clocks;
  shown->relay = record.theirs ? record.theirs->relay.host : std::string();
  p_.context.redraw = true;
}

ContactRecord* Contacts::find(const ContactId& id) {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

std::optional<ContactId> Contacts::by_fingerprint(const Fingerprint& fingerprint) const {
  for (const auto& [id, record] : records_) {
    if (record.fingerprint == fingerprint) return id;
  }
  return std::nullopt;
}

bool Contacts::accepted(const ContactId& id) const {
  const auto found = records_.find(id);
  return found != records_.end() && found->second.state == ContactState::accepted;
}

std::size_t Contacts::requests() const {
  return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [](const auto& entry) {
    return entry.second.state == ContactState::request_received;
  }));
}

ConversationView* Contacts::view(const ContactId& id) {
  for (ConversationView& shown : p_.context.view.conversations) {
    if (shown.contact == id) return &shown;
  }
  return nullptr;
}

void Contacts::active(const ContactId& id, Time at) {
  auto& all = p_.context.view.conversations;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& shown) { return shown.contact == id; });
  if (found == all.end()) return;
  found->last_activity = std::max(found->last_activity, at);
  const auto place = std::find_if(all.begin(), all.end(), [&](const auto& shown) {
    return shown.contact == id || shown.last_activity < found->last_activity;
  });
  if (place < found) {
    std::rotate(place, found, found + 1);
  } else {
    const auto end = std::find_if(
        found + 1, all.end(), [&](const auto& shown) { return shown.last_activity <= found->last_activity; });
    std::rotate(found, found + 1, end);
  }
  p_.context.redraw = true;
}

void Contacts::set_problem(const ContactId& id, std::optional<Problem> problem) {
  ConversationView* shown = view(id);
  if (!shown || shown->problem == problem) return;
  shown->problem = problem;
  p_.context.redraw = true;
}

void Contacts::clear_problem(const ContactId& id, Problem problem) {
  const ConversationView* shown = view(id);
  if (shown && shown->problem == problem) set_problem(id, std::nullopt);
}

void Contacts::accept(const ContactId& id) {
  ContactRecord* record = find(id);
  if (!record || record->state != ContactState::request_received) return;
  record->state = ContactState::accepted;
  if (!record->mine) record->mine = p_.mailboxes.make(id);
  save(id);
  announce_mailbox(id);
  p_.receipts.flush(id);  // now they may know what arrived
}

void Contacts::announce_mailbox(const ContactId& id) {
  ContactRecord* record = find(id);
  if (!record || !record->mine) return;
  const auto content = p_.context.fresh_id<MessageId>();
  (void)p_.outbox.send(id, Purpose::mailbox, content,
                       MailboxContent{content, p_.account.name(), p_.mailboxes.destination(*record->mine)},
                       p_.clock.now() + Clocks::kMaxExpiry);
}

void Contacts::decline(const ContactId& id) {
  ContactRecord* record = find(id);
  if (!record || record->state != ContactState::request_received) return;
  p_.account.block(record->fingerprint);
  remove(id);
}

void Contacts::rename(const ContactId& id, const std::string& name) {
  ContactRecord* record = find(id);
  if (!record) return;
  record->name = clean_name(name);
  save(id);
}

void Contacts::mark_verified(const ContactId& id, bool verified) {
  ContactRecord* record = find(id);
  if (!record || record->verified_at.has_value() == verified) return;
  record->verified_at = verified ? std::optional(p_.clock.now()) : std::nullopt;
  save(id);
}

void Contacts::set_clocks(const ContactId& id, const Clocks& clocks) {
  ContactRecord* record = find(id);
  if (!record) return;
  if (!clocks.in_range()) return p_.notices.raise(Problem::clocks_out_of_range, id);
  record->clocks = clocks;
  save(id);
}

void Contacts::remove(const ContactId& id) {
  ContactRecord* record = find(id);
  if (!record) return;
  if (record->sid) {
    const crypto::Hash former = crypto::blake2b(std::string_view("tacet-former"), record->fingerprint);
    p_.journal.put(former, FormerRecord{*record->sid}, p_.clock.now() + kFormerRemembered);
  }
  if (record->mine) p_.mailboxes.close(*record->mine);
  p_.conversations.forget(id);
  p_.receipts.forget(id);
  p_.outbox.forget(id);
  p_.sessions.forget(id);
  p_.renewal.forget(id);
  p_.notices.forget(id);
  p_.journal.erase<ContactRecord>(id);
  records_.erase(id);
  std::erase_if(p_.context.view.conversations, [&](const auto& shown) { return shown.contact == id; });
  p_.context.redraw = true;
  p_.inbox.try_kept_again();  // there may be room for another request
}

void Contacts::name_changed() {
  for (const auto& [id, record] : records_) {
    if (record.state != ContactState::accepted) continue;
    const auto content = p_.context.fresh_id<MessageId>();
    p_.outbox.erase_superseded(id, Purpose::profile);
    (void)p_.outbox.send(id, Purpose::profile, content, ProfileContent{content, p_.account.name()},
                         p_.clock.now() + Clocks::kMaxExpiry);
  }
}

void Contacts::review() {
  std::vector<ContactId> over;
  for (const auto& [id, record] : records_) {
    if (record.state != ContactState::accepted && p_.clock.now() >= record.lives_until) over.push_back(id);
  }
  for (const ContactId& id : over) {
    if (records_.at(id).state == ContactState::request_received) {
      remove(id);
    } else if (p_.sessions.has(id)) {
      // Nobody answered. What is written from now on needs a new handshake.
      p_.outbox.forget(id);
      p_.sessions.forget(id);
      set_problem(id, Problem::link_expired);
    }
  }
}

Time Contacts::due() const {
  Time out = kNever;
  for (const auto& [id, record] : records_) {
    const bool waits = record.state == ContactState::request_received ||
                       (record.state == ContactState::request_sent && p_.sessions.has(id));
    if (waits) out = std::min(out, record.lives_until);
  }
  return out;
}

void Contacts::they_accepted(const ContactId& id) {
  ContactRecord* record = find(id);
  if (!record || record->state == ContactState::accepted) return;
  record->state = ContactState::accepted;
  save(id);
  p_.receipts.flush(id);
}

void Contacts::they_moved(const ContactId& id, const Destination& mailbox, const std::string& name) {
  ContactRecord* record = find(id);
  if (!record) return;
  record->theirs = mailbox;
  record->their_name = name;
  save(id);
  p_.outbox.moved(id);
  clear_problem(id, Problem::mailbox_gone);
  clear_problem(id, Problem::mailbox_full);
}

void Contacts::they_are_called(const ContactId& id, const std::string& name) {
  ContactRecord* record = find(id);
  if (!record || record->their_name == name) return;
  record->their_name = name;
  save(id);
}

void Contacts::they_know_our_mailbox(const ContactId& id) {
  ContactRecord* record = find(id);
  if (!record || record->mine_known) return;
  record->mine_known = true;
  save(id);
}

}  // namespace tacet::client
