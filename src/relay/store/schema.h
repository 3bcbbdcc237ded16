// The store's tables (README.md one folder up, "The store").
#pragma once

#include "relay/store/sqlite.h"

namespace tacet::relay {

inline constexpr std::int64_t kFormat = 2;  // PRAGMA user_version

// The format of an opened file: 0 when it is new.
[[nodiscard]] std::int64_t format_of(Database& database);

// Sets what the writing connection needs and makes the tables in a new file.
void prepare_writer(Database& database);

// Copies the log into the database and empties it. False if a reader was in the way: try again.
[[nodiscard]] bool checkpoint(Database& database);

}  // namespace tacet::relay
