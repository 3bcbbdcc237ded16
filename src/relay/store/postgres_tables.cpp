#include "relay/store/postgres_tables.h"

#include <algorithm>
#include <set>

#include "crypto/sealed.h"
#include "relay/store/key_tables.h"
#include "wire/token.h"

namespace tacet::relay {
namespace {

// `handouts` in a KeysPut that leaves them as they are.
constexpr std::int64_t kLeave = -2;

ByteVector copy(ByteView view) {
  return {view.begin(), view.end()};
}

wire::Keys keys_in(const PgRows& rows) {
  return {copy(rows.blob(0, 0)), copy(rows.blob(0, 1)), copy(rows.blob(0, 2)), {}};
}

std::vector<ByteView> views(const std::vector<wire::MailboxId>& mailboxes) {
  std::vector<ByteView> out;
  out.reserve(mailboxes.size());
  for (const wire::MailboxId& mailbox : mailboxes) out.push_back(mailbox.view());
  return out;
}

// Any 64 bits of the id: two mailboxes that share them wait for each other, and that is all.
std::int64_t lock_of(const wire::MailboxId& mailbox) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out = out << 8 | mailbox.raw[i];
  return static_cast<std::int64_t>(out);
}

std::optional<std::uint16_t> low_stock(bool publishes, std::int64_t handouts, std::int64_t left) {
  const std::int64_t wanted = handouts == kNoLimit ? kLowStock : std::min<std::int64_t>(kLowStock, handouts);
  if (!publishes || left >= wanted) return std::nullopt;
  return static_cast<std::uint16_t>(left);
}

}  // namespace

// ---- the transaction

void PgTables::begin(PgConnection& database, Time now, const std::vector<wire::MailboxId>& mailboxes) {
  database_ = &database;
  now_ = to_millis(now);
  {
    const std::lock_guard lock(quota_mutex_);
    quota_ = wanted_quota_;
  }
  sends_.clear();
  acknowledged_.clear();
  news_.clear();
  std::set<std::int64_t> locks;
  for (const wire::MailboxId& mailbox : mailboxes) locks.insert(lock_of(mailbox));
  database.add_once("BEGIN");
  if (locks.empty()) return;
  database.add("SELECT pg_advisory_xact_lock(lock) FROM unnest($1) AS lock",
               std::vector<std::int64_t>(locks.begin(), locks.end()));
}

void PgTables::commit() {
  flush();
  for (const std::string& text : encode_news(node_, news_)) {
    database_->add("SELECT pg_notify('tacet_relay', $1)", std::string_view(text));
  }
  database_->add_once("COMMIT");
  database_->sync();
}

void PgTables::tell(News::Kind kind, const wire::MailboxId& mailbox, std::uint64_t number) {
  const auto same = [&](const News::Item& item) { return item.kind == kind && item.mailbox == mailbox; };
  if (kind != News::Kind::arrived || std::none_of(news_.begin(), news_.end(), same)) {
    news_.push_back({kind, mailbox, number});
  }
}

void PgTables::announce(const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) tell(News::Kind::claimed, claim.mailbox, claim.number);
}

// ---- envelopes

void PgTables::send(const wire::Send& request, Outcome<Sent>& out) {
  sends_.push_back({&request, &out});
}

void PgTables::acknowledge(const wire::MailboxId& mailbox, std::uint64_t number) {
  // Among what is gathered, acknowledgements are carried out first.
  const auto waits = [&](const Sending& sending) { return sending.request->mailbox == mailbox; };
  if (std::any_of(sends_.begin(), sends_.end(), waits)) flush();
  std::int64_t& upto = acknowledged_[mailbox];
  upto = std::max(upto, static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX)));
}

void PgTables::flush_if_touched(const wire::MailboxId& mailbox) {
  const auto waits = [&](const Sending& sending) { return sending.request->mailbox == mailbox; };
  if (acknowledged_.count(mailbox) != 0 || std::any_of(sends_.begin(), sends_.end(), waits)) flush();
}

void PgTables::flush() {
  if (!acknowledged_.empty()) {
    std::vector<ByteView> mailboxes;
    std::vector<std::int64_t> numbers;
    for (const auto& [mailbox, number] : acknowledged_) {
      mailboxes.push_back(mailbox.view());
      numbers.push_back(number);
    }
    // What is due may have been left out of the count already.
    database_->add(
        "WITH gone AS (DELETE FROM envelope USING unnest($1, $2) AS done(mailbox, number)"
        " WHERE envelope.mailbox = done.mailbox AND envelope.number <= done.number"
        " RETURNING envelope.mailbox, envelope.size, envelope.due),"
        " freed AS (SELECT mailbox, count(*) AS envelopes, sum(size)::bigint AS bytes FROM gone"
        " WHERE due > $3 GROUP BY mailbox)"
        " UPDATE mailbox SET held = greatest(held - freed.envelopes, 0),"
        " held_bytes = greatest(held_bytes - freed.bytes, 0) FROM freed WHERE mailbox.id = freed.mailbox",
        mailboxes, numbers, now_);
    acknowledged_.clear();
  }
  if (sends_.empty()) return;

  const std::vector<Sending> sends = std::exchange(sends_, {});
  std::vector<ByteView> mailboxes;
  std::vector<ByteView> messages;
  for (const Sending& sending : sends) {
    mailboxes.push_back(sending.request->mailbox.view());
    messages.push_back(sending.request->message.view());
  }
  database_->add(
      "SELECT id, token_hash, next_number, held, held_bytes, refused FROM mailbox WHERE id = ANY($1)",
      mailboxes);
  database_->add(
      "SELECT asked.place FROM unnest($1, $2) WITH ORDINALITY AS asked(mailbox, message, place) WHERE EXISTS"
      " (SELECT FROM seen WHERE mailbox = asked.mailbox AND message = asked.message AND until > $3)",
      mailboxes, messages, now_);
  const std::vector<PgRows> rows = database_->sync();
  const PgRows& seen = rows.back();
  std::map<wire::MailboxId, Box> boxes = boxes_in(rows[rows.size() - 2]);
  std::set<std::pair<wire::MailboxId, wire::MessageId>> repeats;
  for (int i = 0; i < seen.count(); ++i) {
    const wire::Send& request = *sends.at(static_cast<std::size_t>(seen.integer(i, 0)) - 1).request;
    repeats.emplace(request.mailbox, request.message);
  }

  std::vector<NewEnvelope> fresh;
  for (const Sending& sending : sends) {
    const wire::Send& request = *sending.request;
    // The same work whether there is no such mailbox or the token is wrong.
    const wire::TokenHash dummy{};
    const wire::TokenHash hash = wire::token_hash(request.token);
    const auto found = boxes.find(request.mailbox);
    const bool exists = found != boxes.end();
    const bool opens =
        equal_constant_time(exists ? found->second.token_hash.view() : dummy.view(), hash.view());
    if (!exists || !opens) {
      *sending.out = unexpected(wire::Code::no_access);
    } else if (repeats.count({request.mailbox, request.message}) != 0) {
      *sending.out = Sent{false};
    } else {
      *sending.out = put_in(found->second, request, fresh);
      if (*sending.out) repeats.emplace(request.mailbox, request.message);
    }
  }
  insert(fresh, boxes);
}

std::map<wire::MailboxId, PgTables::Box> PgTables::boxes_in(const PgRows& rows) const {
  std::map<wire::MailboxId, Box> out;
  for (int i = 0; i < rows.count(); ++i) {
    Box box;
    box.token_hash = rows.bytes<wire::TokenHash>(i, 1);
    box.next_number = rows.integer(i, 2);
    box.held = rows.integer(i, 3);
    box.held_bytes = rows.integer(i, 4);
    box.refused = rows.integer(i, 5);
    out.emplace(rows.bytes<wire::MailboxId>(i, 0), box);
  }
  return out;
}

bool PgTables::has_room(Box& box, const wire::Send& request) {
  const auto size = static_cast<std::int64_t>(request.envelope.size());
  const auto fits = [&] {
    return box.held < quota_.envelopes && box.held_bytes + size <= static_cast<std::int64_t>(quota_.bytes);
  };
  if (fits() || box.counted) return fits();
  const PgRows rows = database_->run(
      "SELECT count(*), coalesce(sum(size), 0)::bigint FROM envelope WHERE mailbox = $1 AND due > $2",
      request.mailbox, now_);
  box.held = rows.integer(0, 0) + box.new_held;
  box.held_bytes = rows.integer(0, 1) + box.new_bytes;
  box.counted = true;
  box.changed = true;
  return fits();
}

Result<Sent, wire::Code> PgTables::put_in(Box& box, const wire::Send& request,
                                          std::vector<NewEnvelope>& fresh) {
  if (!has_room(box, request)) {
    if (box.refused == 0) {
      box.refused = 1;
      box.changed = true;
      tell(News::Kind::arrived, request.mailbox);
    }
    return unexpected(wire::Code::quota);
  }
  const std::int64_t due = now_ + to_millis(Time(Hours(request.retention_hours)));
  const auto key = hour_keys_.find(hour_of(from_millis(due)));
  if (!key) throw PgError("this node's clock does not fit its hour keys");
  const std::int64_t number = box.next_number++;
  const ByteVector binding =
      envelope_binding(request.mailbox, static_cast<std::uint64_t>(number), request.message);
  fresh.push_back(
      {&request, number, due, crypto::seal(*key, kEnvelopeLabel, binding, request.envelope, random_)});
  const auto size = static_cast<std::int64_t>(request.envelope.size());
  box.held += 1;
  box.held_bytes += size;
  box.new_held += 1;
  box.new_bytes += size;
  box.refused = box.refused == 2 ? 0 : box.refused;  // the next refusal is news again
  box.changed = true;
  tell(News::Kind::arrived, request.mailbox);
  return Sent{true};
}

void PgTables::insert(const std::vector<NewEnvelope>& fresh, const std::map<wire::MailboxId, Box>& boxes) {
  std::vector<ByteView> mailboxes;
  std::vector<ByteView> messages;
  std::vector<ByteView> bodies;
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> due;
  std::vector<std::int64_t> sizes;
  for (const NewEnvelope& envelope : fresh) {
    mailboxes.push_back(envelope.request->mailbox.view());
    messages.push_back(envelope.request->message.view());
    bodies.emplace_back(envelope.body);
    numbers.push_back(envelope.number);
    due.push_back(envelope.due);
    sizes.push_back(static_cast<std::int64_t>(envelope.request->envelope.size()));
  }
  if (!fresh.empty()) {
    database_->add(
        "INSERT INTO envelope (mailbox, number, message, stored_at, due, size, body)"
        " SELECT mailbox, number, message, $7, due, size, body"
        " FROM unnest($1, $2, $3, $4, $5, $6) AS fresh(mailbox, number, message, due, size, body)",
        mailboxes, numbers, messages, due, sizes, bodies, now_);
    database_->add("INSERT INTO seen (mailbox, message, until) SELECT * FROM unnest($1, $2, $3)", mailboxes,
                   messages, due);
  }
  std::vector<ByteView> changed;
  std::vector<std::int64_t> next;
  std::vector<std::int64_t> held;
  std::vector<std::int64_t> bytes;
  std::vector<std::int64_t> refused;
  for (const auto& [mailbox, box] : boxes) {
    if (!box.changed) continue;
    changed.push_back(mailbox.view());
    next.push_back(box.next_number);
    held.push_back(box.held);
    bytes.push_back(box.held_bytes);
    refused.push_back(box.refused);
  }
  if (changed.empty()) return;
  database_->add(
      "UPDATE mailbox SET next_number = fresh.next_number, held = fresh.held, held_bytes = fresh.held_bytes,"
      " refused = fresh.refused FROM unnest($1, $2, $3, $4, $5)"
      " AS fresh(id, next_number, held, held_bytes, refused) WHERE mailbox.id = fresh.id",
      changed, next, held, bytes, refused);
}

void PgTables::quota_told(const wire::MailboxId& mailbox) {
  flush_if_touched(mailbox);
  database_->add("UPDATE mailbox SET refused = 2 WHERE id = $1 AND refused = 1", mailbox);
}

// ---- mailboxes

Result<void, wire::Code> PgTables::create(const wire::New& request, Making making) {
  flush_if_touched(request.mailbox);
  if (making != Making::free && !exists(request.mailbox)) {
    if (making == Making::none) return unexpected(wire::Code::refused);
    if (!pay(request.credential)) return unexpected(wire::Code::not_admitted);
  }
  database_->add("INSERT INTO mailbox (id, reader, token_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                 request.mailbox, request.reader, request.token_hash);
  const PgRows rows = database_->run("SELECT reader, token_hash FROM mailbox WHERE id = $1", request.mailbox);
  const bool same = rows.bytes<wire::ReaderKey>(0, 0) == request.reader &&
                    equal_constant_time(rows.blob(0, 1), request.token_hash.view());
  if (!same) return unexpected(wire::Code::refused);
  return {};
}

void PgTables::remove(const wire::MailboxId& mailbox) {
  flush_if_touched(mailbox);
  for (const char* sql : {"DELETE FROM envelope WHERE mailbox = $1", "DELETE FROM seen WHERE mailbox = $1",
                          "DELETE FROM otk WHERE mailbox = $1", "DELETE FROM handout WHERE mailbox = $1",
                          "DELETE FROM share WHERE mailbox = $1", "DELETE FROM chunk WHERE mailbox = $1",
                          "DELETE FROM published WHERE mailbox = $1", "DELETE FROM mailbox WHERE id = $1"}) {
    database_->add(sql, mailbox);
  }
}

std::map<wire::MailboxId, Owner> PgTables::look_up(const std::vector<wire::MailboxId>& mailboxes) {
  const PgRows rows = database_->run(
      "SELECT mailbox.id, reader, identity IS NOT NULL, coalesce(handouts, 0),"
      " (SELECT count(*) FROM otk WHERE otk.mailbox = mailbox.id AND record IS NOT NULL)"
      " FROM mailbox LEFT JOIN published ON published.mailbox = mailbox.id WHERE mailbox.id = ANY($1)",
      views(mailboxes));
  std::map<wire::MailboxId, Owner> out;
  for (int i = 0; i < rows.count(); ++i) {
    out[rows.bytes<wire::MailboxId>(i, 0)] = {
        rows.bytes<wire::ReaderKey>(i, 1),
        low_stock(rows.integer(i, 2) != 0, rows.integer(i, 3), rows.integer(i, 4)), 0};
  }
  return out;
}

std::vector<std::optional<Owner>> PgTables::owners(const std::vector<wire::MailboxId>& mailboxes) {
  flush();
  const auto known = look_up(mailboxes);
  const auto claim =
      static_cast<std::uint64_t>(database_->run("SELECT nextval('claim_number')").integer(0, 0));
  std::vector<std::optional<Owner>> out;
  for (const wire::MailboxId& mailbox : mailboxes) {
    const auto found = known.find(mailbox);
    out.push_back(found == known.end() ? std::nullopt : std::optional(found->second));
    if (out.back()) out.back()->claim = claim;
  }
  return out;
}

bool PgTables::exists(const wire::MailboxId& mailbox) {
  return !database_->run("SELECT FROM mailbox WHERE id = $1", mailbox).empty();
}

bool PgTables::opens(const wire::MailboxId& mailbox, const wire::SendToken& token) {
  const PgRows rows = database_->run("SELECT token_hash FROM mailbox WHERE id = $1", mailbox);
  const wire::TokenHash dummy{};
  const bool same =
      equal_constant_time(rows.empty() ? dummy.view() : rows.blob(0, 0), wire::token_hash(token).view());
  return !rows.empty() && same;
}

// ---- prekeys

Result<void, wire::Code> PgTables::put_keys(const wire::KeysPut& request) {
  flush_if_touched(request.mailbox);
  if (!exists(request.mailbox)) return unexpected(wire::Code::no_access);

  std::vector<ByteView> ids;
  for (const ByteVector& otk : request.otks) ids.push_back(otk_id(otk));
  database_->add("SELECT id FROM otk WHERE mailbox = $1 AND id = ANY($2)", request.mailbox, ids);
  database_->add("SELECT count(*) FROM otk WHERE mailbox = $1 AND record IS NOT NULL", request.mailbox);
  const std::vector<PgRows> rows = database_->sync();
  const PgRows& known_rows = rows[rows.size() - 2];
  std::set<ByteVector> known;
  for (int i = 0; i < known_rows.count(); ++i) known.insert(copy(known_rows.blob(i, 0)));

  std::vector<ByteView> fresh;
  std::vector<ByteView> fresh_ids;
  for (const ByteVector& otk : request.otks) {
    if (!request.replace_otks && known.count(copy(otk_id(otk))) != 0) continue;
    fresh.emplace_back(otk);
    fresh_ids.push_back(otk_id(otk));
  }
  const std::int64_t kept = request.replace_otks ? 0 : rows.back().integer(0, 0);
  if (kept + static_cast<std::int64_t>(fresh.size()) > kMaxStoredOtks) return unexpected(wire::Code::quota);

  if (request.replace_otks) {
    database_->add("DELETE FROM otk WHERE mailbox = $1 AND record IS NOT NULL", request.mailbox);
  }
  database_->add(
      "INSERT INTO otk (mailbox, id, record) SELECT $1, id, record"
      " FROM unnest($2, $3) WITH ORDINALITY AS fresh(id, record, place) ORDER BY place ON CONFLICT DO "
      "NOTHING",
      request.mailbox, fresh_ids, fresh);
  const std::int64_t handouts = !request.handouts ? kLeave
                                : *request.handouts == wire::KeysPut::kUnlimited
                                    ? kNoLimit
                                    : std::int64_t{*request.handouts};
  database_->add(
      "INSERT INTO published AS old (mailbox, identity, spk, lrk, handouts) VALUES ($1, nullif($2, ''),"
      " nullif($3, ''), nullif($4, ''), CASE $5 WHEN -2 THEN -1 ELSE $5 END) ON CONFLICT (mailbox) DO UPDATE "
      "SET"
      " identity = coalesce(excluded.identity, old.identity), spk = coalesce(excluded.spk, old.spk),"
      " lrk = coalesce(excluded.lrk, old.lrk), handouts = CASE $5 WHEN -2 THEN old.handouts ELSE $5 END",
      request.mailbox, request.identity, request.spk, request.lrk, handouts);
  return {};
}

Result<HandedOut, wire::Code> PgTables::get_keys(const wire::KeysGet& request) {
  flush_if_touched(request.mailbox);
  if (!opens(request.mailbox, request.token)) return unexpected(wire::Code::no_access);
  database_->add(
      "SELECT identity, spk, lrk, otk FROM handout WHERE mailbox = $1 AND asked = $2 AND until > $3",
      request.mailbox, request.asked, now_);
  database_->add("SELECT identity, spk, lrk, handouts FROM published WHERE mailbox = $1", request.mailbox);
  database_->add("SELECT count(*) FROM handout WHERE mailbox = $1", request.mailbox);
  const std::vector<PgRows> rows = database_->sync();
  const PgRows& again = rows[rows.size() - 3];
  const PgRows& stored = rows[rows.size() - 2];
  if (!again.empty()) {
    HandedOut out{keys_in(again), {}};
    out.keys.otk = copy(again.blob(0, 3));
    return out;
  }
  if (stored.empty() || stored.is_null(0, 0) || stored.is_null(0, 1) || stored.is_null(0, 2)) {
    return unexpected(wire::Code::no_keys);
  }
  if (stored.integer(0, 3) == 0) return unexpected(wire::Code::used_up);
  if (rows.back().integer(0, 0) >= kMaxHandoutsADay) return unexpected(wire::Code::busy);

  HandedOut out{keys_in(stored), {}};
  // Even without the mailbox's lock nobody else would be handed this one.
  const PgRows spent = database_->run(
      "WITH oldest AS (SELECT mailbox, id, record FROM otk WHERE mailbox = $1 AND record IS NOT NULL"
      " ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED),"
      " spent AS (UPDATE otk SET record = NULL, until = $2 FROM oldest"
      " WHERE otk.mailbox = oldest.mailbox AND otk.id = oldest.id) SELECT record FROM oldest",
      request.mailbox, now_ + to_millis(Time(kSpentRemembered)));
  if (!spent.empty()) out.keys.otk = copy(spent.blob(0, 0));
  database_->add("UPDATE published SET handouts = handouts - 1 WHERE mailbox = $1 AND handouts > 0",
                 request.mailbox);
  database_->add(
      "INSERT INTO handout (mailbox, asked, until, identity, spk, lrk, otk) VALUES ($1, $2, $3, $4, $5, $6, "
      "$7)"
      " ON CONFLICT (mailbox, asked) DO UPDATE SET until = excluded.until, identity = excluded.identity,"
      " spk = excluded.spk, lrk = excluded.lrk, otk = excluded.otk",
      request.mailbox, request.asked, now_ + to_millis(Time(kHandoutRemembered)), out.keys.identity,
      out.keys.spk, out.keys.lrk, out.keys.otk);
  out.low_stock = look_up({request.mailbox})[request.mailbox].low_stock;
  if (out.low_stock) tell(News::Kind::low_stock, request.mailbox, *out.low_stock);
  return out;
}

bool PgTables::sweep(PgConnection& database, Time now, std::int64_t limit) {
  // Rows that a request has locked are left for the next time: this never waits.
  database.add(
      "WITH gone AS (DELETE FROM handout WHERE (mailbox, asked) IN (SELECT mailbox, asked FROM handout"
      " WHERE until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1) SELECT count(*) FROM gone",
      to_millis(now), limit);
  database.add(
      "WITH gone AS (DELETE FROM otk WHERE (mailbox, id) IN (SELECT mailbox, id FROM otk"
      " WHERE until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1) SELECT count(*) FROM gone",
      to_millis(now), limit);
  const std::vector<PgRows> rows = database.sync();
  return rows[0].integer(0, 0) == limit || rows[1].integer(0, 0) == limit;
}

// ---- shares

Result<wire::Shares, wire::Code> PgTables::shares(const wire::MailboxId& mailbox) {
  flush_if_touched(mailbox);
  if (!exists(mailbox)) return unexpected(wire::Code::no_access);
  const PgRows rows =
      database_->run("SELECT number, half FROM share WHERE mailbox = $1 ORDER BY number", mailbox);
  wire::Shares out;
  for (int i = 0; i < rows.count(); ++i) {
    out.entries.push_back({share_number_from(rows.blob(i, 0)), rows.bytes<wire::ShareHalf>(i, 1)});
  }
  return out;
}

Result<void, wire::Code> PgTables::store_share(const wire::ShareStore& request) {
  const auto kept = shares(request.mailbox);
  if (!kept) return unexpected(kept.error());
  for (const wire::Shares::Entry& entry : kept->entries) {
    if (entry.number != request.number) continue;
    if (!(entry.half == request.half)) return unexpected(wire::Code::refused);
    return {};
  }
  if (kept->entries.size() >= wire::kMaxShares) return unexpected(wire::Code::quota);
  database_->add("INSERT INTO share (mailbox, number, half) VALUES ($1, $2, $3)", request.mailbox,
                 share_number(request.number), request.half);
  return {};
}

Result<void, wire::Code> PgTables::keep_only_share(const wire::ShareKeepOnly& request) {
  flush_if_touched(request.mailbox);
  if (!exists(request.mailbox)) return unexpected(wire::Code::no_access);
  database_->add("DELETE FROM share WHERE mailbox = $1 AND number <> $2", request.mailbox,
                 share_number(request.number));
  return {};
}

}  // namespace tacet::relay
