// Prekeys and their handing out: one call at a time, inside whatever transaction is open, on the writer
// thread. Throws SqliteError.
#pragma once

#include "relay/store/mailbox_tables.h"

namespace tacet::relay {

// Answers remembered for one mailbox within their 24 hours; more are busy.
inline constexpr std::int64_t kMaxHandoutsADay = 1000;
inline constexpr Hours kHandoutRemembered{24};
// How long the id of a one-time prekey that was handed out is known, against a repeated KeysPut.
inline constexpr Hours kSpentRemembered{30 * 24};
// How `handouts` is stored when there is no limit.
inline constexpr std::int64_t kNoLimit = -1;
// What names a one-time prekey in its mailbox: the nonce of its seal.
[[nodiscard]] inline ByteView otk_id(const ByteVector& record) {
  return ByteView(record).first(24);
}

class KeyTables {
 public:
  // Both must outlive it.
  KeyTables(Database& database, MailboxTables& mailboxes) : database_(database), mailboxes_(mailboxes) {}

  Outcome<void> put(const wire::KeysPut& request);
  Outcome<HandedOut> get(const wire::KeysGet& request, Time now);
  std::vector<std::optional<Owner>> owners(const std::vector<wire::MailboxId>& mailboxes);

  // As MailboxTables::sweep.
  bool sweep(Time now, std::int64_t limit);

 private:
  [[nodiscard]] std::optional<std::uint16_t> low_stock(MailboxRow row);
  [[nodiscard]] std::int64_t stock(MailboxRow row);
  [[nodiscard]] ByteVector spend_oldest(MailboxRow row, Time now);

  Database& database_;
  MailboxTables& mailboxes_;

  Statement put_identity_{database_, "UPDATE mailbox SET identity = ?2 WHERE row = ?1"};
  Statement put_spk_{database_, "UPDATE mailbox SET spk = ?2 WHERE row = ?1"};
  Statement put_lrk_{database_, "UPDATE mailbox SET lrk = ?2 WHERE row = ?1"};
  Statement put_handouts_{database_, "UPDATE mailbox SET handouts = ?2 WHERE row = ?1"};
  Statement clear_otks_{database_, "DELETE FROM otk WHERE mailbox = ? AND record IS NOT NULL"};
  Statement find_otk_{database_, "SELECT 1 FROM otk WHERE mailbox = ? AND id = ?"};
  Statement insert_otk_{database_, "INSERT OR IGNORE INTO otk (mailbox, id, record) VALUES (?, ?, ?)"};
  Statement stock_{database_, "SELECT COUNT(*) FROM otk WHERE mailbox = ? AND record IS NOT NULL"};
  Statement find_keys_{database_, "SELECT identity, spk, lrk, handouts FROM mailbox WHERE row = ?"};
  Statement find_handout_{
      database_, "SELECT identity, spk, lrk, otk FROM handout WHERE mailbox = ? AND asked = ? AND until > ?"};
  Statement count_handouts_{database_, "SELECT COUNT(*) FROM handout WHERE mailbox = ?"};
  Statement insert_handout_{database_,
                            "INSERT OR REPLACE INTO handout (mailbox, asked, until, identity, spk, lrk, otk)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?)"};
  Statement oldest_otk_{
      database_, "SELECT row, record FROM otk WHERE mailbox = ? AND record IS NOT NULL ORDER BY row LIMIT 1"};
  Statement spend_otk_{database_, "UPDATE otk SET record = NULL, until = ?2 WHERE row = ?1"};
  Statement spend_handout_{database_,
                           "UPDATE mailbox SET handouts = handouts - 1 WHERE row = ? AND handouts > 0"};
  Statement sweep_handouts_{
      database_,
      "DELETE FROM handout WHERE rowid IN (SELECT rowid FROM handout WHERE until <= ? LIMIT ?) RETURNING 1"};
  Statement sweep_otks_{
      database_, "DELETE FROM otk WHERE row IN (SELECT row FROM otk WHERE until <= ? LIMIT ?) RETURNING 1"};
};

}  // namespace tacet::relay
