#include "cli/duration.h"

#include <doctest/doctest.h>

using namespace tacet;
using cli::parse_duration;

TEST_CASE("A duration is a whole number and its unit") {
  CHECK(parse_duration("30s") == Seconds(30));
  CHECK(parse_duration("5m") == Seconds(300));
  CHECK(parse_duration("2h") == Seconds(7200));
  CHECK(parse_duration("6d") == Seconds(518400));
  CHECK(parse_duration("0s") == Seconds(0));
}

TEST_CASE("Anything else is no duration") {
  for (const char* text : {"", "s", "30", "30 s", " 30s", "30S", "-1s", "+1s", "1.5h", "1h30m", "0x10s", "1w",
                           "99999999999d", "36501d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
  CHECK(parse_duration("36500d"));
}
