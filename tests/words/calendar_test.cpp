#include "words/calendar.h"

#include <doctest/doctest.h>

using namespace tacet;
using words::Language;

namespace {

constexpr Time at(std::int64_t seconds) {
  return from_millis(seconds * 1000);
}
constexpr std::int64_t kNoon = 1'731'412'800;  // Tuesday 12 November 2024, 12:00 UTC

}  // namespace

TEST_CASE("a setting is said in its largest exact unit") {
  CHECK(words::duration(Language::english, Days(6)) == "6 days");
  CHECK(words::duration(Language::french, Days(6)) == "6\u00a0jours");
  CHECK(words::duration(Language::english, Days(1)) == "1 day");
  CHECK(words::duration(Language::english, Seconds(90)) == "90 seconds");
  CHECK(words::duration(Language::french, Hours(1)) == "1\u00a0heure");
  CHECK(words::duration(Language::english, Seconds(0)) == "0 seconds");
  CHECK(words::short_duration(Language::english, Seconds(30)) == "30 s");
  CHECK(words::short_duration(Language::english, Minutes(5)) == "5 min");
  CHECK(words::short_duration(Language::french, Days(1)) == "1\u00a0jour");
}

TEST_CASE("what is left is never said to be more than it is") {
  CHECK(words::time_left(Language::english, Minutes(5)) == "5 minutes");
  CHECK(words::time_left(Language::english, Minutes(5) - Millis(1)) == "4 minutes");
  CHECK(words::time_left(Language::english, Seconds(59)) == "less than a minute");
  CHECK(words::time_left(Language::english, Millis(-1)) == "less than a minute");
  CHECK(words::time_left(Language::french, Hours(49)) == "2\u00a0jours");
}

TEST_CASE("the words for what is left change when they are said to change") {
  for (const Millis left : {Millis(Hours(30)), Millis(Minutes(5)), Millis(3'723'456)}) {
    const Millis change = words::until_time_left_changes(left);
    CHECK(words::time_left(Language::english, left - change) != words::time_left(Language::english, left));
  }
}

TEST_CASE("days have names near now and dates far from it") {
  CHECK(words::day(Language::english, at(kNoon), at(kNoon), 0) == "Today");
  CHECK(words::day(Language::french, at(kNoon - 86400), at(kNoon), 0) == "Hier");
  CHECK(words::day(Language::english, at(kNoon - 2 * 86400), at(kNoon), 0) == "Sunday");
  CHECK(words::day(Language::english, at(kNoon - 7 * 86400), at(kNoon), 0) == "5 November");
  CHECK(words::day(Language::english, at(kNoon - 400 * 86400), at(kNoon), 0) == "9 October 2023");
  CHECK(words::moment(Language::english, at(kNoon), at(kNoon), 0) == "12:00");
  CHECK(words::moment(Language::english, at(kNoon - 86400), at(kNoon), 0) == "Mon");
  CHECK(words::moment(Language::french, at(kNoon - 30 * 86400), at(kNoon), 0) == "13\u00a0oct.");
}

TEST_CASE("days begin at local midnight") {
  const Time late = at(kNoon + 11 * 3600 + 1800);  // 23:30 UTC
  CHECK(words::clock_time(late, 60) == "00:30");
  CHECK(words::clock_time(at(kNoon), -330) == "06:30");
  CHECK(words::same_day(at(kNoon), late, 0));
  CHECK_FALSE(words::same_day(at(kNoon), late, 60));
  CHECK(words::next_midnight(at(kNoon), 60) == at(kNoon + 11 * 3600));
  CHECK(words::day(Language::english, at(kNoon), late, 60) == "Yesterday");
}
