#include "words/words.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace tacet;
using words::Language;
using words::Word;

namespace {

constexpr auto kLastProblem = client::Problem::device_clock_wrong;

int placeholders_in(std::string_view text) {
  int seen = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string mark = "{" + std::to_string(i) + "}";
    if (text.find(mark) != std::string_view::npos) seen |= 1 << i;
  }
  return seen;
}

// The bundled font is a subset: Latin-1, œ/Œ and a little punctuation.
bool the_font_has(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::uint32_t code = lead;
    std::size_t length = 1;
    if (lead >= 0xE0) {
      code = lead & 0x0Fu;
      length = 3;
    } else if (lead >= 0xC0) {
      code = lead & 0x1Fu;
      length = 2;
    }
    for (std::size_t k = 1; k < length; ++k)
      code = (code << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    i += length;
    const bool latin = code >= 0x20 && code < 0x180;
    const bool punctuation = code == 0x2013 || code == 0x2014 || code == 0x2019 || code == 0x201C ||
                             code == 0x201D || code == 0x2026;
    if (!latin && !punctuation) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("every sentence is well-formed in every language and can be drawn with the bundled font") {
  for (std::uint16_t i = 0; i < static_cast<std::uint16_t>(Word::end_of_words); ++i) {
    for (const Language language : words::kLanguages) {
      const std::string_view text = words::say(language, static_cast<Word>(i));
      CAPTURE(text);
      CHECK(is_utf8(text));
      CHECK(the_font_has(text));
    }
  }
}

TEST_CASE("a translation has the same blanks to fill in") {
  for (std::uint16_t i = 0; i < static_cast<std::uint16_t>(Word::end_of_words); ++i) {
    const Word word = static_cast<Word>(i);
    CAPTURE(words::say(Language::english, word));
    CHECK(placeholders_in(words::say(Language::english, word)) ==
          placeholders_in(words::say(Language::french, word)));
  }
}

TEST_CASE("every problem says what happened, what is safe and what to do, in every language") {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(kLastProblem); ++i) {
    for (const Language language : words::kLanguages) {
      const words::Explanation all = words::explain(language, static_cast<client::Problem>(i));
      for (const std::string_view part : {all.happened, all.safe, all.next}) {
        CAPTURE(part);
        REQUIRE(part.size() > 8);
        CHECK(part.back() == '.');
        CHECK(the_font_has(part));
      }
    }
  }
}

TEST_CASE("French is not English") {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(kLastProblem); ++i) {
    const auto problem = static_cast<client::Problem>(i);
    CHECK(words::explain(Language::english, problem).happened !=
          words::explain(Language::french, problem).happened);
  }
}

TEST_CASE("blanks are filled in order and values are not read for blanks") {
  CHECK(words::say(Language::english, Word::relay_waiting, {"{1}", "5 minutes"}) ==
        "{1} cannot be reached. Next try in 5 minutes.");
}

TEST_CASE("the language follows the tag") {
  CHECK(words::language_of("fr") == Language::french);
  CHECK(words::language_of("fr-CA") == Language::french);
  CHECK(words::language_of("fr_FR.UTF-8") == Language::french);
  CHECK(words::language_of("fry") == Language::english);
  CHECK(words::language_of("en") == Language::english);
  CHECK(words::language_of("") == Language::english);
  CHECK(words::tag_of(Language::french) == "fr");
}
