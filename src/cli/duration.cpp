#include "cli/duration.h"

#include <charconv>

namespace tacet::cli {

std::optional<Seconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Seconds unit{0};
  switch (text.back()) {
    case 's':
      unit = Seconds(1);
      break;
    case 'm':
      unit = Minutes(1);
      break;
    case 'h':
      unit = Hours(1);
      break;
    case 'd':
      unit = Days(1);
      break;
    default:
      return std::nullopt;
  }
  text.remove_suffix(1);
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  const Seconds length = unit * std::int64_t{count};
  if (length > Days(36'500)) return std::nullopt;
  return length;
}

}  // namespace tacet::cli
