#include "client/renewal.h"

#include "client/parts.h"
#include "client/sealed_keys.h"

namespace tacet::client {
namespace {

constexpr Seconds kFirstRetry{30};
constexpr Seconds kLongestRetry = Hours(6);
constexpr Days kRestoredRemembered{90};

}  // namespace

bool Renewal::due_for(const ContactId& contact, const ContactRecord& record) {
  if (!record.theirs || record.state == ContactState::request_received) return false;
  const Sessions::Health health = p_.sessions.health(contact);
  if (record.state == ContactState::accepted || awaited(contact)) return health != Sessions::Health::good;
  // An invitation nobody answered is tried again only when there is something new to say.
  return health == Sessions::Health::none && !p_.conversations.undelivered(contact).empty();
}

void Renewal::load() {
  bool awaiting = false;
  p_.journal.load<RestoredRecord, ContactId>(
      [&](const ContactId& contact, const RestoredRecord& record, std::optional<Time>) {
        if (!p_.contacts.find(contact)) return p_.journal.erase<RestoredRecord>(contact);
        restored_[contact] = record;
        awaiting = awaiting || !record.answered;
      });
  if (awaiting) p_.notices.raise(Problem::restored_here);
}

void Renewal::save(const ContactId& contact) {
  p_.journal.put(contact, restored_.at(contact), p_.clock.now() + kRestoredRemembered);
}

void Renewal::forget(const ContactId& contact) {
  done_with(contact);
  if (restored_.erase(contact) > 0) p_.journal.erase<RestoredRecord>(contact);
}

bool Renewal::awaited(const ContactId& contact) const {
  const auto found = restored_.find(contact);
  return found != restored_.end() && !found->second.answered;
}

void Renewal::heard_on(const ContactId& contact, const ratchet::SessionId& session) {
  const auto found = restored_.find(contact);
  if (found == restored_.end() || found->second.session != session) return;
  if (const auto rival = std::exchange(found->second.rival, std::nullopt)) {
    // The two have crossed and both work: now the smaller one sends, here and there.
    p_.sessions.let_both(contact, *rival, session);
    save(contact);
  }
  told(contact);
}

// What we have begun may be sealed for prekeys they have lost, and what they have begun works.
void Renewal::they_restored(const ContactId& contact, const ratchet::SessionId& session) {
  const auto found = restored_.find(contact);
  if (found == restored_.end() || found->second.answered) return;
  if (found->second.session) found->second.rival = session;
  p_.outbox.erase_superseded(contact, Purpose::handshake);
  told(contact);
}

void Renewal::told(const ContactId& contact) {
  if (std::exchange(restored_.at(contact).answered, true)) return;
  save(contact);
  p_.inbox.forget_kept(contact);  // they have sealed it again
  if (std::all_of(restored_.begin(), restored_.end(), [](const auto& r) { return r.second.answered; })) {
    p_.notices.clear(Problem::restored_here);
  }
}

// They made it when they did not know of our restore, and let our session send since they do.
void Renewal::their_handshake(const ContactId& contact, const ratchet::SessionId& session,
                              const std::optional<ratchet::SessionId>& replaces,
                              const std::vector<ratchet::SessionId>& held) {
  const auto found = restored_.find(contact);
  if (found == restored_.end() || !found->second.session) return;
  const bool knows = replaces && std::find(held.begin(), held.end(), *replaces) != held.end();
  if (!knows) p_.sessions.overrule(contact, *found->second.session, session);
}

bool Renewal::try_at(const ContactId& contact, const Destination& place) {
  const ConversationView* shown = p_.contacts.view(contact);
  const bool adrift =
      awaited(contact) ||
      (shown && (shown->problem == Problem::mailbox_gone || shown->problem == Problem::invitation_used_up));
  if (!adrift) return false;
  p_.contacts.find(contact)->theirs = place;
  p_.contacts.save(contact);
  p_.contacts.set_problem(contact, {});
  attempts_[contact] = {p_.context.fresh_id<MessageId>(), false, 0, {}};
  p_.outbox.moved(contact);
  p_.relays.want(place.relay);
  return true;
}

void Renewal::settle() {
  if (!look_) return;
  look_ = false;
  for (const auto& [id, record] : p_.contacts.all()) {
    if (!due_for(id, record)) {
      attempts_.erase(id);
    } else if (!attempts_.contains(id)) {
      attempts_[id].asked = p_.context.fresh_id<MessageId>();
      p_.relays.want(record.theirs->relay);
    }
  }
}

bool Renewal::uses(const RelayAddress& relay) const {
  return std::any_of(attempts_.begin(), attempts_.end(), [&](const auto& entry) {
    const ContactRecord* record = p_.contacts.find(entry.first);
    return record && record->theirs && record->theirs->relay == relay;
  });
}

Time Renewal::due() const {
  Time out = kNever;
  for (const auto& [contact, attempt] : attempts_) {
    if (attempt.retry_at > p_.context.uptime) out = std::min(out, attempt.retry_at);
  }
  return out;
}

void Renewal::pump(Link& link) {
  for (auto& [contact, attempt] : attempts_) {
    const ContactRecord* record = p_.contacts.find(contact);
    if (!record || !record->theirs || record->theirs->relay != link.address()) continue;
    if (attempt.in_flight || p_.context.uptime < attempt.retry_at) continue;
    attempt.in_flight = true;
    link.request(wire::KeysGet{record->theirs->mailbox, record->theirs->token, attempt.asked},
                 [this, contact_id = contact](const wire::Answer* answer) { answered(contact_id, answer); });
  }
}

void Renewal::later(const ContactId& contact, std::optional<Problem> problem) {
  Attempt& attempt = attempts_[contact];
  const Seconds doubled = kFirstRetry * (std::int64_t{1} << std::min(attempt.failures, 10U));
  ++attempt.failures;
  attempt.retry_at = p_.context.uptime + std::min<Seconds>(doubled, kLongestRetry);
  attempt.asked = p_.context.fresh_id<MessageId>();
  if (problem) p_.contacts.set_problem(contact, problem);
}

void Renewal::answered(const ContactId& contact, const wire::Answer* answer) {
  const auto found = attempts_.find(contact);
  const ContactRecord* record = p_.contacts.find(contact);
  if (found == attempts_.end() || !record) return;
  found->second.in_flight = false;
  if (!answer) return;
  if (const auto* error = std::get_if<wire::Error>(answer)) {
    if (error->code == wire::Code::busy) return later(contact, Problem::relay_busy);
    const bool used_up = error->code == wire::Code::used_up;
    return later(contact, used_up ? Problem::invitation_used_up : Problem::mailbox_gone);
  }
  const auto* keys = std::get_if<wire::Keys>(answer);
  if (!keys) return later(contact, {});
  const auto bundle =
      open_keys(*keys, record->theirs->mailbox, ratchet_fingerprint(record->fingerprint), p_.clock.now());
  if (bundle) return begin(contact, *bundle);
  if (bundle.error() == ratchet::Error::expired) return later(contact, Problem::mailbox_gone);
  not_theirs(contact);
}

// Whatever is wrong with these keys, their owner did not make them so.
void Renewal::not_theirs(const ContactId& contact) {
  p_.notices.raise(Problem::identity_changed, contact);
  later(contact, Problem::identity_changed);
}

// What the handshake says first: where to write, to who knows us; who we are, to who does not.
std::optional<Content> Renewal::opening_content(const ContactId& contact, MessageId& id, Time& expires_at) {
  const ContactRecord& record = *p_.contacts.find(contact);
  const Destination mine = p_.mailboxes.destination(*record.mine);
  if (record.state == ContactState::accepted || awaited(contact)) {
    id = p_.context.fresh_id<MessageId>();
    expires_at = p_.clock.now() + Clocks::kMaxExpiry;
    return MailboxContent{id, p_.account.name(), mine, awaited(contact)};
  }
  for (TextContent& text : p_.conversations.undelivered(contact)) {
    if (text.text.size() > Messenger::kMaxIntroduction) {
      p_.conversations.set_delivery(contact, text.id, Delivery::failed, Problem::text_too_long);
      continue;
    }
    id = text.id;
    expires_at = text.expires_at;
    return IntroductionContent{std::move(text), p_.account.name(), mine};
  }
  return std::nullopt;
}

void Renewal::begin(const ContactId& contact, const ratchet::Bundle& bundle) {
  ContactRecord& record = *p_.contacts.find(contact);
  if (!record.mine || !p_.mailboxes.find(*record.mine)) {
    record.mine = p_.mailboxes.make(contact);
    record.mine_known = false;
  }
  MessageId id;
  Time expires_at;
  const auto content = opening_content(contact, id, expires_at);
  if (!content) return done_with(contact);
  const bool aged = p_.sessions.health(contact) == Sessions::Health::old;
  auto initiated = ratchet::initiate(p_.account.identity(), bundle, encode(*content), record.sid,
                                     p_.clock.now(), p_.context.random);
  if (!initiated) return not_theirs(contact);
  done_with(contact);
  if (record.state == ContactState::request_sent) record.lives_until = expires_at;
  const ratchet::SessionId session = initiated->session.id();
  std::vector<ratchet::SessionId> replaces;
  if (record.sid) replaces.push_back(*record.sid);
  p_.sessions.adopt(contact, std::move(initiated->session), std::move(replaces));
  if (awaited(contact)) {
    restored_[contact].session = session;
    save(contact);
  }
  p_.contacts.save(contact);
  p_.contacts.set_problem(contact, {});
  p_.outbox.erase_superseded(contact, Purpose::handshake);
  p_.outbox.add_handshake(contact, id, std::move(initiated->wire), session, expires_at);
  if (!aged) seal_again(contact);
}

void Renewal::seal_again(const ContactId& contact) {
  // To a stranger the first one is in the handshake.
  const bool stranger = p_.contacts.find(contact)->state == ContactState::request_sent && !awaited(contact);
  std::vector<TextContent> texts = p_.conversations.undelivered(contact);
  for (std::size_t i = stranger ? 1 : 0; i < texts.size(); ++i) {
    const TextContent& text = texts[i];
    p_.outbox.erase_content(contact, text.id);
    const Time expires_at = text.expires_at;
    (void)p_.outbox.send(contact, Purpose::text, text.id, text, expires_at, true);
  }
}

}  // namespace tacet::client
