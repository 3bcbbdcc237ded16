#include "relay/store/postgres_schema.h"

#include <algorithm>
#include <cstdlib>

namespace tacet::relay {
namespace {

constexpr int kOldestServer = 150000;
constexpr std::string_view kFormat = "1";
constexpr std::string_view kPartitioned[] = {"envelope", "seen", "chunk"};

// Unix milliseconds throughout. `held` and `held_bytes` never say less than is there; what they say too much
// (due, and not yet dropped) is found by counting when they seem to be at the quota. Bodies are ciphertext:
// compressing them would be in vain. The numbers of shares are eight bytes, the highest first. An otk without
// a record was handed out.
constexpr const char* kTables[] = {
    "CREATE TABLE meta (name text PRIMARY KEY, value bytea NOT NULL)",
    "CREATE SEQUENCE claim_number AS bigint",
    "CREATE TABLE mailbox ("
    " id bytea PRIMARY KEY, reader bytea NOT NULL, token_hash bytea NOT NULL,"
    " next_number bigint NOT NULL DEFAULT 1, held bigint NOT NULL DEFAULT 0, held_bytes bigint NOT NULL "
    "DEFAULT 0,"
    " refused smallint NOT NULL DEFAULT 0) WITH (fillfactor = 70)",
    "CREATE TABLE published ("
    " mailbox bytea PRIMARY KEY, identity bytea, spk bytea, lrk bytea, handouts bigint NOT NULL DEFAULT -1)",
    "CREATE TABLE envelope ("
    " mailbox bytea NOT NULL, number bigint NOT NULL, message bytea NOT NULL, stored_at bigint NOT NULL,"
    " due bigint NOT NULL, size bigint NOT NULL, body bytea NOT NULL,"
    " PRIMARY KEY (mailbox, number, due)) PARTITION BY RANGE (due)",
    "ALTER TABLE envelope ALTER COLUMN body SET STORAGE EXTERNAL",
    "CREATE TABLE seen ("
    " mailbox bytea NOT NULL, message bytea NOT NULL, until bigint NOT NULL,"
    " PRIMARY KEY (mailbox, message, until)) PARTITION BY RANGE (until)",
    "CREATE TABLE chunk ("
    " mailbox bytea NOT NULL, digest bytea NOT NULL, due bigint NOT NULL, size bigint NOT NULL, body bytea "
    "NOT "
    "NULL,"
    " PRIMARY KEY (digest, mailbox, due)) PARTITION BY RANGE (due)",
    "ALTER TABLE chunk ALTER COLUMN body SET STORAGE EXTERNAL",
    "CREATE INDEX chunk_mailbox ON chunk (mailbox)",
    // A label as its bytes of UTF-8; until: the end of time for one that has none.
    "CREATE TABLE invite (label text PRIMARY KEY, code bytea NOT NULL UNIQUE, mailboxes bigint NOT NULL,"
    " until bigint NOT NULL)",
    "CREATE TABLE share (mailbox bytea NOT NULL, number bytea NOT NULL, half bytea NOT NULL,"
    " PRIMARY KEY (mailbox, number))",
    "CREATE TABLE otk (mailbox bytea NOT NULL, id bytea NOT NULL, place bigserial, record bytea, until "
    "bigint,"
    " PRIMARY KEY (mailbox, id))",
    "CREATE INDEX otk_place ON otk (mailbox, place) WHERE record IS NOT NULL",
    "CREATE INDEX otk_until ON otk (until) WHERE until IS NOT NULL",
    "CREATE TABLE handout (mailbox bytea NOT NULL, asked bytea NOT NULL, until bigint NOT NULL,"
    " identity bytea NOT NULL, spk bytea NOT NULL, lrk bytea NOT NULL, otk bytea NOT NULL,"
    " PRIMARY KEY (mailbox, asked))",
    "CREATE INDEX handout_until ON handout (until)",
    "INSERT INTO meta VALUES ('format', '1')",
};

// One at a time among all nodes, until the transaction ends. "tacet" and a number, as an integer.
constexpr const char* kLockTables = "SELECT pg_advisory_xact_lock(8386093268529577985)";

std::string partition(std::string_view table, std::int64_t day) {
  return std::string(table) + "_" + std::to_string(day);
}

}  // namespace

std::string prepare_tables(PgConnection& database) {
  if (database.server_version() < kOldestServer) {
    return "The database is older than PostgreSQL 15. Nothing was changed. Use a newer one.";
  }
  database.add_once("BEGIN");
  database.add(kLockTables);
  database.sync();
  if (database.run("SELECT to_regclass('mailbox') IS NULL").integer(0, 0) != 0) {
    for (const char* statement : kTables) database.add_once(statement);
  } else if (database.run("SELECT to_regclass('meta') IS NULL OR to_regclass('claim_number') IS NULL")
                 .integer(0, 0) != 0) {
    return "The database has a table \"mailbox\" that is not a relay's. Nothing was changed. Give the relay "
           "a database "
           "of its own.";
  }
  database.add("SELECT value FROM meta WHERE name = 'format'");
  const std::vector<PgRows> rows = database.sync();
  if (rows.back().empty() || as_text(rows.back().blob(0, 0)) != kFormat) {
    return "The database was written by a newer tacet-relay. Nothing was changed. Run that one.";
  }
  database.add_once("COMMIT");
  database.sync();
  return "";
}

ByteVector meta_value(PgConnection& database, std::string_view name, ByteView value) {
  database.add("INSERT INTO meta VALUES ($1, $2) ON CONFLICT DO NOTHING", name, value);
  database.sync();
  const PgRows rows = database.run("SELECT value FROM meta WHERE name = $1", name);
  const ByteView stored = rows.blob(0, 0);
  return {stored.begin(), stored.end()};
}

std::int64_t day_of(Time time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

void make_days(PgConnection& database, std::int64_t first, std::int64_t last) {
  constexpr std::int64_t kDay = 86'400'000;
  database.add_once("BEGIN");
  database.add(kLockTables);
  for (std::int64_t day = first; day <= last; ++day) {
    for (const std::string_view table : kPartitioned) {
      // Rows are deleted all the time; room has to be used again long before the partition goes.
      database.add_once("CREATE TABLE IF NOT EXISTS " + partition(table, day) + " PARTITION OF " +
                        std::string(table) + " FOR VALUES FROM (" + std::to_string(day * kDay) + ") TO (" +
                        std::to_string((day + 1) * kDay) +
                        ") WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)");
    }
  }
  database.add_once("COMMIT");
  database.sync();
}

void drop_days_before(PgConnection& database, std::int64_t day) {
  const PgRows rows = database.run(
      "SELECT child.relname::text FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
      " WHERE inhparent IN ('envelope'::regclass, 'seen'::regclass, 'chunk'::regclass)");
  for (int i = 0; i < rows.count(); ++i) {
    const std::string name(as_text(rows.blob(i, 0)));
    if (std::strtoll(name.c_str() + name.find('_') + 1, nullptr, 10) >= day) continue;
    // Each by itself: two tables locked by one transaction could meet requests that want them in the other
    // order. Whoever reads for long (a backup) is not waited for; there is a next time.
    database.add_once("BEGIN");
    database.add_once("SET LOCAL lock_timeout = '200ms'");
    database.add_once("DROP TABLE IF EXISTS " + name);
    database.add_once("COMMIT");
    database.sync();
  }
}

}  // namespace tacet::relay
