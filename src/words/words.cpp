#include "words/words.h"

#include <cassert>
#include <cstddef>

namespace tacet::words {
namespace {

struct Entry {
  std::string_view english, french;
};

constexpr Entry kTable[] = {
#define TACET_WORD(key, english, french) {english, french},
#include "words/table.inc"
#undef TACET_WORD
};

constexpr bool complete() {
  for (const Entry& entry : kTable) {
    if (entry.english.empty() || entry.french.empty()) return false;
  }
  return true;
}
static_assert(std::size(kTable) == static_cast<std::size_t>(Word::end_of_words));
static_assert(complete(), "a sentence is missing in table.inc");

struct ProblemEntry {
  Explanation english, french;
};

// A Problem without a line in problems.inc is a -Wswitch error here.
constexpr ProblemEntry entry_of(client::Problem problem) {
  switch (problem) {
#define TACET_PROBLEM(key, english, english_safe, english_next, french, french_safe, french_next) \
  case client::Problem::key:                                                                      \
    static_assert(sizeof(english) > 1 && sizeof(english_safe) > 1 && sizeof(english_next) > 1);   \
    static_assert(sizeof(french) > 1 && sizeof(french_safe) > 1 && sizeof(french_next) > 1);      \
    return {{english, english_safe, english_next}, {french, french_safe, french_next}};
#include "words/problems.inc"
#undef TACET_PROBLEM
  }
  return {};
}

}  // namespace

Language language_of(std::string_view tag) {
  const bool french = tag.size() >= 2 && (tag[0] == 'f' || tag[0] == 'F') &&
                      (tag[1] == 'r' || tag[1] == 'R') &&
                      (tag.size() == 2 || tag[2] == '-' || tag[2] == '_' || tag[2] == '.');
  return french ? Language::french : Language::english;
}

std::string_view tag_of(Language language) {
  return language == Language::french ? "fr" : "en";
}

std::string_view say(Language language, Word word) {
  assert(word < Word::end_of_words);
  const Entry& entry = kTable[static_cast<std::size_t>(word)];
  return language == Language::french ? entry.french : entry.english;
}

std::string say(Language language, Word word, std::initializer_list<std::string_view> values) {
  const std::string_view pattern = say(language, word);
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}') {
      const std::size_t index = static_cast<std::size_t>(pattern[i + 1] - '0');
      assert(index < values.size());
      out += values.begin()[index];
      i += 2;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

Explanation explain(Language language, client::Problem problem) {
  const ProblemEntry entry = entry_of(problem);
  return language == Language::french ? entry.french : entry.english;
}

std::string explain_in_full(Language language, client::Problem problem) {
  const Explanation all = explain(language, problem);
  std::string out(all.happened);
  for (const std::string_view part : {all.safe, all.next}) {
    out += ' ';
    out += part;
  }
  return out;
}

}  // namespace tacet::words
