#include "relay/store/invite_table.h"

namespace tacet::relay {

Outcome<void> InviteTable::add(const Invite& invite) {
  {
    Rows rows = find_.run(std::string_view(invite.label));
    if (rows.next()) {
      if (rows.bytes<wire::InviteHash>(0) == invite.code) return {};
      return unexpected(wire::Code::refused);
    }
  }
  const auto mailboxes = static_cast<std::int64_t>(invite.mailboxes);
  const std::string_view label = invite.label;
  if (invite.until) {
    insert_.execute(label, invite.code, mailboxes, to_millis(*invite.until));
  } else {
    insert_.execute(label, invite.code, mailboxes, nullptr);
  }
  return {};
}

std::vector<Invite> InviteTable::all() {
  std::vector<Invite> out;
  Rows rows = all_.run();
  while (rows.next()) {
    const ByteView label = rows.blob(0);
    out.push_back({{label.begin(), label.end()},
                   rows.bytes<wire::InviteHash>(1),
                   static_cast<std::uint32_t>(rows.integer(2)),
                   {}});
    if (!rows.is_null(3)) out.back().until = from_millis(rows.integer(3));
  }
  return out;
}

Outcome<void> InviteTable::remove(std::string_view label) {
  Rows rows = delete_.run(label);
  if (!rows.next()) return unexpected(wire::Code::no_access);
  return {};
}

bool InviteTable::pay(const wire::InviteHash& code, Time now) {
  Rows rows = pay_.run(code, to_millis(now));
  return rows.next();
}

}  // namespace tacet::relay
