#include "client/inbox.h"

#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr std::size_t kMaxKept = 1000;
constexpr std::size_t kFewKept =
    20;  // so few are tried again after every message, more after a handshake only
constexpr Hours kKeptFor{48};
constexpr Days kSeenFor{31};
constexpr std::size_t kMaxInRequest = 50;

// The id that its receipt names; zeros for what has none.
struct ReceiptId {
  MessageId operator()(const TextContent& content) const { return content.id; }
  MessageId operator()(const IntroductionContent& content) const { return content.text.id; }
  MessageId operator()(const MailboxContent& content) const { return content.id; }
  MessageId operator()(const ProfileContent& content) const { return content.id; }
  MessageId operator()(const ReceiptContent&) const { return {}; }
  MessageId operator()(const UnknownContent&) const { return {}; }
};

std::vector<ratchet::SessionId> list_of(const std::optional<ratchet::SessionId>& id) {
  if (id) return {*id};
  return {};
}

}  // namespace

void Inbox::load() {
  p_.journal.load<KeptRecord, crypto::Hash>(
      [&](const crypto::Hash& hash, const KeptRecord& r, std::optional<Time>) {
        kept_[hash] = {r.mailbox, r.message, r.arrived_at};
      });
  tell_kept();
}

void Inbox::arrived(Link& link, const wire::Msg& msg) {
  const MailboxRecord* mailbox = p_.mailboxes.find(msg.mailbox);
  if (!mailbox || mailbox->relay != link.address() || !p_.mailboxes.take(msg.mailbox, msg.number)) return;
  if (const auto seen = p_.journal.read<SeenRecord>(msg.message)) {
    // They did not get our receipt.
    owe_receipt(seen->contact, seen->content);
  } else if (open(msg.mailbox, msg.message, msg.envelope) == Outcome::unreadable) {
    keep(msg.mailbox, msg.message, msg.envelope);
  }
}

// Who may write to a mailbox of ours: its contact, or everyone who came through the invitation.
std::vector<ContactId> Inbox::writers(const wire::MailboxId& mailbox) const {
  std::vector<ContactId> out;
  for (const auto& [id, record] : p_.contacts.all()) {
    if (record.mine == mailbox || record.via == mailbox) out.push_back(id);
  }
  return out;
}

Inbox::Outcome Inbox::open(const wire::MailboxId& mailbox, const MessageId& id, ByteView wire) {
  for (const ContactId& contact : writers(mailbox)) {
    const bool request = p_.contacts.find(contact)->state == ContactState::request_received;
    const auto data = p_.sessions.open(contact, wire);
    if (!data) continue;
    if (request && p_.conversations.count(contact) >= kMaxInRequest) return Outcome::taken;
    understand(contact, id, *data);
    if (kept_.size() <= kFewKept) again_ = true;  // a step may have brought the keys for what was kept
    return Outcome::taken;
  }
  const Outcome outcome =
      wire.size() == ratchet::kHandshakeSize ? open_handshake(mailbox, id, wire) : Outcome::unreadable;
  if (outcome == Outcome::unreadable) {
    for (const ContactId& contact : writers(mailbox)) p_.sessions.unreadable(contact);
  }
  return outcome;
}

Inbox::Outcome Inbox::open_handshake(const wire::MailboxId& mailbox, const MessageId& id, ByteView wire) {
  if (p_.prekeys.known(ratchet::handshake_hash(wire))) return Outcome::taken;  // a repeat
  const auto accepted = ratchet::accept(p_.account.identity(), p_.prekeys, wire, p_.clock.now());
  if (!accepted) {
    if (accepted.error() == ratchet::Error::memory_full) p_.prekeys.replace_now();
    return accepted.error() == ratchet::Error::own_identity ? Outcome::taken : Outcome::unreadable;
  }
  const Fingerprint fingerprint = fingerprint_of(accepted->peer);
  if (p_.account.blocked(fingerprint)) return Outcome::taken;
  const auto known = p_.contacts.by_fingerprint(fingerprint);
  const MailboxRecord* record = p_.mailboxes.find(mailbox);
  if (record && record->contact && record->contact != known) {
    // Somebody else where only this contact should be able to write.
    p_.notices.raise(Problem::identity_changed, *record->contact);
    return Outcome::taken;
  }
  again_ = true;
  if (known) {
    next_session(*known, mailbox, id, *accepted);
  } else if (p_.contacts.requests() >= Contacts::kMaxRequests) {
    return Outcome::unreadable;
  } else {
    first_contact(mailbox, id, *accepted);
  }
  return Outcome::taken;
}

void Inbox::first_contact(const wire::MailboxId& mailbox, const MessageId& id,
                          const ratchet::Accepted& accepted) {
  const auto content = decode_content(accepted.data);
  const auto* introduction = content ? std::get_if<IntroductionContent>(&*content) : nullptr;
  if (!introduction || !p_.invitations.open_to_strangers(mailbox)) return;
  ContactRecord record;
  record.fingerprint = fingerprint_of(accepted.peer);
  record.state = ContactState::request_received;
  record.via = mailbox;
  record.lives_until = std::min(introduction->text.expires_at, p_.clock.now() + Clocks::kMaxExpiry);
  if (record.lives_until <= p_.clock.now()) return;  // over before it arrived
  const ContactId contact = p_.contacts.add(std::move(record));
  p_.prekeys.used(accepted);
  p_.sessions.adopt(contact, accepted.session, list_of(accepted.replaces));
  p_.invitations.used(mailbox);
  understand(contact, id, accepted.data);
}

void Inbox::next_session(const ContactId& contact, const wire::MailboxId& mailbox, const MessageId& id,
                         const ratchet::Accepted& accepted) {
  ContactRecord& record = *p_.contacts.find(contact);
  const auto content = decode_content(accepted.data);
  const auto* mailbox_content = content ? std::get_if<MailboxContent>(&*content) : nullptr;
  const bool restored = mailbox_content && mailbox_content->restored;
  // Two who have invited each other come through both invitations.
  const bool invited = p_.mailboxes.find(mailbox) && !p_.mailboxes.find(mailbox)->contact;
  if (invited && (!record.via || (restored && record.via != mailbox))) {
    record.via = mailbox;
    p_.contacts.save(contact);
    p_.invitations.used(mailbox);
  }
  p_.prekeys.used(accepted);
  const std::vector<ratchet::SessionId> held = p_.sessions.ids(contact);
  std::vector<ratchet::SessionId> replaces = list_of(accepted.replaces);
  if (restored) {
    replaces = held;  // whatever we have shared, they have it no more
    p_.renewal.they_restored(contact, accepted.session.id());
    p_.notices.raise(Problem::contact_restored, contact);
  }
  const ratchet::SessionId session = accepted.session.id();
  p_.sessions.adopt(contact, accepted.session, std::move(replaces));
  if (!restored) p_.renewal.their_handshake(contact, session, accepted.replaces, held);
  understand(contact, id, accepted.data);
  if (restored) p_.contacts.announce_mailbox(contact);  // theirs may be older than ours
  if (accepted.replaces || restored) p_.renewal.seal_again(contact);
}

void Inbox::understand(const ContactId& contact, const MessageId& id, ByteView data) {
  const auto content = decode_content(data);
  if (!content) {
    remember(id, {contact, {}});
    return p_.notices.raise(Problem::envelope_unreadable, contact, 1);
  }
  const MessageId content_id = std::visit(ReceiptId{}, *content);
  const bool twice = content_id != MessageId{} && p_.journal.read<SeenRecord>(content_id);
  remember(id, {contact, content_id});
  if (content_id != MessageId{}) remember(content_id, {contact, content_id});
  if (!twice) std::visit([&](const auto& c) { on(contact, c); }, *content);
  owe_receipt(contact, content_id);
}

void Inbox::owe_receipt(const ContactId& contact, const MessageId& content) {
  if (content == MessageId{} || !p_.contacts.find(contact)) return;
  p_.receipts.delivered(contact, content);
  p_.journal.then([this, contact] { p_.receipts.flush(contact); });
}

void Inbox::remember(const MessageId& id, const SeenRecord& seen) {
  p_.journal.put(id, seen, p_.clock.now() + kSeenFor);
}

void Inbox::on(const ContactId& contact, const TextContent& text) {
  ContactRecord& record = *p_.contacts.find(contact);
  if (record.state == ContactState::request_sent) p_.contacts.they_accepted(contact);
  if (record.state == ContactState::request_received && text.expires_at > record.lives_until) {
    record.lives_until = std::min(text.expires_at, record.made_at + Clocks::kMaxExpiry);
    p_.contacts.save(contact);
  }
  p_.conversations.receive(contact, text);
}

void Inbox::on(const ContactId& contact, const IntroductionContent& introduction) {
  const ContactState before = p_.contacts.find(contact)->state;
  p_.contacts.they_moved(contact, introduction.mailbox, introduction.name);
  // Both wanted each other: there is nothing left to accept.
  if (before == ContactState::request_sent) p_.contacts.they_accepted(contact);
  // They had forgotten us, and with us where to write.
  if (before == ContactState::accepted) p_.contacts.announce_mailbox(contact);
  on(contact, introduction.text);
}

void Inbox::on(const ContactId& contact, const MailboxContent& moved) {
  p_.contacts.they_moved(contact, moved.mailbox, moved.name);
  if (p_.contacts.find(contact)->state == ContactState::request_sent) p_.contacts.they_accepted(contact);
}

void Inbox::on(const ContactId& contact, const ProfileContent& profile) {
  p_.contacts.they_are_called(contact, profile.name);
}

void Inbox::on(const ContactId& contact, const ReceiptContent& receipt) {
  for (const MessageId& id : receipt.delivered) {
    p_.outbox.delivered(contact, id);
    p_.conversations.delivered(contact, id);
  }
  for (const ReceiptContent::Read& read : receipt.read) {
    p_.outbox.delivered(contact, read.id);
    p_.conversations.read(contact, read.id, read.at);
  }
}

// ---- what nothing opens

void Inbox::keep(const wire::MailboxId& mailbox, const MessageId& id, ByteView wire) {
  const crypto::Hash hash = crypto::blake2b(wire);
  if (kept_.contains(hash)) return;
  if (kept_.size() >= kMaxKept) drop_one_kept();
  const Time now = p_.clock.now();
  kept_[hash] = {mailbox, id, now};
  p_.journal.put(hash, KeptRecord{mailbox, id, now, {wire.begin(), wire.end()}}, now + kKeptFor);
  p_.journal.then([this] { tell_kept(); });
}

// Makes room at the expense of the mailbox that has most, so that a flood in one does not wash out the
// others.
void Inbox::drop_one_kept() {
  std::map<wire::MailboxId, std::size_t> counts;
  for (const auto& [hash, kept] : kept_) ++counts[kept.mailbox];
  const auto fullest = std::max_element(counts.begin(), counts.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  auto oldest = kept_.end();
  for (auto at = kept_.begin(); at != kept_.end(); ++at) {
    if (at->second.mailbox != fullest->first) continue;
    if (oldest == kept_.end() || at->second.arrived_at < oldest->second.arrived_at) oldest = at;
  }
  p_.journal.erase<KeptRecord>(oldest->first);
  kept_.erase(oldest);
}

std::uint32_t Inbox::strange() const {
  const auto strange = std::count_if(kept_.begin(), kept_.end(), [&](const auto& entry) {
    const auto from = writers(entry.second.mailbox);
    return std::none_of(from.begin(), from.end(), [&](const auto& id) { return p_.renewal.awaited(id); });
  });
  return static_cast<std::uint32_t>(strange);
}

// News, even where another has gone and there are as many as before.
void Inbox::tell_kept() {
  p_.notices.clear(Problem::envelope_unreadable);
  p_.notices.set_count(Problem::envelope_unreadable, {}, strange());
}

void Inbox::count_kept() {
  p_.notices.recount(Problem::envelope_unreadable, {}, strange());
}

void Inbox::forget_kept(const ContactId& contact) {
  const ContactRecord* record = p_.contacts.find(contact);
  std::erase_if(kept_, [&](const auto& entry) {
    const bool gone = record && record->mine == entry.second.mailbox;
    if (gone) p_.journal.erase<KeptRecord>(entry.first);
    return gone;
  });
  tell_kept();
}

void Inbox::settle() {
  while (again_) {
    again_ = false;
    std::vector<std::pair<crypto::Hash, Kept>> all(kept_.begin(), kept_.end());
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.second.arrived_at < b.second.arrived_at; });
    for (const auto& [hash, kept] : all) {
      const auto record = p_.journal.read<KeptRecord>(hash);
      if (record && open(kept.mailbox, kept.message, record->wire) == Outcome::unreadable) continue;
      kept_.erase(hash);
      p_.journal.erase<KeptRecord>(hash);
      count_kept();
    }
  }
}

void Inbox::maintain() {
  p_.journal.sweep<SeenRecord>();
  const Time now = p_.clock.now();
  const std::size_t gone = std::erase_if(kept_, [&](const auto& entry) {
    const bool over = now >= entry.second.arrived_at + kKeptFor;
    if (over) p_.journal.erase<KeptRecord>(entry.first);
    return over;
  });
  if (gone > 0) count_kept();
}

}  // namespace tacet::client
