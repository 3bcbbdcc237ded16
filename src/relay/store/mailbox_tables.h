// Mailboxes and the envelopes in them: one call at a time, inside whatever transaction is open, on the writer
// thread. Throws SqliteError.
#pragma once

#include "base/random.h"
#include "relay/store/hour_keys.h"
#include "relay/store/invite_table.h"

namespace tacet::relay {

// Runs a deletion that returns a row for each one deleted.
[[nodiscard]] std::int64_t count_rows(Rows& rows);

// Row of a mailbox in its table.
using MailboxRow = std::int64_t;

class MailboxTables {
 public:
  // All but the quota must outlive it.
  MailboxTables(Database& database, HourKeys& hour_keys, Random& random, const Quota& quota)
      : database_(database), hour_keys_(hour_keys), random_(random), quota_(quota) {}

  Outcome<void> create(const wire::New& request, Making making, InviteTable& invites, Time now);
  Outcome<void> remove(const wire::MailboxId& mailbox);
  Outcome<Sent> send(const wire::Send& request, Time now);
  Outcome<void> acknowledge(const wire::MailboxId& mailbox, std::uint64_t number);
  Outcome<void> store_share(const wire::ShareStore& request);
  Outcome<void> keep_only_share(const wire::ShareKeepOnly& request);
  Outcome<wire::Shares> shares(const wire::MailboxId& mailbox);
  void quota_told(const wire::MailboxId& mailbox);
  [[nodiscard]] const Quota& quota() const { return quota_; }
  void set_quota(const Quota& quota) { quota_ = quota; }

  [[nodiscard]] std::optional<MailboxRow> row_of(const wire::MailboxId& mailbox);
  [[nodiscard]] std::optional<wire::ReaderKey> reader_of(const wire::MailboxId& mailbox);
  // The row if there is one and the token opens it, with the same work whatever is wrong.
  [[nodiscard]] std::optional<MailboxRow> row_for_token(const wire::MailboxId& mailbox,
                                                        const wire::SendToken& token);

  // Deletes up to `limit` envelopes and as many message ids that are due. True if there may be more.
  bool sweep(Time now, std::int64_t limit);

  // True if an envelope was deleted since this was last asked.
  [[nodiscard]] bool take_deleted() { return std::exchange(deleted_, false); }

  // What was stored under this name, or else is now, at random. For the relay's own signing key.
  [[nodiscard]] Secret<32> seed(std::string_view name);

  // Writes something, to learn whether that is possible.
  void probe(Time now);

 private:
  [[nodiscard]] wire::Shares shares_in(MailboxRow row);
  [[nodiscard]] bool has_room(MailboxRow row, std::size_t size);

  Database& database_;
  HourKeys& hour_keys_;
  Random& random_;
  Quota quota_;
  bool deleted_ = false;

  Statement find_{database_, "SELECT row, reader, token_hash FROM mailbox WHERE id = ?"};
  Statement insert_{database_, "INSERT INTO mailbox (id, reader, token_hash) VALUES (?, ?, ?)"};
  Statement delete_envelopes_{database_, "DELETE FROM envelope WHERE mailbox = ?"};
  Statement delete_seen_{database_, "DELETE FROM seen WHERE mailbox = ?"};
  Statement delete_otks_{database_, "DELETE FROM otk WHERE mailbox = ?"};
  Statement delete_chunks_{database_, "DELETE FROM chunk WHERE mailbox = ?"};
  Statement delete_shares_{database_, "DELETE FROM share WHERE mailbox = ?"};
  Statement find_shares_{database_, "SELECT number, half FROM share WHERE mailbox = ? ORDER BY number"};
  Statement insert_share_{database_, "INSERT INTO share (mailbox, number, half) VALUES (?, ?, ?)"};
  Statement keep_share_{database_, "DELETE FROM share WHERE mailbox = ? AND number <> ? RETURNING 1"};
  Statement delete_handouts_{database_, "DELETE FROM handout WHERE mailbox = ?"};
  Statement delete_{database_, "DELETE FROM mailbox WHERE row = ?"};
  Statement find_seen_{database_, "SELECT 1 FROM seen WHERE mailbox = ? AND message = ? AND until > ?"};
  Statement insert_seen_{database_, "INSERT OR REPLACE INTO seen (mailbox, message, until) VALUES (?, ?, ?)"};
  Statement held_{database_, "SELECT held, held_bytes FROM mailbox WHERE row = ?"};
  Statement refused_{database_, "UPDATE mailbox SET refused = 1 WHERE row = ? AND refused = 0"};
  Statement told_{database_, "UPDATE mailbox SET refused = 2 WHERE id = ? AND refused = 1"};
  // A sender got through: the next refusal is news again.
  Statement take_number_{database_,
                         "UPDATE mailbox SET next_number = next_number + 1,"
                         " refused = CASE refused WHEN 2 THEN 0 ELSE refused END"
                         " WHERE row = ? RETURNING next_number - 1"};
  Statement insert_envelope_{database_,
                             "INSERT INTO envelope (mailbox, number, message, stored_at, due, size, body)"
                             " VALUES (?, ?, ?, ?, ?, ?, ?)"};
  Statement acknowledge_{database_, "DELETE FROM envelope WHERE mailbox = ? AND number <= ? RETURNING 1"};
  Statement sweep_envelopes_{
      database_,
      "DELETE FROM envelope WHERE row IN (SELECT row FROM envelope WHERE due <= ? LIMIT ?) RETURNING 1"};
  Statement sweep_seen_{database_,
                        "DELETE FROM seen WHERE (mailbox, message) IN"
                        " (SELECT mailbox, message FROM seen WHERE until <= ? LIMIT ?) RETURNING 1"};
  Statement find_meta_{database_, "SELECT value FROM meta WHERE name = ?"};
  Statement put_meta_{database_, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"};
};

// How a share's number is stored: its eight bytes, the highest first, so that it sorts.
[[nodiscard]] Bytes<8> share_number(std::uint64_t number);
[[nodiscard]] std::uint64_t share_number_from(ByteView stored);

// How an envelope is sealed under its hour key: its label, and what it is bound to.
inline constexpr std::string_view kEnvelopeLabel = "relay/envelope";
[[nodiscard]] ByteVector envelope_binding(const wire::MailboxId& mailbox, std::uint64_t number,
                                          const wire::MessageId& message);

}  // namespace tacet::relay
