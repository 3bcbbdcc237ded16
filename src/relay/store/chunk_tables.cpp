#include "relay/store/chunk_tables.h"

#include "crypto/sealed.h"

namespace tacet::relay {

Outcome<void> ChunkTables::put(const wire::ChunkPut& request, Time now) {
  const auto row = mailboxes_.row_for_token(request.mailbox, request.token);
  if (!row) return unexpected(wire::Code::no_access);
  const Time due = now + Hours(request.retention_hours);
  bool held = false;
  {
    Rows rows = find_.run(request.digest, *row);
    held = rows.next();
    if (held && rows.integer(0) >= to_millis(due)) return {};
  }
  {
    Rows rows = held_.run(*row);
    const auto bytes = rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
    if (!held && bytes + request.body.size() > mailboxes_.quota().chunk_bytes)
      return unexpected(wire::Code::quota);
  }
  const auto key = hour_keys_.make(hour_of(due));
  if (!key) throw SqliteError("the hour keys cannot be written");
  // Under the key of another hour it is another row.
  if (held) delete_.execute(request.digest, *row);
  insert_.execute(*row, request.digest, to_millis(due), static_cast<std::int64_t>(request.body.size()),
                  crypto::seal(*key, kChunkLabel, request.digest.view(), request.body, random_));
  return {};
}

Outcome<wire::ChunksMissing> ChunkTables::wanted(const wire::ChunksWanted& request, Time now) {
  const auto row = mailboxes_.row_for_token(request.mailbox, request.token);
  if (!row) return unexpected(wire::Code::no_access);
  wire::ChunksMissing out;
  for (const wire::ChunkDigest& digest : request.digests) {
    Rows rows = find_.run(digest, *row);
    if (!rows.next() || rows.integer(0) <= to_millis(now)) out.digests.push_back(digest);
  }
  return out;
}

Outcome<void> ChunkTables::drop(const wire::ChunksDrop& request) {
  const auto row = mailboxes_.row_of(request.mailbox);
  if (!row) return {};
  for (const wire::ChunkDigest& digest : request.digests) {
    Rows rows = delete_.run(digest, *row);
    if (count_rows(rows) > 0) deleted_ = true;
  }
  return {};
}

bool ChunkTables::sweep(Time now, std::int64_t limit) {
  Rows rows = sweep_.run(to_millis(now), limit);
  const std::int64_t gone = count_rows(rows);
  if (gone > 0) deleted_ = true;
  return gone == limit;
}

}  // namespace tacet::relay
