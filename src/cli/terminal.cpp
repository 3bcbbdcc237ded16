#include "cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace tacet::cli {

namespace {

constexpr std::size_t kMaxSecret = 4096;
constexpr Byte kInterrupt = 3;  // Ctrl-C

// Up to the end of the line, one byte at a time: what follows belongs to the next reader.
std::optional<SecretVector> read_line(int file) {
  SecretVector out;
  for (;;) {
    Byte next = 0;
    const ssize_t got = ::read(file, &next, 1);
    if (got < 0 || (got == 0 && out.empty()) || next == kInterrupt) return std::nullopt;
    if (got == 0 || next == '\n') break;
    if (out.size() == kMaxSecret) return std::nullopt;
    out.push_back(next);
  }
  if (!out.empty() && out.back() == '\r') out.pop_back();
  return out;
}

// Typing is not shown, and Ctrl-C ends the line instead of the program, which would leave the terminal mute.
class Mute {
 public:
  Mute() : changed_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios mute = before_;
    mute.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    mute.c_cc[VEOL] = kInterrupt;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &mute);
  }
  ~Mute() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  Mute(const Mute&) = delete;
  Mute& operator=(const Mute&) = delete;

 private:
  termios before_{};
  bool changed_;
};

void put(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

words::Language system_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return words::language_of(value);
  }
  return words::Language::english;
}

// The code point that begins at text[at], and its length; the text is UTF-8.
std::pair<char32_t, std::size_t> code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<Byte>(at + i < text.size() ? text[at + i] : 0); };
  const Byte first = byte(0);
  if (first < 0x80) return {first, 1};
  const auto tail = [&](std::size_t i) { return static_cast<char32_t>(byte(i) & 0x3F); };
  if (first < 0xE0) return {static_cast<char32_t>(first & 0x1F) << 6 | tail(1), 2};
  if (first < 0xF0) return {static_cast<char32_t>(first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3};
  return {static_cast<char32_t>(first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
}

bool is_harmful(char32_t c) {
  const bool control = (c < 0x20 && c != '\n') || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
  const bool turns = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                     (c >= 0x2066 && c <= 0x2069);
  return control || turns;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, length] = code_point(text, at);
    out += is_harmful(point) ? std::string_view("\uFFFD") : text.substr(at, length);
    at += length;
  }
  return out;
}

Terminal::Terminal()
    : language_(system_language()),
      interactive_(::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0) {}

void Terminal::print(std::string_view line) const {
  put(stdout, std::string(line) + '\n');
}

void Terminal::say(words::Word word, std::initializer_list<std::string_view> values) const {
  print(words::say(language_, word, values));
}

void Terminal::complain(words::Word word, std::initializer_list<std::string_view> values) const {
  put(stderr, "tacet: " + words::say(language_, word, values) + '\n');
}

void Terminal::complain(client::Problem problem) const {
  put(stderr, "tacet: " + words::explain_in_full(language_, problem) + '\n');
}

void Terminal::one_moment() const {
  if (interactive_) put(stderr, std::string(words::say(language_, words::Word::one_moment)) + '\n');
}

std::optional<SecretVector> Terminal::ask_secret(words::Word prompt) const {
  const Mute mute;
  put(stderr, words::say(language_, prompt));
  auto line = read_line(STDIN_FILENO);
  put(stderr, "\n");
  return line;
}

std::optional<std::string> Terminal::ask(words::Word prompt) const {
  put(stderr, words::say(language_, prompt));
  const auto line = read_line(STDIN_FILENO);
  if (!line) return std::nullopt;
  return std::string(as_text(*line));
}

std::optional<SecretVector> read_secret(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  auto line = read_line(file);
  ::close(file);
  return line;
}

}  // namespace tacet::cli
