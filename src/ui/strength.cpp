#include "ui/strength.h"

#include <algorithm>
#include <array>
#include <string>

#include "client/messenger.h"

namespace tacet::ui {
namespace {

// What everybody tries first; found inside longer words too.
constexpr std::array<std::string_view, 40> kCommon{
    "password", "passwort", "passphrase", "motdepasse", "qwerty",   "azerty",    "qwertz",    "letmein",
    "welcome",  "bonjour",  "iloveyou",   "jetaime",    "admin",    "dragon",    "monkey",    "soleil",
    "doudou",   "loulou",   "football",   "baseball",   "sunshine", "princess",  "princesse", "master",
    "shadow",   "superman", "batman",     "pokemon",    "starwars", "marseille", "chouchou",  "secret",
    "tacet",    "hello",    "freedom",    "liberte",    "michael",  "nicolas",   "camille",   "whatever"};

enum class Kind : std::uint8_t { letter, digit, other };

Kind kind_of(unsigned char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80) return Kind::letter;
  return c >= '0' && c <= '9' ? Kind::digit : Kind::other;
}

// Characters that a person chose freely: not the same as before, not the next or previous one.
double fresh(std::string_view run) {
  double count = run.empty() ? 0 : 1;
  for (std::size_t i = 1; i < run.size(); ++i) {
    const int step = run[i] - run[i - 1];
    count += step >= -1 && step <= 1 ? 0.15 : 1;
  }
  return count;
}

bool looks_random(std::string_view lower) {
  int consonants = 0, worst = 0;
  for (const char c : lower) {
    const bool vowel = std::string_view("aeiouy").find(c) != std::string_view::npos || (c & 0x80) != 0;
    consonants = vowel ? 0 : consonants + 1;
    worst = std::max(worst, consonants);
  }
  return worst >= 5;
}

double letters_bits(std::string_view run) {
  std::string lower(run);
  double capitals = 0;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if (lower[i] >= 'A' && lower[i] <= 'Z') {
      lower[i] = static_cast<char>(lower[i] - 'A' + 'a');
      capitals += i == 0 ? 0.5 : 1;
    }
  }
  capitals = std::min(capitals, 4.0);
  double known = 0;
  for (const std::string_view common : kCommon) {
    const std::size_t at = lower.find(common);
    if (at == std::string::npos) continue;
    lower.erase(at, common.size());
    known += 4;
  }
  const double n = fresh(lower);
  if (looks_random(lower)) return known + capitals + 4.2 * n;
  // A dictionary word is about 13 bits, whatever its length; long runs may be several words.
  return known + capitals + std::min(4.2 * n, 9 + 1.1 * n);
}

}  // namespace

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

double estimated_bits(std::string_view utf8) {
  double bits = 0;
  std::string seen;  // runs already counted; a repeated word adds next to nothing
  for (std::size_t begin = 0; begin < utf8.size();) {
    const Kind kind = kind_of(static_cast<unsigned char>(utf8[begin]));
    std::size_t end = begin + 1;
    while (end < utf8.size() && kind_of(static_cast<unsigned char>(utf8[end])) == kind) ++end;
    const std::string_view run = utf8.substr(begin, end - begin);
    if (run.size() > 1 && seen.find('\n' + std::string(run) + '\n') != std::string::npos) {
      bits += 1;
    } else if (kind == Kind::letter) {
      bits += letters_bits(run);
    } else if (kind == Kind::digit) {
      const bool year = run.size() == 4 && (run.substr(0, 2) == "19" || run.substr(0, 2) == "20");
      bits += year ? 5 : 3.3 * fresh(run);
    } else {
      bits += run == " " || run == "-" ? 0.3 : 2 + 2.5 * fresh(run);
    }
    seen += '\n' + std::string(run) + '\n';
    begin = end;
  }
  std::fill(seen.begin(), seen.end(), '\0');
  return bits;
}

Strength strength_of(std::string_view utf8) {
  if (utf8.empty()) return Strength::empty;
  if (code_points(utf8) < client::Messenger::kMinPassphrase) return Strength::too_short;
  const double bits = estimated_bits(utf8);
  if (bits < 30) return Strength::weak;
  if (bits < 45) return Strength::fair;
  return bits < 60 ? Strength::strong : Strength::excellent;
}

}  // namespace tacet::ui
