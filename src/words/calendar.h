// Durations and dates in words.
#pragma once

#include <string>

#include "base/time.h"
#include "words/words.h"

namespace tacet::words {

// A setting, in its largest unit that is exact: "6 days", "90 seconds"; no more than two seconds to read.
[[nodiscard]] std::string duration(Language language, Seconds length);
// The same where there is little room: "6 days", "1 h", "30 s".
[[nodiscard]] std::string short_duration(Language language, Seconds length);
// What is left of something, rounded down to its largest unit: "5 minutes", "less than a minute".
[[nodiscard]] std::string time_left(Language language, Millis left);
// When time_left will read differently; at least one second away.
[[nodiscard]] Millis until_time_left_changes(Millis left);

// `utc_offset_minutes`: local time minus UTC.
[[nodiscard]] std::string clock_time(Time at, int utc_offset_minutes);  // "14:02"
// "Today", "Yesterday", "Monday" within a week, "12 November", "12 November 2024" in another year.
[[nodiscard]] std::string day(Language language, Time at, Time now, int utc_offset_minutes);
// "12 November", with the year if it is another one.
[[nodiscard]] std::string date(Language language, Time at, Time now, int utc_offset_minutes);
// For a list: "14:05" today, "Mon" within a week, else "12 Nov".
[[nodiscard]] std::string moment(Language language, Time at, Time now, int utc_offset_minutes);
[[nodiscard]] bool same_day(Time a, Time b, int utc_offset_minutes);
[[nodiscard]] Time next_midnight(Time now, int utc_offset_minutes);

}  // namespace tacet::words
