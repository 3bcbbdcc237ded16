#include "relay/store/mailbox_tables.h"

#include "base/codec.h"
#include "crypto/sealed.h"
#include "wire/token.h"

namespace tacet::relay {

std::int64_t count_rows(Rows& rows) {
  std::int64_t n = 0;
  while (rows.next()) ++n;
  return n;
}

Bytes<8> share_number(std::uint64_t number) {
  Bytes<8> out;
  for (std::size_t i = 0; i < 8; ++i) out.raw[i] = static_cast<Byte>(number >> (56 - 8 * i));
  return out;
}

std::uint64_t share_number_from(ByteView stored) {
  std::uint64_t out = 0;
  for (const Byte b : stored) out = out << 8 | b;
  return out;
}

ByteVector envelope_binding(const wire::MailboxId& mailbox, std::uint64_t number,
                            const wire::MessageId& message) {
  Writer out;
  out.raw(mailbox).u64(number).raw(message);
  return out.take();
}

Outcome<void> MailboxTables::create(const wire::New& request, Making making, InviteTable& invites, Time now) {
  {
    Rows rows = find_.run(request.mailbox);
    if (rows.next()) {
      const bool same = rows.bytes<wire::ReaderKey>(1) == request.reader &&
                        equal_constant_time(rows.blob(2), request.token_hash.view());
      if (!same) return unexpected(wire::Code::refused);
      return {};
    }
  }
  if (making == Making::none) return unexpected(wire::Code::refused);
  if (making == Making::invited) {
    const auto* code = std::get_if<wire::InviteCode>(&request.credential);
    if (code == nullptr || !invites.pay(wire::invite_hash(*code), now)) {
      return unexpected(wire::Code::not_admitted);
    }
  }
  insert_.execute(request.mailbox, request.reader, request.token_hash);
  return {};
}

Outcome<void> MailboxTables::remove(const wire::MailboxId& mailbox) {
  const auto row = row_of(mailbox);
  if (!row) return {};
  for (Statement* statement : {&delete_envelopes_, &delete_seen_, &delete_otks_, &delete_handouts_,
                               &delete_chunks_, &delete_shares_, &delete_}) {
    statement->execute(*row);
  }
  deleted_ = true;
  return {};
}

std::optional<MailboxRow> MailboxTables::row_of(const wire::MailboxId& mailbox) {
  Rows rows = find_.run(mailbox);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

std::optional<wire::ReaderKey> MailboxTables::reader_of(const wire::MailboxId& mailbox) {
  Rows rows = find_.run(mailbox);
  if (!rows.next()) return std::nullopt;
  return rows.bytes<wire::ReaderKey>(1);
}

std::optional<MailboxRow> MailboxTables::row_for_token(const wire::MailboxId& mailbox,
                                                       const wire::SendToken& token) {
  const wire::TokenHash hash = wire::token_hash(token);
  const wire::TokenHash dummy{};
  Rows rows = find_.run(mailbox);
  const bool exists = rows.next();
  const bool opens = equal_constant_time(exists ? rows.blob(2) : dummy.view(), hash.view());
  if (!exists || !opens) return std::nullopt;
  return rows.integer(0);
}

bool MailboxTables::has_room(MailboxRow row, std::size_t size) {
  Rows rows = held_.run(row);
  if (!rows.next()) return false;
  const auto envelopes = static_cast<std::uint64_t>(rows.integer(0));
  const auto bytes = static_cast<std::uint64_t>(rows.integer(1));
  return envelopes < quota_.envelopes && bytes + size <= quota_.bytes;
}

Outcome<Sent> MailboxTables::send(const wire::Send& request, Time now) {
  const auto row = row_for_token(request.mailbox, request.token);
  if (!row) return unexpected(wire::Code::no_access);
  {
    Rows seen = find_seen_.run(*row, request.message, to_millis(now));
    if (seen.next()) return Sent{false};
  }
  if (!has_room(*row, request.envelope.size())) {
    refused_.execute(*row);
    return unexpected(wire::Code::quota);
  }
  const Time due = now + Hours(request.retention_hours);
  const auto key = hour_keys_.make(hour_of(due));
  if (!key) throw SqliteError("the hour keys cannot be written");
  std::int64_t number = 0;
  {
    Rows rows = take_number_.run(*row);
    while (rows.next()) number = rows.integer(0);
  }
  const ByteVector binding =
      envelope_binding(request.mailbox, static_cast<std::uint64_t>(number), request.message);
  const ByteVector body = crypto::seal(*key, kEnvelopeLabel, binding, request.envelope, random_);
  insert_envelope_.execute(*row, number, request.message, to_millis(now), to_millis(due),
                           static_cast<std::int64_t>(request.envelope.size()), body);
  insert_seen_.execute(*row, request.message, to_millis(due));
  return Sent{true};
}

Outcome<void> MailboxTables::acknowledge(const wire::MailboxId& mailbox, std::uint64_t number) {
  const auto row = row_of(mailbox);
  if (!row) return {};
  const auto last = static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
  Rows rows = acknowledge_.run(*row, last);
  if (count_rows(rows) > 0) deleted_ = true;
  return {};
}

Outcome<void> MailboxTables::store_share(const wire::ShareStore& request) {
  const auto row = row_of(request.mailbox);
  if (!row) return unexpected(wire::Code::no_access);
  const wire::Shares kept = shares_in(*row);
  for (const wire::Shares::Entry& entry : kept.entries) {
    if (entry.number != request.number) continue;
    if (!(entry.half == request.half)) return unexpected(wire::Code::refused);
    return {};
  }
  if (kept.entries.size() >= wire::kMaxShares) return unexpected(wire::Code::quota);
  insert_share_.execute(*row, share_number(request.number), request.half);
  return {};
}

Outcome<void> MailboxTables::keep_only_share(const wire::ShareKeepOnly& request) {
  const auto row = row_of(request.mailbox);
  if (!row) return unexpected(wire::Code::no_access);
  Rows rows = keep_share_.run(*row, share_number(request.number));
  if (count_rows(rows) > 0) deleted_ = true;
  return {};
}

Outcome<wire::Shares> MailboxTables::shares(const wire::MailboxId& mailbox) {
  const auto row = row_of(mailbox);
  if (!row) return unexpected(wire::Code::no_access);
  return shares_in(*row);
}

wire::Shares MailboxTables::shares_in(MailboxRow row) {
  wire::Shares out;
  Rows rows = find_shares_.run(row);
  while (rows.next()) {
    out.entries.push_back({share_number_from(rows.blob(0)), rows.bytes<wire::ShareHalf>(1)});
  }
  return out;
}

void MailboxTables::quota_told(const wire::MailboxId& mailbox) {
  told_.execute(mailbox);
}

bool MailboxTables::sweep(Time now, std::int64_t limit) {
  Rows envelopes = sweep_envelopes_.run(to_millis(now), limit);
  const std::int64_t gone = count_rows(envelopes);
  if (gone > 0) deleted_ = true;
  Rows seen = sweep_seen_.run(to_millis(now), limit);
  return count_rows(seen) == limit || gone == limit;
}

Secret<32> MailboxTables::seed(std::string_view name) {
  {
    Rows rows = find_meta_.run(name);
    if (rows.next()) return rows.bytes<Secret<32>>(0);
  }
  auto seed = random_.draw<Secret<32>>();
  put_meta_.execute(name, seed);
  return seed;
}

void MailboxTables::probe(Time now) {
  put_meta_.execute(std::string_view("probe"), to_millis(now));
}

}  // namespace tacet::relay
