#include "ui/settings.h"

namespace tacet::ui {
namespace {

std::string lock_word(Minutes after) {
  return "lock=" + std::to_string(after.count());
}

}  // namespace

Settings Settings::parse(std::string_view text) {
  Settings out;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (word == "theme=light") out.theme = Theme::light;
    if (word == "theme=dark") out.theme = Theme::dark;
    if (word == "language=en") out.language = words::Language::english;
    if (word == "language=fr") out.language = words::Language::french;
    for (const Minutes after : kLockAfter) {
      if (word == lock_word(after)) out.lock_after = after;
    }
  }
  return out;
}

std::string Settings::text() const {
  std::string out = lock_word(lock_after);
  if (theme) out += *theme == Theme::dark ? " theme=dark" : " theme=light";
  if (language) out += " language=" + std::string(words::tag_of(*language));
  return out;
}

}  // namespace tacet::ui
