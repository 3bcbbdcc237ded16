#include "relay/store/schema.h"

#include <iterator>

namespace tacet::relay {
namespace {

// Times are Unix milliseconds. `handouts` is -1 for no limit. `refused`: 0 no sender was refused, 1 some were
// and the owner was not told, 2 told. A share's
// number is its eight bytes, the highest first. An otk without a record was handed out: its id is kept so
// that a repeated KeysPut does not bring it back. `held` and `held_bytes` are kept by triggers so that no
// deletion can forget them.
constexpr const char* kTables = R"(
CREATE TABLE meta (name BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE mailbox (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  reader BLOB NOT NULL,
  token_hash BLOB NOT NULL,
  next_number INTEGER NOT NULL DEFAULT 1,
  held INTEGER NOT NULL DEFAULT 0,
  held_bytes INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  handouts INTEGER NOT NULL DEFAULT -1,
  identity BLOB, spk BLOB, lrk BLOB);
CREATE TABLE envelope (
  row INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL,
  number INTEGER NOT NULL,
  message BLOB NOT NULL,
  stored_at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  size INTEGER NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (mailbox, number));
CREATE INDEX envelope_due ON envelope (due);
CREATE TRIGGER envelope_in AFTER INSERT ON envelope BEGIN
  UPDATE mailbox SET held = held + 1, held_bytes = held_bytes + new.size WHERE row = new.mailbox;
END;
CREATE TRIGGER envelope_out AFTER DELETE ON envelope BEGIN
  UPDATE mailbox SET held = held - 1, held_bytes = held_bytes - old.size WHERE row = old.mailbox;
END;
CREATE TABLE share (
  mailbox INTEGER NOT NULL, number BLOB NOT NULL, half BLOB NOT NULL,
  PRIMARY KEY (mailbox, number)) WITHOUT ROWID;
CREATE TABLE seen (
  mailbox INTEGER NOT NULL, message BLOB NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (mailbox, message)) WITHOUT ROWID;
CREATE INDEX seen_until ON seen (until);
CREATE TABLE otk (
  row INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL, id BLOB NOT NULL, record BLOB, until INTEGER,
  UNIQUE (mailbox, id));
CREATE INDEX otk_until ON otk (until) WHERE until IS NOT NULL;
CREATE TABLE handout (
  mailbox INTEGER NOT NULL, asked BLOB NOT NULL, until INTEGER NOT NULL,
  identity BLOB NOT NULL, spk BLOB NOT NULL, lrk BLOB NOT NULL, otk BLOB NOT NULL,
  PRIMARY KEY (mailbox, asked));
CREATE INDEX handout_until ON handout (until);
PRAGMA user_version = 1;
)";

// Chunks of files, sealed as envelopes are, and invite codes. `until` is NULL for ever.
constexpr const char* kFormat2 = R"(
ALTER TABLE mailbox ADD COLUMN held_chunks INTEGER NOT NULL DEFAULT 0;
CREATE TABLE chunk (
  row INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL,
  digest BLOB NOT NULL,
  due INTEGER NOT NULL,
  size INTEGER NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (digest, mailbox));
CREATE INDEX chunk_due ON chunk (due);
CREATE INDEX chunk_mailbox ON chunk (mailbox);
CREATE TRIGGER chunk_in AFTER INSERT ON chunk BEGIN
  UPDATE mailbox SET held_chunks = held_chunks + new.size WHERE row = new.mailbox;
END;
CREATE TRIGGER chunk_out AFTER DELETE ON chunk BEGIN
  UPDATE mailbox SET held_chunks = held_chunks - old.size WHERE row = old.mailbox;
END;
CREATE TABLE invite (
  label BLOB PRIMARY KEY, code BLOB NOT NULL UNIQUE, mailboxes INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;
PRAGMA user_version = 2;
)";

// What makes each format out of the one before.
constexpr const char* kSteps[] = {kTables, kFormat2};
static_assert(std::size(kSteps) == kFormat);

}  // namespace

std::int64_t format_of(Database& database) {
  return database.integer("PRAGMA user_version");
}

void prepare_writer(Database& database) {
  // The page size counts only before the first page is written, the rest for this connection.
  database.execute(
      "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;");
  for (std::int64_t format = format_of(database); format < kFormat; ++format) {
    Transaction transaction(database);
    database.execute(kSteps[format]);
    transaction.commit();
  }
}

bool checkpoint(Database& database) {
  return database.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
}

}  // namespace tacet::relay
