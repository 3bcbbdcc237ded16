// Points in time and durations. The core never asks a clock; it is told what time it is.
#pragma once

#include <chrono>
#include <cstdint>

namespace tacet {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Minutes = std::chrono::minutes;
using Hours = std::chrono::hours;
using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;

// Unix time to the millisecond.
using Time = std::chrono::sys_time<Millis>;

[[nodiscard]] constexpr std::int64_t to_millis(Time t) {
  return t.time_since_epoch().count();
}
[[nodiscard]] constexpr Time from_millis(std::int64_t ms) {
  return Time{Millis{ms}};
}
[[nodiscard]] constexpr std::uint64_t to_unix_seconds(Time t) {
  return t.time_since_epoch().count() < 0 ? 0 : static_cast<std::uint64_t>(to_millis(t) / 1000);
}

}  // namespace tacet
