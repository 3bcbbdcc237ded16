#include "client/mailboxes.h"

#include <cassert>

#include "client/parts.h"
#include "client/sealed_keys.h"

namespace tacet::client {
namespace {

constexpr Seconds kFirstRetry{5};
constexpr Seconds kLongestRetry = Minutes(10);
constexpr Seconds kQuiet{5};          // a closing mailbox is deleted when nothing came for so long
constexpr Seconds kRestockPause{60};  // whatever a relay says about our stock
constexpr std::size_t kMostUnused = 500;

// Why a relay makes no mailbox, if that is what it says.
std::optional<Problem> makes_none(const wire::Answer* answer) {
  const auto* error = answer ? std::get_if<wire::Error>(answer) : nullptr;
  if (!error) return std::nullopt;
  if (error->code == wire::Code::refused) return Problem::relay_refuses_new;
  if (error->code == wire::Code::not_admitted) return Problem::relay_wants_invite;
  return std::nullopt;
}

template <class Wanted>
bool is(const wire::Answer* answer) {
  return answer && std::holds_alternative<Wanted>(*answer);
}

}  // namespace

void Mailboxes::load() {
  p_.journal.load<MailboxRecord, wire::MailboxId>(
      [&](const wire::MailboxId& id, const MailboxRecord& record, std::optional<Time>) {
        mailboxes_[id].record = record;
      });
  p_.journal.load<CursorRecord, wire::MailboxId>(
      [&](const wire::MailboxId& id, const CursorRecord& record, std::optional<Time>) {
        const auto found = mailboxes_.find(id);
        if (found == mailboxes_.end()) return p_.journal.erase<CursorRecord>(id);
        found->second.taken = found->second.durable = record.number;
      });
}

wire::MailboxId Mailboxes::make(std::optional<ContactId> contact) {
  const auto id = p_.context.fresh_id<wire::MailboxId>();
  Mailbox& mailbox = mailboxes_[id];
  mailbox.record.relay = p_.context.config.home_relay;
  mailbox.record.reader = p_.context.random.draw<crypto::Ed25519Seed>();
  mailbox.record.token = p_.context.random.draw<wire::SendToken>();
  mailbox.record.contact = contact;
  mailbox.busy = true;  // until we know it ourselves after a crash, the relay must not
  save(id, mailbox);
  p_.journal.then([this, id] {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end()) return;
    found->second.busy = false;
    p_.relays.want(found->second.record.relay);
  });
  return id;
}

void Mailboxes::save(const wire::MailboxId& id, const Mailbox& mailbox) {
  p_.journal.put(id, mailbox.record);
}

void Mailboxes::close(const wire::MailboxId& id) {
  const auto found = mailboxes_.find(id);
  if (found == mailboxes_.end() || found->second.record.closing) return;
  found->second.record.closing = true;
  save(id, found->second);
}

const MailboxRecord* Mailboxes::find(const wire::MailboxId& id) const {
  const auto found = mailboxes_.find(id);
  return found == mailboxes_.end() ? nullptr : &found->second.record;
}

Destination Mailboxes::destination(const wire::MailboxId& id) const {
  const MailboxRecord* record = find(id);
  assert(record);
  return {record->relay, id, record->token};
}

bool Mailboxes::use(const RelayAddress& relay) const {
  return std::any_of(mailboxes_.begin(), mailboxes_.end(),
                     [&](const auto& entry) { return entry.second.record.relay == relay; });
}

bool Mailboxes::take(const wire::MailboxId& id, std::uint64_t number) {
  const auto found = mailboxes_.find(id);
  if (found == mailboxes_.end()) return false;
  Mailbox& mailbox = found->second;
  mailbox.quiet_since = p_.context.uptime;
  if (number <= mailbox.taken) {
    mailbox.acked = std::min(mailbox.acked, mailbox.durable > 0 ? mailbox.durable - 1 : 0);  // say it again
    return false;
  }
  mailbox.taken = number;
  p_.journal.put(id, CursorRecord{number});
  p_.journal.then([this, id, number] {
    const auto again = mailboxes_.find(id);
    if (again != mailboxes_.end()) again->second.durable = std::max(again->second.durable, number);
  });
  return true;
}

void Mailboxes::online(Link& link) {
  std::vector<wire::MailboxId> ids;
  for (auto& [id, mailbox] : mailboxes_) {
    if (mailbox.record.relay == link.address() && mailbox.record.created) ids.push_back(id);
  }
  subscribe(link, ids);
}

void Mailboxes::offline(Link& link) {
  for (auto& [id, mailbox] : mailboxes_) {
    if (mailbox.record.relay == link.address()) mailbox.reading = Reading::no;
  }
}

void Mailboxes::subscribe(Link& link, const std::vector<wire::MailboxId>& ids) {
  for (std::size_t from = 0; from < ids.size(); from += wire::Subscribe::kMaxEntries) {
    const std::size_t to = std::min(ids.size(), from + wire::Subscribe::kMaxEntries);
    const std::vector<wire::MailboxId> part(ids.begin() + static_cast<std::ptrdiff_t>(from),
                                            ids.begin() + static_cast<std::ptrdiff_t>(to));
    wire::Subscribe request;
    request.client_nonce = p_.context.fresh_id<wire::Nonce>();
    for (const wire::MailboxId& id : part) {
      Mailbox& mailbox = mailboxes_.at(id);
      const ByteVector proof =
          wire::subscribe_proof(link.address().host, link.hello().server_nonce, request.client_nonce, id);
      request.entries.push_back(
          {id, mailbox.durable, {crypto::ed25519_sign(mailbox.record.reader, proof).raw}});
      mailbox.reading = Reading::asked;
      mailbox.acked = mailbox.durable;
      // Envelopes that are in memory and not yet durable come again; their numbers are known.
    }
    link.request(std::move(request), [this, relay = link.address(), part](const wire::Answer* answer) {
      if (is<wire::Subscribed>(answer)) return subscribed(relay, part, std::get<wire::Subscribed>(*answer));
      for (const wire::MailboxId& id : part) {
        const auto found = mailboxes_.find(id);
        if (found == mailboxes_.end()) continue;
        found->second.reading = Reading::no;
        refused(found->second, answer);
      }
    });
  }
}

void Mailboxes::subscribed(const RelayAddress& relay, const std::vector<wire::MailboxId>& asked,
                           const wire::Subscribed& answer) {
  bool lost = false;
  for (const wire::MailboxId& id : asked) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end()) continue;
    Mailbox& mailbox = found->second;
    if (std::find(answer.refused.begin(), answer.refused.end(), id) == answer.refused.end()) {
      mailbox.reading = Reading::live;
      mailbox.quiet_since = p_.context.uptime;
      continue;
    }
    // The relay has lost it: make it again, from nothing.
    mailbox.reading = Reading::no;
    if (mailbox.record.closing) {
      erase(id);
      continue;
    }
    lost = true;
    mailbox.record.created = mailbox.record.stocked = false;
    mailbox.taken = mailbox.durable = mailbox.acked = 0;
    p_.journal.put(id, CursorRecord{0});
    save(id, mailbox);
    if (mailbox.refusals > 0) refused(mailbox, nullptr);
    ++mailbox.refusals;
  }
  if (lost) p_.outbox.relay_has_lost(relay);
}

void Mailboxes::pump(Link& link) {
  std::vector<wire::MailboxId> to_subscribe;
  std::vector<wire::MailboxId> gone;
  for (auto& [id, mailbox] : mailboxes_) {
    if (mailbox.record.relay != link.address() || !link.online()) continue;
    const bool live = mailbox.reading == Reading::live;
    if (live && mailbox.durable > mailbox.acked) {
      mailbox.acked = mailbox.durable;
      link.request(wire::Ack{id, mailbox.durable}, [](const wire::Answer*) {});
    }
    if (mailbox.busy || p_.context.uptime < mailbox.retry_at) continue;
    if (mailbox.record.closing && !mailbox.record.created) {
      gone.push_back(id);
    } else if (!mailbox.record.created) {
      create(link, id, mailbox);
    } else if (mailbox.reading == Reading::no) {
      to_subscribe.push_back(id);
    } else if (live && mailbox.record.closing) {
      if (p_.context.uptime >= mailbox.quiet_since + kQuiet) remove(link, id, mailbox);
    } else if (live && (!mailbox.record.stocked || mailbox.restock > 0 ||
                        mailbox.record.signed_prekey != p_.prekeys.current_signed())) {
      publish(link, id, mailbox);
    }
  }
  for (const wire::MailboxId& id : gone) erase(id);
  if (!to_subscribe.empty()) subscribe(link, to_subscribe);
}

void Mailboxes::refused(Mailbox& mailbox, const wire::Answer* answer) {
  Seconds wait =
      std::min<Seconds>(kFirstRetry * (std::int64_t{1} << std::min(mailbox.refusals, 7U)), kLongestRetry);
  if (is<wire::Error>(answer)) {
    ++mailbox.refusals;
    wait = std::max<Seconds>(
        wait, Seconds(std::min<std::uint32_t>(std::get<wire::Error>(*answer).retry_after_s, 600)));
  }
  // An answer that never came is the connection's trouble, and the connection waits for itself.
  mailbox.retry_at = p_.context.uptime + (answer ? wait : Seconds(0));
}

void Mailboxes::create(Link& link, const wire::MailboxId& id, Mailbox& mailbox) {
  mailbox.busy = true;
  const crypto::Hash token = crypto::blake2b(std::string_view("tacet-token"), mailbox.record.token);
  wire::New request{id, {crypto::ed25519_public(mailbox.record.reader).raw}, {token.raw}, {}};
  link.request(request, [this, id, relay = link.address()](const wire::Answer* answer) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end()) return;
    Mailbox& made = found->second;
    made.busy = false;
    if (is<wire::Ok>(answer)) {
      made.record.created = true;
      save(id, made);
      Link* same = p_.relays.find(relay);
      if (same &&
          (same->problem() == Problem::relay_refuses_new || same->problem() == Problem::relay_wants_invite)) {
        same->set_problem(std::nullopt);
      }
      return p_.invitations.set_problem(id, std::nullopt);
    }
    refused(made, answer);
    if (const auto problem = makes_none(answer)) {
      if (Link* same = p_.relays.find(relay)) same->set_problem(problem);
      p_.invitations.set_problem(id, problem);
    }
  });
}

std::size_t Mailboxes::stock_wanted(const wire::MailboxId& id, const Mailbox& mailbox) const {
  if (mailbox.record.contact) return kContactStock;
  const auto uses = p_.invitations.uses_left(id);
  return uses ? std::min<std::size_t>(*uses, ratchet::kOneTimePublished) : ratchet::kOneTimePublished;
}

void Mailboxes::publish(Link& link, const wire::MailboxId& id, Mailbox& mailbox) {
  wire::KeysPut put;
  put.mailbox = id;
  const auto& identity = p_.account.identity().identity().bytes().raw;
  put.identity.assign(identity.begin(), identity.end());
  put.spk = p_.prekeys.signed_record();
  put.lrk = p_.prekeys.last_resort_record();
  const std::uint32_t signed_prekey = p_.prekeys.current_signed();
  const bool first = !mailbox.record.stocked;
  if (first) {
    // What an earlier attempt may have left there could have been handed out since: all new.
    put.replace_otks = true;
    put.handouts = wire::KeysPut::kUnlimited;
    if (!mailbox.record.contact)
      put.handouts = p_.invitations.uses_left(id).value_or(wire::KeysPut::kUnlimited);
  }
  const std::size_t stock = first ? stock_wanted(id, mailbox) : mailbox.restock;
  put.otks = p_.prekeys.make_one_time(id, std::min(stock, wire::KeysPut::kMaxOtks));
  mailbox.restock = stock - put.otks.size();  // the rest in a second request
  seal_keys(put, p_.account.identity().identity().fingerprint(), p_.context.random);
  mailbox.restocked_at = p_.context.uptime;
  mailbox.busy = true;
  // The secrets first, then the world.
  p_.journal.then([this, id, signed_prekey, relay = link.address(), put = std::move(put)] {
    const auto found = mailboxes_.find(id);
    Link* same = p_.relays.find(relay);
    if (found == mailboxes_.end()) return;
    if (!same || !same->online() || found->second.reading != Reading::live) {
      found->second.busy = false;
      return;
    }
    same->request(put, [this, id, signed_prekey](const wire::Answer* answer) {
      const auto again = mailboxes_.find(id);
      if (again == mailboxes_.end()) return;
      Mailbox& published = again->second;
      published.busy = false;
      if (!is<wire::Ok>(answer)) return refused(published, answer);
      published.refusals = 0;
      published.record.stocked = true;
      published.record.signed_prekey = signed_prekey;
      save(id, published);
      p_.invitations.published(id);
    });
  });
}

void Mailboxes::low_stock(const wire::MailboxId& id, std::uint16_t left) {
  const auto found = mailboxes_.find(id);
  if (found == mailboxes_.end()) return;
  Mailbox& mailbox = found->second;
  const std::size_t wanted = stock_wanted(id, mailbox);
  const std::size_t low = std::min(wanted, mailbox.record.contact ? 2 : ratchet::kOneTimeRefillBelow);
  const bool often = mailbox.record.stocked && p_.context.uptime < mailbox.restocked_at + kRestockPause;
  // Somebody who asks for keys and never writes costs us secrets: not more than this many.
  const std::size_t room = kMostUnused - std::min(kMostUnused, p_.prekeys.one_time_left(id));
  if (left < low && !often) mailbox.restock = std::min(wanted - left, room);
}

void Mailboxes::remove(Link& link, const wire::MailboxId& id, Mailbox& mailbox) {
  mailbox.busy = true;
  link.request(wire::Delete{id}, [this, id](const wire::Answer* answer) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end()) return;
    found->second.busy = false;
    if (is<wire::Ok>(answer)) return erase(id);
    refused(found->second, answer);
  });
}

void Mailboxes::erase(const wire::MailboxId& id) {
  mailboxes_.erase(id);
  p_.journal.erase<MailboxRecord>(id);
  p_.journal.erase<CursorRecord>(id);
  p_.prekeys.forget_mailbox(id);
  p_.invitations.deleted(id);
}

Time Mailboxes::due() const {
  Time out = kNever;
  for (const auto& [id, mailbox] : mailboxes_) {
    const Link* link = p_.relays.find(mailbox.record.relay);
    if (!link || !link->online() || mailbox.busy) continue;
    if (mailbox.retry_at > p_.context.uptime) out = std::min(out, mailbox.retry_at);
    if (mailbox.record.closing && mailbox.reading == Reading::live)
      out = std::min(out, mailbox.quiet_since + kQuiet);
  }
  return out;
}

}  // namespace tacet::client
