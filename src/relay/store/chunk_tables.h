// Chunks of files: one call at a time, inside whatever transaction is open, on the writer thread. Throws
// SqliteError.
#pragma once

#include "relay/store/mailbox_tables.h"

namespace tacet::relay {

class ChunkTables {
 public:
  // All must outlive it.
  ChunkTables(Database& database, MailboxTables& mailboxes, HourKeys& hour_keys, Random& random)
      : database_(database), mailboxes_(mailboxes), hour_keys_(hour_keys), random_(random) {}

  Outcome<void> put(const wire::ChunkPut& request, Time now);
  Outcome<wire::ChunksMissing> wanted(const wire::ChunksWanted& request, Time now);
  Outcome<void> drop(const wire::ChunksDrop& request);

  // As in MailboxTables.
  bool sweep(Time now, std::int64_t limit);
  [[nodiscard]] bool take_deleted() { return std::exchange(deleted_, false); }

 private:
  Database& database_;
  MailboxTables& mailboxes_;
  HourKeys& hour_keys_;
  Random& random_;
  bool deleted_ = false;

  Statement find_{database_, "SELECT due FROM chunk WHERE digest = ? AND mailbox = ?"};
  Statement held_{database_, "SELECT held_chunks FROM mailbox WHERE row = ?"};
  Statement insert_{database_, "INSERT INTO chunk (mailbox, digest, due, size, body) VALUES (?, ?, ?, ?, ?)"};
  Statement delete_{database_, "DELETE FROM chunk WHERE digest = ? AND mailbox = ? RETURNING 1"};
  Statement sweep_{
      database_, "DELETE FROM chunk WHERE row IN (SELECT row FROM chunk WHERE due <= ? LIMIT ?) RETURNING 1"};
};

// How a chunk is sealed under its hour key; it is bound to its digest.
inline constexpr std::string_view kChunkLabel = "relay/chunk";

}  // namespace tacet::relay
