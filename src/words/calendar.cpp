#include "words/calendar.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace tacet::words {
namespace {

struct Unit {
  std::int64_t seconds;
  Word one, many, brief;
};

// Largest first. Long and short day are the same words: "6 d" is not a word.
constexpr Unit kUnits[] = {
    {86400, Word::one_day, Word::many_days, Word::many_days},
    {3600, Word::one_hour, Word::many_hours, Word::brief_hours},
    {60, Word::one_minute, Word::many_minutes, Word::brief_minutes},
    {1, Word::one_second, Word::many_seconds, Word::brief_seconds},
};

std::string count_of(Language language, const Unit& unit, std::int64_t count) {
  if (count == 1) return std::string(say(language, unit.one));
  return say(language, unit.many, {std::to_string(count)});
}

std::int64_t local_days(Time at, int utc_offset_minutes) {
  const auto local = at + Minutes(utc_offset_minutes);
  return std::chrono::floor<Days>(local).time_since_epoch().count();
}

std::chrono::year_month_day local_date(Time at, int utc_offset_minutes) {
  return std::chrono::sys_days(std::chrono::days(static_cast<int>(local_days(at, utc_offset_minutes))));
}

// 0: Sunday.
unsigned weekday_of(Time at, int utc_offset_minutes) {
  return static_cast<unsigned>(((local_days(at, utc_offset_minutes) + 4) % 7 + 7) % 7);
}

Word offset_word(Word first, unsigned index) {
  return static_cast<Word>(static_cast<unsigned>(first) + index);
}

// How many days ago; negative: in the future.
std::int64_t days_ago(Time at, Time now, int utc_offset_minutes) {
  return local_days(now, utc_offset_minutes) - local_days(at, utc_offset_minutes);
}

}  // namespace

std::string duration(Language language, Seconds length) {
  const std::int64_t seconds = std::max<std::int64_t>(length.count(), 0);
  for (const Unit& unit : kUnits) {
    if (seconds >= unit.seconds && seconds % unit.seconds == 0)
      return count_of(language, unit, seconds / unit.seconds);
  }
  return count_of(language, kUnits[3], seconds);
}

std::string short_duration(Language language, Seconds length) {
  const std::int64_t seconds = std::max<std::int64_t>(length.count(), 0);
  for (const Unit& unit : kUnits) {
    if (seconds < unit.seconds || seconds % unit.seconds != 0) continue;
    if (unit.brief == unit.many) return count_of(language, unit, seconds / unit.seconds);
    return say(language, unit.brief, {std::to_string(seconds / unit.seconds)});
  }
  return say(language, Word::brief_seconds, {std::to_string(seconds)});
}

std::string time_left(Language language, Millis left) {
  const std::int64_t seconds = left.count() / 1000;
  for (const Unit& unit : kUnits) {
    if (unit.seconds >= 60 && seconds >= unit.seconds)
      return count_of(language, unit, seconds / unit.seconds);
  }
  return std::string(say(language, Word::less_than_a_minute));
}

Millis until_time_left_changes(Millis left) {
  for (const Unit& unit : kUnits) {
    const std::int64_t ms = unit.seconds * 1000;
    if (unit.seconds >= 60 && left.count() >= ms)
      return Millis(std::max<std::int64_t>(left.count() % ms + 1, 1000));
  }
  return Millis(std::max<std::int64_t>(left.count(), 1000));
}

std::string clock_time(Time at, int utc_offset_minutes) {
  const std::int64_t minutes = to_millis(at) / 60000 + utc_offset_minutes;
  const int of_day = static_cast<int>((minutes % 1440 + 1440) % 1440);
  char text[8];
  std::snprintf(text, sizeof text, "%02d:%02d", of_day / 60, of_day % 60);
  return text;
}

std::string date(Language language, Time at, Time now, int utc_offset_minutes) {
  const auto then = local_date(at, utc_offset_minutes);
  const std::string day_number = std::to_string(static_cast<unsigned>(then.day()));
  const std::string_view month =
      say(language, offset_word(Word::january, static_cast<unsigned>(then.month()) - 1));
  if (then.year() == local_date(now, utc_offset_minutes).year()) {
    return say(language, Word::day_month, {day_number, month});
  }
  return say(language, Word::day_month_year,
             {day_number, month, std::to_string(static_cast<int>(then.year()))});
}

std::string day(Language language, Time at, Time now, int utc_offset_minutes) {
  const std::int64_t ago = days_ago(at, now, utc_offset_minutes);
  if (ago == 0) return std::string(say(language, Word::today));
  if (ago == 1) return std::string(say(language, Word::yesterday));
  if (ago > 1 && ago < 7) {
    return std::string(say(language, offset_word(Word::sunday, weekday_of(at, utc_offset_minutes))));
  }
  return date(language, at, now, utc_offset_minutes);
}

std::string moment(Language language, Time at, Time now, int utc_offset_minutes) {
  const std::int64_t ago = days_ago(at, now, utc_offset_minutes);
  if (ago == 0) return clock_time(at, utc_offset_minutes);
  if (ago > 0 && ago < 7) {
    return std::string(say(language, offset_word(Word::brief_sunday, weekday_of(at, utc_offset_minutes))));
  }
  const auto then = local_date(at, utc_offset_minutes);
  return say(language, Word::day_month,
             {std::to_string(static_cast<unsigned>(then.day())),
              say(language, offset_word(Word::brief_january, static_cast<unsigned>(then.month()) - 1))});
}

bool same_day(Time a, Time b, int utc_offset_minutes) {
  return local_days(a, utc_offset_minutes) == local_days(b, utc_offset_minutes);
}

Time next_midnight(Time now, int utc_offset_minutes) {
  return from_millis((local_days(now, utc_offset_minutes) + 1) * 86'400'000) - Minutes(utc_offset_minutes);
}

}  // namespace tacet::words
