#include "client/outbox.h"

#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr std::size_t kWindow = 16;  // envelopes under way at a time
constexpr Hours kRepeatAfter{12};    // without a receipt
constexpr Hours kRepeatHandshake{24};
constexpr Seconds kFirstPause{5};
constexpr Seconds kLongestPause = Minutes(30);

}  // namespace

void Outbox::load() {
  p_.journal.load<OutboxRecord, MessageId>(
      [&](const MessageId& id, const OutboxRecord& r, std::optional<Time>) {
        if (!p_.contacts.find(r.contact)) return p_.journal.erase<OutboxRecord>(id);
        entries_[id] = {r.contact,    r.purpose, r.content, r.session, r.order,
                        r.expires_at, r.needs,   true,      false,     {}};
        p_.clock.stamp_seen(r.order);
      });
  p_.journal.load<SentRecord, MessageId>(
      [&](const MessageId& id, const SentRecord& record, std::optional<Time>) {
        const auto found = entries_.find(id);
        if (found == entries_.end()) return p_.journal.erase<SentRecord>(id);
        found->second.oked_at = record.at;
        p_.conversations.set_delivery(found->second.contact, found->second.content, Delivery::sent, {});
      });
  for (const auto& [id, entry] : entries_) {
    if (!entry.oked_at) unsent_[entry.order] = id;
  }
}

bool Outbox::send(const ContactId& contact, Purpose purpose, const MessageId& content_id,
                  const Content& content, Time expires_at, bool again) {
  auto sealed = p_.sessions.seal(contact, encode(content));
  if (!sealed) return false;
  const bool fresh = again || content_id == MessageId{};
  const MessageId id = fresh ? p_.context.fresh_id<MessageId>() : content_id;
  std::optional<wire::MailboxId> needs;
  if (purpose == Purpose::mailbox) needs = p_.contacts.find(contact)->mine;
  add(id,
      {contact, purpose, content_id, sealed->session, p_.clock.stamp(), expires_at, needs, false, false, {}},
      std::move(sealed->envelope));
  return true;
}

void Outbox::add_handshake(const ContactId& contact, const MessageId& content_id, ByteVector wire,
                           const ratchet::SessionId& session, Time expires_at) {
  add(p_.context.fresh_id<MessageId>(),
      {contact,
       Purpose::handshake,
       content_id,
       session,
       p_.clock.stamp(),
       expires_at,
       p_.contacts.find(contact)->mine,
       false,
       false,
       {}},
      std::move(wire));
}

void Outbox::add(const MessageId& id, Entry entry, ByteVector envelope) {
  p_.journal.put(id,
                 OutboxRecord{entry.contact, entry.purpose, entry.content, entry.session, entry.order,
                              entry.expires_at, entry.needs, std::move(envelope)},
                 entry.expires_at);
  unsent_[entry.order] = id;
  entries_[id] = std::move(entry);
  p_.journal.then([this, id] {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    found->second.durable = true;
    p_.conversations.set_delivery(found->second.contact, found->second.content, Delivery::waiting, {});
    if (const Destination* to = destination(found->second)) p_.relays.want(to->relay);
  });
}

Outbox::Entries::iterator Outbox::erase(Entries::iterator at) {
  const auto& [id, entry] = *at;
  p_.journal.erase<OutboxRecord>(id);
  if (entry.oked_at) p_.journal.erase<SentRecord>(id);
  unsent_.erase(entry.order);
  return entries_.erase(at);
}

template <class Predicate>
void Outbox::erase_if(Predicate predicate) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    at = predicate(at->second) ? erase(at) : std::next(at);
  }
}

void Outbox::delivered(const ContactId& contact, const MessageId& content_id) {
  bool names_mailbox = false;
  erase_if([&](const Entry& entry) {
    if (entry.contact != contact || entry.content != content_id) return false;
    names_mailbox |= entry.purpose == Purpose::mailbox || entry.purpose == Purpose::handshake;
    return true;
  });
  if (names_mailbox) p_.contacts.they_know_our_mailbox(contact);
}

void Outbox::answered(const ratchet::SessionId& session) {
  // Its content was in the handshake that made the session they answered on: they have it.
  std::vector<std::pair<ContactId, MessageId>> had;
  for (const auto& [id, entry] : entries_) {
    if (entry.purpose == Purpose::handshake && entry.session == session)
      had.emplace_back(entry.contact, entry.content);
  }
  for (const auto& [contact, content] : had) delivered(contact, content);
}

void Outbox::erase_content(const ContactId& contact, const MessageId& content_id) {
  erase_if([&](const Entry& entry) { return entry.contact == contact && entry.content == content_id; });
}

void Outbox::erase_superseded(const ContactId& contact, Purpose purpose) {
  erase_if([&](const Entry& entry) { return entry.contact == contact && entry.purpose == purpose; });
}

void Outbox::forget(const ContactId& contact) {
  erase_if([&](const Entry& entry) { return entry.contact == contact; });
  pauses_.erase(contact);
}

bool Outbox::receipt_under_way(const ContactId& contact) const {
  return std::any_of(unsent_.begin(), unsent_.end(), [&](const auto& place) {
    const Entry& entry = entries_.at(place.second);
    return entry.contact == contact && entry.purpose == Purpose::receipt;
  });
}

const Destination* Outbox::destination(const Entry& entry) const {
  const ContactRecord* contact = p_.contacts.find(entry.contact);
  return contact && contact->theirs ? &*contact->theirs : nullptr;
}

void Outbox::moved(const ContactId& contact) {
  pauses_.erase(contact);
  const ContactRecord* record = p_.contacts.find(contact);
  if (record && record->theirs) p_.relays.want(record->theirs->relay);
}

void Outbox::relay_has_lost(const RelayAddress& relay) {
  for (const auto& [id, entry] : entries_) {
    const Destination* to = destination(entry);
    if (entry.oked_at && to && to->relay == relay) send_again(id, entry);
  }
}

void Outbox::retry_now() {
  for (auto& [contact, pause] : pauses_) pause.until = p_.context.uptime;
}

void Outbox::maintain() {
  const Time now = p_.clock.now();
  erase_if([&](const Entry& entry) { return now >= entry.expires_at && !entry.in_flight; });
  std::vector<MessageId> overtaken;
  for (const auto& [id, entry] : entries_) {
    const bool handshake = entry.purpose == Purpose::handshake;
    if (!entry.oked_at || entry.in_flight ||
        now < *entry.oked_at + (handshake ? kRepeatHandshake : kRepeatAfter))
      continue;
    if (!handshake && p_.sessions.heard_since(entry.contact, *entry.oked_at)) {
      overtaken.push_back(id);
    } else {
      send_again(id, entry);
    }
  }
  for (const MessageId& id : overtaken) {
    if (!seal_again(id)) send_again(id, entries_.at(id));
  }
  want_relays();
}

// They have been heard since and had not got it: it is lost, and the session has moved on. Keys that were
// skipped die after five further steps (RATCHET.md section 7), so the old envelope may be one that nobody can
// open any more.
bool Outbox::seal_again(const MessageId& id) {
  const Entry entry = entries_.at(id);
  std::optional<Content> content;
  if (entry.purpose == Purpose::text) {
    if (auto text = p_.conversations.content(entry.contact, entry.content)) content = std::move(*text);
  } else if (const ContactRecord* contact = p_.contacts.find(entry.contact)) {
    if (entry.purpose == Purpose::profile) content = ProfileContent{entry.content, p_.account.name()};
    if (entry.purpose == Purpose::mailbox && contact->mine)
      content = MailboxContent{entry.content, p_.account.name(), p_.mailboxes.destination(*contact->mine)};
  }
  if (!content || !send(entry.contact, entry.purpose, entry.content, *content, entry.expires_at, true))
    return false;
  erase(entries_.find(id));
  return true;
}

void Outbox::want_relays() {
  for (const auto& [order, id] : unsent_) {
    if (const Destination* to = destination(entries_.at(id))) p_.relays.want(to->relay);
  }
}

bool Outbox::uses(const RelayAddress& relay) const {
  return std::any_of(unsent_.begin(), unsent_.end(), [&](const auto& place) {
    const Destination* to = destination(entries_.at(place.second));
    return to && to->relay == relay;
  });
}

Time Outbox::due() const {
  Time out = kNever;
  for (const auto& [contact, pause] : pauses_) {
    if (pause.until > p_.context.uptime) out = std::min(out, pause.until);
  }
  return out;
}

void Outbox::pump(Link& link) {
  std::vector<MessageId> dead;
  for (const auto& [order, id] : unsent_) {
    if (in_flight_ >= kWindow) break;
    Entry& entry = entries_.at(id);
    const Destination* to = destination(entry);
    if (!entry.durable || entry.in_flight || !to || to->relay != link.address()) continue;
    const auto pause = pauses_.find(entry.contact);
    if (pause != pauses_.end() && p_.context.uptime < pause->second.until) continue;
    const MailboxRecord* needs = entry.needs ? p_.mailboxes.find(*entry.needs) : nullptr;
    if (needs && !needs->created) continue;
    if (!transmit(link, id, entry)) dead.push_back(id);
  }
  for (const MessageId& id : dead) erase(entries_.find(id));
}

// False when there is nothing to be sent any more.
bool Outbox::transmit(Link& link, const MessageId& id, Entry& entry) {
  const Millis left = entry.expires_at - p_.clock.now();
  auto record = left > Millis(0) ? p_.journal.read<OutboxRecord>(id) : std::nullopt;
  if (!record) return false;
  const std::int64_t hours = (left + Hours(1) - Millis(1)) / Millis(Hours(1));
  const std::int64_t most =
      std::clamp<std::int64_t>(link.hello().max_retention_hours, 1, wire::kMaxRetentionHours);
  const Destination& to = *destination(entry);
  entry.in_flight = true;
  ++in_flight_;
  link.request(wire::Send{to.mailbox, to.token, id,
                          static_cast<std::uint16_t>(std::clamp<std::int64_t>(hours, 1, most)),
                          std::move(record->envelope)},
               [this, id](const wire::Answer* answer) {
                 --in_flight_;
                 answered(id, answer);
               });
  link.last_used = p_.context.uptime;
  return true;
}

void Outbox::answered(const MessageId& id, const wire::Answer* answer) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.in_flight = false;
  if (!answer) return;  // the connection went away: again with the next one
  if (std::holds_alternative<wire::Ok>(*answer)) return stored(id, entry);
  const auto* error = std::get_if<wire::Error>(answer);
  if (!error) return;
  switch (error->code) {
    case wire::Code::malformed:
    case wire::Code::unsupported:
      return;  // the link hangs up and says so
    case wire::Code::busy:
      return pause(entry, Problem::relay_busy, error->retry_after_s);
    case wire::Code::quota:
      return pause(entry, Problem::mailbox_full, error->retry_after_s);
    default:
      // Perhaps their relay has lost it and they make it again: not the end.
      return pause(entry, Problem::mailbox_gone, error->retry_after_s);
  }
}

void Outbox::stored(const MessageId& id, Entry& entry) {
  const ContactId contact = entry.contact;
  pauses_.erase(contact);
  p_.contacts.clear_problem(contact, Problem::mailbox_full);
  p_.contacts.clear_problem(contact, Problem::mailbox_gone);
  p_.contacts.clear_problem(contact, Problem::relay_busy);
  if (entry.purpose == Purpose::receipt) {
    erase(entries_.find(id));
    return p_.receipts.flush(contact);
  }
  entry.oked_at = p_.clock.now();
  unsent_.erase(entry.order);
  p_.journal.put(id, SentRecord{p_.clock.now()}, entry.expires_at);
  p_.conversations.set_delivery(contact, entry.content, Delivery::sent, {});
}

void Outbox::pause(const Entry& entry, Problem problem, std::uint32_t retry_after_s) {
  Pause& pause = pauses_[entry.contact];
  // Everything under way to this mailbox fails at once; that counts as one failure.
  if (p_.context.uptime >= pause.until) {
    const Seconds doubled = kFirstPause * (std::int64_t{1} << std::min(pause.failures, 9U));
    ++pause.failures;
    pause.until =
        p_.context.uptime + std::max<Seconds>(std::min<Seconds>(doubled, kLongestPause),
                                              Seconds(std::min<std::uint32_t>(retry_after_s, 3600)));
  }
  p_.contacts.set_problem(entry.contact, problem);
  p_.conversations.set_delivery(entry.contact, entry.content, Delivery::waiting, problem);
}

}  // namespace tacet::client
