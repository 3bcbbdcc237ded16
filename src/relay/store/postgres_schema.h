// The store's tables on PostgreSQL (README.md one folder up, "Many nodes").
#pragma once

#include "base/time.h"
#include "crypto/hash.h"
#include "relay/store/postgres.h"

namespace tacet::relay {

// Makes the tables in an empty database. A sentence when this database is not for this program, else nothing.
[[nodiscard]] std::string prepare_tables(PgConnection& database);

// What is stored under this name; `value` if nothing was before. The same for whoever asks at once.
[[nodiscard]] ByteVector meta_value(PgConnection& database, std::string_view name, ByteView value);

// Unix time in whole days, rounded down.
[[nodiscard]] std::int64_t day_of(Time time);

// Partitions are made for every day from `first` to `last`.
void make_days(PgConnection& database, std::int64_t first, std::int64_t last);

// The partitions of days before this one are dropped whole.
void drop_days_before(PgConnection& database, std::int64_t day);

}  // namespace tacet::relay
