// The screen and the keyboard: sentences out, passphrases in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "words/words.h"

namespace tacet::cli {

// What other people wrote, made harmless: control characters (a terminal obeys them) and those that turn the
// direction of writing become U+FFFD. New lines stay.
[[nodiscard]] std::string printable(std::string_view text);

class Terminal {
 public:
  Terminal();  // in the language of LC_ALL, LC_MESSAGES or LANG

  [[nodiscard]] words::Language language() const { return language_; }
  [[nodiscard]] bool interactive() const { return interactive_; }  // somebody can be asked

  void print(std::string_view line) const;  // to standard output
  void say(words::Word word, std::initializer_list<std::string_view> values = {}) const;
  // To standard error.
  void complain(words::Word word, std::initializer_list<std::string_view> values = {}) const;
  void complain(client::Problem problem) const;
  void one_moment() const;

  // A line typed without echo. Nothing: end of input or Ctrl-C.
  [[nodiscard]] std::optional<SecretVector> ask_secret(words::Word prompt) const;
  [[nodiscard]] std::optional<std::string> ask(words::Word prompt) const;

 private:
  words::Language language_;
  bool interactive_;
};

// The first line of a file (also /dev/fd/3), without its end.
[[nodiscard]] std::optional<SecretVector> read_secret(const std::string& path);

}  // namespace tacet::cli
