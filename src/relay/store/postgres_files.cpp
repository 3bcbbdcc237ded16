// Invite codes and the chunks of files on PostgreSQL.
#include <algorithm>

#include "crypto/sealed.h"
#include "relay/store/chunk_tables.h"
#include "relay/store/postgres_tables.h"

namespace tacet::relay {

// ---- invite codes

Result<void, wire::Code> PgTables::add_invite(const Invite& invite) {
  const std::string_view label = invite.label;
  const std::int64_t until = invite.until ? to_millis(*invite.until) : INT64_MAX;
  database_->add(
      "INSERT INTO invite (label, code, mailboxes, until) VALUES ($1, $2, $3, $4) ON CONFLICT (label) DO "
      "NOTHING",
      label, invite.code, static_cast<std::int64_t>(invite.mailboxes), until);
  const PgRows rows = database_->run("SELECT code FROM invite WHERE label = $1", label);
  if (!(rows.bytes<wire::InviteHash>(0, 0) == invite.code)) return unexpected(wire::Code::refused);
  return {};
}

std::vector<Invite> PgTables::invites() {
  const PgRows rows =
      database_->run("SELECT label, code, mailboxes, until FROM invite ORDER BY label COLLATE \"C\"");
  std::vector<Invite> out;
  for (int i = 0; i < rows.count(); ++i) {
    const ByteView label = rows.blob(i, 0);
    Invite invite{{label.begin(), label.end()},
                  rows.bytes<wire::InviteHash>(i, 1),
                  static_cast<std::uint32_t>(rows.integer(i, 2)),
                  {}};
    if (rows.integer(i, 3) != INT64_MAX) invite.until = from_millis(rows.integer(i, 3));
    out.push_back(std::move(invite));
  }
  return out;
}

Result<void, wire::Code> PgTables::remove_invite(const std::string& label) {
  const PgRows rows =
      database_->run("DELETE FROM invite WHERE label = $1 RETURNING 1", std::string_view(label));
  if (rows.empty()) return unexpected(wire::Code::no_access);
  return {};
}

bool PgTables::pay(const wire::Credential& credential) {
  const auto* code = std::get_if<wire::InviteCode>(&credential);
  if (code == nullptr) return false;
  return !database_
              ->run(
                  "UPDATE invite SET mailboxes = mailboxes - 1 WHERE code = $1 AND mailboxes > 0 AND until > "
                  "$2"
                  " RETURNING 1",
                  wire::invite_hash(*code), now_)
              .empty();
}

// ---- chunks

Result<void, wire::Code> PgTables::put_chunk(const wire::ChunkPut& request) {
  if (!opens(request.mailbox, request.token)) return unexpected(wire::Code::no_access);
  const Time due = from_millis(now_) + Hours(request.retention_hours);
  const PgRows held = database_->run(
      "SELECT coalesce(max(due) FILTER (WHERE digest = $2), 0), coalesce(sum(size), 0)::bigint FROM chunk"
      " WHERE mailbox = $1 AND due > $3",
      request.mailbox, request.digest, now_);
  const std::int64_t until = held.integer(0, 0);
  if (until >= to_millis(due)) return {};
  const auto bytes = static_cast<std::uint64_t>(held.integer(0, 1));
  if (until == 0 && bytes + request.body.size() > quota_.chunk_bytes) return unexpected(wire::Code::quota);
  const auto key = hour_keys_.find(hour_of(due));
  if (!key) throw PgError("there is no hour key for what is kept so long");
  database_->add("DELETE FROM chunk WHERE mailbox = $1 AND digest = $2", request.mailbox, request.digest);
  database_->add("INSERT INTO chunk (mailbox, digest, due, size, body) VALUES ($1, $2, $3, $4, $5)",
                 request.mailbox, request.digest, to_millis(due),
                 static_cast<std::int64_t>(request.body.size()),
                 crypto::seal(*key, kChunkLabel, request.digest.view(), request.body, random_));
  return {};
}

Result<wire::ChunksMissing, wire::Code> PgTables::wanted_chunks(const wire::ChunksWanted& request) {
  if (!opens(request.mailbox, request.token)) return unexpected(wire::Code::no_access);
  std::vector<ByteView> digests;
  for (const wire::ChunkDigest& digest : request.digests) digests.push_back(digest.view());
  const PgRows rows = database_->run(
      "SELECT digest FROM unnest($2) WITH ORDINALITY AS asked(digest, place) WHERE NOT EXISTS (SELECT FROM "
      "chunk"
      " WHERE mailbox = $1 AND chunk.digest = asked.digest AND due > $3) ORDER BY place",
      request.mailbox, digests, now_);
  wire::ChunksMissing out;
  for (int i = 0; i < rows.count(); ++i) out.digests.push_back(rows.bytes<wire::ChunkDigest>(i, 0));
  return out;
}

void PgTables::drop_chunks(const wire::ChunksDrop& request) {
  std::vector<ByteView> digests;
  for (const wire::ChunkDigest& digest : request.digests) digests.push_back(digest.view());
  database_->add("DELETE FROM chunk WHERE mailbox = $1 AND digest = ANY($2)", request.mailbox, digests);
}

}  // namespace tacet::relay
