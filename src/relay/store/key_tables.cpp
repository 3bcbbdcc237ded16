#include "relay/store/key_tables.h"

namespace tacet::relay {
namespace {

ByteVector copy(ByteView view) {
  return {view.begin(), view.end()};
}

wire::Keys keys_in(const Rows& rows) {
  return {copy(rows.blob(0)), copy(rows.blob(1)), copy(rows.blob(2)), {}};
}

}  // namespace

Outcome<void> KeyTables::put(const wire::KeysPut& request) {
  const auto row = mailboxes_.row_of(request.mailbox);
  if (!row) return unexpected(wire::Code::no_access);

  std::vector<const ByteVector*> fresh;
  for (const ByteVector& otk : request.otks) {
    Rows known = find_otk_.run(*row, otk_id(otk));
    if (request.replace_otks || !known.next()) fresh.push_back(&otk);
  }
  const std::int64_t kept = request.replace_otks ? 0 : stock(*row);
  if (kept + static_cast<std::int64_t>(fresh.size()) > kMaxStoredOtks) return unexpected(wire::Code::quota);

  if (request.replace_otks) clear_otks_.execute(*row);
  for (const ByteVector* otk : fresh) insert_otk_.execute(*row, otk_id(*otk), *otk);
  if (!request.identity.empty()) put_identity_.execute(*row, request.identity);
  if (!request.spk.empty()) put_spk_.execute(*row, request.spk);
  if (!request.lrk.empty()) put_lrk_.execute(*row, request.lrk);
  if (request.handouts) {
    put_handouts_.execute(*row, *request.handouts == wire::KeysPut::kUnlimited
                                    ? kNoLimit
                                    : static_cast<std::int64_t>(*request.handouts));
  }
  return {};
}

Outcome<HandedOut> KeyTables::get(const wire::KeysGet& request, Time now) {
  const auto row = mailboxes_.row_for_token(request.mailbox, request.token);
  if (!row) return unexpected(wire::Code::no_access);
  {
    Rows again = find_handout_.run(*row, request.asked, to_millis(now));
    if (again.next()) {
      HandedOut out{keys_in(again), {}};
      out.keys.otk = copy(again.blob(3));
      return out;
    }
  }
  HandedOut out;
  {
    Rows rows = find_keys_.run(*row);
    if (!rows.next() || rows.is_null(0) || rows.is_null(1) || rows.is_null(2)) {
      return unexpected(wire::Code::no_keys);
    }
    if (rows.integer(3) == 0) return unexpected(wire::Code::used_up);
    out.keys = keys_in(rows);
  }
  {
    Rows rows = count_handouts_.run(*row);
    if (rows.next() && rows.integer(0) >= kMaxHandoutsADay) return unexpected(wire::Code::busy);
  }
  out.keys.otk = spend_oldest(*row, now);
  spend_handout_.execute(*row);
  insert_handout_.execute(*row, request.asked, to_millis(now + kHandoutRemembered), out.keys.identity,
                          out.keys.spk, out.keys.lrk, out.keys.otk);
  out.low_stock = low_stock(*row);
  return out;
}

ByteVector KeyTables::spend_oldest(MailboxRow row, Time now) {
  std::int64_t otk = 0;
  ByteVector record;
  {
    Rows rows = oldest_otk_.run(row);
    if (!rows.next()) return {};
    otk = rows.integer(0);
    record = copy(rows.blob(1));
  }
  spend_otk_.execute(otk, to_millis(now + kSpentRemembered));
  return record;
}

std::vector<std::optional<Owner>> KeyTables::owners(const std::vector<wire::MailboxId>& mailboxes) {
  std::vector<std::optional<Owner>> out;
  out.reserve(mailboxes.size());
  for (const wire::MailboxId& mailbox : mailboxes) {
    std::optional<Owner> owner;
    if (const auto reader = mailboxes_.reader_of(mailbox)) {
      owner = Owner{*reader, low_stock(*mailboxes_.row_of(mailbox))};
    }
    out.push_back(owner);
  }
  return out;
}

std::int64_t KeyTables::stock(MailboxRow row) {
  Rows rows = stock_.run(row);
  return rows.next() ? rows.integer(0) : 0;
}

std::optional<std::uint16_t> KeyTables::low_stock(MailboxRow row) {
  std::int64_t wanted = kLowStock;
  {
    Rows rows = find_keys_.run(row);
    if (!rows.next() || rows.is_null(0)) return std::nullopt;  // it publishes no keys
    if (rows.integer(3) != kNoLimit) wanted = std::min(wanted, rows.integer(3));
  }
  const std::int64_t left = stock(row);
  if (left >= wanted) return std::nullopt;
  return static_cast<std::uint16_t>(left);
}

bool KeyTables::sweep(Time now, std::int64_t limit) {
  std::int64_t most = 0;
  for (Statement* statement : {&sweep_handouts_, &sweep_otks_}) {
    Rows rows = statement->run(to_millis(now), limit);
    std::int64_t n = 0;
    while (rows.next()) ++n;
    most = std::max(most, n);
  }
  return most == limit;
}

}  // namespace tacet::relay
