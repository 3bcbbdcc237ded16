#include "client/model_relay.h"

#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace tacet::test {

using wire::Code;
using wire::Error;
using wire::Ok;

void ModelRelay::connect(Connection connection, Time now) {
  now_ = now;
  wire::Hello hello;
  hello.server_nonce = random_.draw<wire::Nonce>();
  hello.clock_ms = to_millis(now + clock_error);
  hello.accepts_new = accepts_new;
  hello.max_mailboxes_per_connection = max_mailboxes;
  hello.quota_envelopes = quota_envelopes;
  hello.quota_bytes = 1'000'000'000;
  hello.max_retention_hours = wire::kMaxRetentionHours;
  connections_[connection] = hello.server_nonce;
  if (speaks_other) return deliver_(connection, ByteVector(100, 7));
  deliver_(connection, wire::encode(wire::ServerBlock{0, hello}));
}

void ModelRelay::arrived(Connection connection, ByteView block, Time now) {
  now_ = now;
  if (!connections_.contains(connection)) return;
  if (now >= swept_at_ + Seconds(1)) {
    swept_at_ = now;
    for (auto& [id, mailbox] : mailboxes_) {
      std::erase_if(mailbox.envelopes, [&](const Stored& stored) { return now >= stored.dies; });
    }
  }
  const auto decoded = wire::decode_client(block);
  if (!decoded) return deliver_(connection, wire::encode(wire::ServerBlock{0, Error{Code::malformed, 0}}));
  const wire::Answer answer =
      std::visit([&](const auto& request) { return carry_out(connection, request); }, decoded->request);
  deliver_(connection, wire::encode(wire::ServerBlock{decoded->request_id, answer}));
  push_all();
}

void ModelRelay::push_all() {
  for (const auto& [id, number] : std::exchange(to_push_, {})) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end()) continue;
    const auto& envelopes = found->second.envelopes;
    const auto stored =
        std::lower_bound(envelopes.begin(), envelopes.end(), number,
                         [](const Stored& one, std::uint64_t wanted) { return one.msg.number < wanted; });
    if (stored != envelopes.end() && stored->msg.number == number) push(found->second, stored->msg);
  }
}

void ModelRelay::put(const wire::MailboxId& id, const wire::MessageId& message, const ByteVector& envelope,
                     Hours life, Time now, bool also_twice) {
  now_ = now;
  const auto found = mailboxes_.find(id);
  if (found == mailboxes_.end() || (found->second.seen.contains(message) && !also_twice)) return;
  store(id, found->second, message, envelope, life);
  push_all();
}

bool ModelRelay::chance(unsigned percent) {
  return random_.draw<Bytes<1>>().raw[0] * 100U < percent * 256U;
}

void ModelRelay::push(Mailbox& mailbox, const wire::Msg& msg) {
  if (chance(stall_percent)) mailbox.reading = 0;
  if (!connections_.contains(mailbox.reading)) return;
  const ByteVector block = wire::encode(wire::ServerBlock{0, msg});
  deliver_(mailbox.reading, block);
  if (chance(duplicate_percent)) deliver_(mailbox.reading, block);
}

std::vector<ModelRelay::Connection> ModelRelay::connections() const {
  std::vector<Connection> out;
  for (const auto& [connection, nonce] : connections_) out.push_back(connection);
  return out;
}

void ModelRelay::forget() {
  mailboxes_.clear();
}

std::size_t ModelRelay::stored() const {
  std::size_t out = 0;
  for (const auto& [id, mailbox] : mailboxes_) out += mailbox.envelopes.size();
  return out;
}

void ModelRelay::inject(const ByteVector& envelope, Time now) {
  now_ = now;
  for (auto& [id, mailbox] : mailboxes_) {
    store(id, mailbox, random_.draw<wire::MessageId>(), envelope, Hours(1));
    push(mailbox, mailbox.envelopes.back().msg);
  }
  to_push_.clear();
}

void ModelRelay::store(const wire::MailboxId& id, Mailbox& mailbox, const wire::MessageId& message,
                       const ByteVector& envelope, Hours life) {
  mailbox.seen.insert(message);
  mailbox.envelopes.push_back({{id, ++mailbox.last, message, to_millis(now_), envelope}, now_ + life});
  to_push_.emplace_back(id, mailbox.last);
}

ModelRelay::Mailbox* ModelRelay::writable(const wire::MailboxId& id, const wire::SendToken& token) {
  const auto found = mailboxes_.find(id);
  if (found == mailboxes_.end()) return nullptr;
  const wire::TokenHash hash{crypto::blake2b(std::string_view("tacet-token"), token).raw};
  return found->second.token_hash == hash ? &found->second : nullptr;
}

ModelRelay::Mailbox* ModelRelay::readable(Connection connection, const wire::MailboxId& id) {
  const auto found = mailboxes_.find(id);
  return found == mailboxes_.end() || found->second.reading != connection ? nullptr : &found->second;
}

wire::Answer ModelRelay::carry_out(Connection, const wire::New& r) {
  const auto found = mailboxes_.find(r.mailbox);
  if (found == mailboxes_.end()) {
    if (!accepts_new) return Error{Code::refused, 0};
    if (wants_invites) return Error{Code::not_admitted, 0};
    mailboxes_[r.mailbox].reader = r.reader;
    mailboxes_[r.mailbox].token_hash = r.token_hash;
    return Ok{};
  }
  const bool same = found->second.reader == r.reader && found->second.token_hash == r.token_hash;
  return same ? wire::Answer(Ok{}) : wire::Answer(Error{Code::refused, 0});
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::Delete& r) {
  if (!mailboxes_.contains(r.mailbox)) return Ok{};
  if (!readable(connection, r.mailbox)) return Error{Code::not_subscribed, 0};
  mailboxes_.erase(r.mailbox);
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::Subscribe& r) {
  wire::Subscribed out;
  for (const auto& entry : r.entries) {
    const auto found = mailboxes_.find(entry.mailbox);
    const ByteVector proof =
        wire::subscribe_proof(address_.host, connections_[connection], r.client_nonce, entry.mailbox);
    if (found == mailboxes_.end() ||
        !crypto::ed25519_verify({found->second.reader.raw}, proof, {entry.signature.raw})) {
      out.refused.push_back(entry.mailbox);
      continue;
    }
    found->second.reading = connection;
    for (const Stored& stored : found->second.envelopes) {
      if (stored.msg.number > entry.after) to_push_.emplace_back(entry.mailbox, stored.msg.number);
    }
  }
  return out;
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::Unsubscribe& r) {
  for (const auto& id : r.mailboxes) {
    if (Mailbox* mailbox = readable(connection, id)) mailbox->reading = 0;
  }
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection, const wire::Send& r) {
  if (logs) log.push_back(r);
  if (busy > 0) {
    --busy;
    return Error{Code::busy, 7};
  }
  Mailbox* mailbox = writable(r.mailbox, r.token);
  if (!mailbox) return Error{Code::no_access, 0};
  if (mailbox->seen.contains(r.message)) return Ok{};
  if (swallows && swallows(r)) return Ok{};
  if (full || mailbox->envelopes.size() >= quota_envelopes) {
    if (connections_.contains(mailbox->reading))
      deliver_(mailbox->reading, wire::encode(wire::ServerBlock{0, wire::QuotaReached{r.mailbox}}));
    return Error{Code::quota, 0};
  }
  store(r.mailbox, *mailbox, r.message, r.envelope, Hours(r.retention_hours));
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::Ack& r) {
  Mailbox* mailbox = readable(connection, r.mailbox);
  if (!mailbox) return Error{Code::not_subscribed, 0};
  std::erase_if(mailbox->envelopes, [&](const Stored& stored) { return stored.msg.number <= r.number; });
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::KeysPut& r) {
  Mailbox* mailbox = readable(connection, r.mailbox);
  if (!mailbox) return Error{Code::not_subscribed, 0};
  if (!r.identity.empty()) mailbox->keys.identity = r.identity;
  if (!r.spk.empty()) mailbox->keys.spk = r.spk;
  if (!r.lrk.empty()) mailbox->keys.lrk = r.lrk;
  if (r.replace_otks) mailbox->otks.clear();
  mailbox->otks.insert(mailbox->otks.end(), r.otks.begin(), r.otks.end());
  if (r.handouts) mailbox->handouts = *r.handouts;
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection, const wire::KeysGet& r) {
  Mailbox* mailbox = writable(r.mailbox, r.token);
  if (!mailbox) return Error{Code::no_access, 0};
  const auto before = mailbox->asked.find(r.asked);
  if (before != mailbox->asked.end()) return before->second;
  if (mailbox->keys.identity.empty()) return Error{Code::no_keys, 0};
  if (mailbox->handouts == 0) return Error{Code::used_up, 0};
  if (mailbox->handouts != wire::KeysPut::kUnlimited) --mailbox->handouts;
  wire::Keys keys = mailbox->keys;
  if (!mailbox->otks.empty()) {
    keys.otk = mailbox->otks.front();
    mailbox->otks.erase(mailbox->otks.begin());
    if (mailbox->otks.size() < 20) {
      const auto left = static_cast<std::uint16_t>(mailbox->otks.size());
      deliver_(mailbox->reading, wire::encode(wire::ServerBlock{0, wire::LowStock{r.mailbox, left}}));
    }
  }
  if (forge) forge(r.mailbox, keys);
  mailbox->asked[r.asked] = keys;
  return keys;
}

wire::Answer ModelRelay::carry_out(Connection, const wire::Ping&) {
  return wire::Pong{to_millis(now_ + clock_error)};
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::ShareStore& r) {
  Mailbox* mailbox = readable(connection, r.mailbox);
  if (!mailbox) return Error{Code::not_subscribed, 0};
  if (!keeps_shares) return Error{Code::refused, 0};
  const auto found = mailbox->shares.find(r.number);
  if (found != mailbox->shares.end()) {
    return found->second == r.half ? wire::Answer(Ok{}) : wire::Answer(Error{Code::refused, 0});
  }
  if (mailbox->shares.size() >= wire::kMaxShares) return Error{Code::quota, 0};
  mailbox->shares[r.number] = r.half;
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::ShareKeepOnly& r) {
  Mailbox* mailbox = readable(connection, r.mailbox);
  if (!mailbox) return Error{Code::not_subscribed, 0};
  std::erase_if(mailbox->shares, [&](const auto& entry) { return entry.first != r.number; });
  return Ok{};
}

wire::Answer ModelRelay::carry_out(Connection connection, const wire::ShareFetch& r) {
  Mailbox* mailbox = readable(connection, r.mailbox);
  if (!mailbox) return Error{Code::not_subscribed, 0};
  wire::Shares out;
  for (const auto& [number, half] : mailbox->shares) out.entries.push_back({number, half});
  return out;
}

std::size_t ModelRelay::shares() const {
  std::size_t count = 0;
  for (const auto& [id, mailbox] : mailboxes_) count += mailbox.shares.size();
  return count;
}

}  // namespace tacet::test
