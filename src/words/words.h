// Every sentence that Tacet says, in every language it speaks. The graphical and the terminal client both
// read from here; neither has words of its own. The table is table.inc and problems.inc (README.md beside
// this file).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "client/problem.h"

namespace tacet::words {

enum class Language : std::uint8_t { english, french };
inline constexpr Language kLanguages[] = {Language::english, Language::french};

enum class Word : std::uint16_t {
#define TACET_WORD(key, english, french) key,
#include "words/table.inc"
#undef TACET_WORD
  end_of_words
};

// The language for a browser's or a system's tag: "fr-CA", "fr_FR.UTF-8" and "fr" are French, all else
// English.
[[nodiscard]] Language language_of(std::string_view tag);
[[nodiscard]] std::string_view tag_of(Language language);  // "en", "fr"

[[nodiscard]] std::string_view say(Language language, Word word);
// The same with {0}, {1}, … filled in. Values are put in as they are and never read for placeholders again.
[[nodiscard]] std::string say(Language language, Word word, std::initializer_list<std::string_view> values);

// What a person is told when something goes wrong.
struct Explanation {
  std::string_view happened;
  std::string_view safe;
  std::string_view next;
};
[[nodiscard]] Explanation explain(Language language, client::Problem problem);
[[nodiscard]] std::string explain_in_full(Language language, client::Problem problem);  // the three in a row

}  // namespace tacet::words
