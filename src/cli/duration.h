// Durations as people type them.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace tacet::cli {

// A whole number and its unit: "30s", "5m", "2h", "6d". Nothing else, and nothing over a hundred years.
[[nodiscard]] std::optional<Seconds> parse_duration(std::string_view text);

}  // namespace tacet::cli
