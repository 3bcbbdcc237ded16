// The operator's invite codes: one call at a time, inside whatever transaction is open, on the writer thread.
// Throws SqliteError.
#pragma once

#include "relay/store/sqlite.h"
#include "relay/store/store.h"

namespace tacet::relay {

template <class T>
using Outcome = Result<T, wire::Code>;

class InviteTable {
 public:
  explicit InviteTable(Database& database) : database_(database) {}

  Outcome<void> add(const Invite& invite);
  std::vector<Invite> all();
  Outcome<void> remove(std::string_view label);

  // Takes one mailbox from it. False if the code is unknown, used up or over.
  [[nodiscard]] bool pay(const wire::InviteHash& code, Time now);

 private:
  Database& database_;
  Statement find_{database_, "SELECT code FROM invite WHERE label = ?"};
  Statement insert_{database_, "INSERT INTO invite (label, code, mailboxes, until) VALUES (?, ?, ?, ?)"};
  Statement all_{database_, "SELECT label, code, mailboxes, until FROM invite ORDER BY label"};
  Statement delete_{database_, "DELETE FROM invite WHERE label = ? RETURNING 1"};
  Statement pay_{database_,
                 "UPDATE invite SET mailboxes = mailboxes - 1 WHERE code = ? AND mailboxes > 0"
                 " AND (until IS NULL OR until > ?) RETURNING 1"};
};

}  // namespace tacet::relay
