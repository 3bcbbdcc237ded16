#include "wire/invite_code.h"

#include "base/text.h"

namespace tacet::wire {
namespace {

constexpr std::size_t kBits = InviteCode::size * 8;
constexpr std::size_t kCharacters = (kBits + 4) / 5;
constexpr std::size_t kGroup = 4;

}  // namespace

std::string text_of(const InviteCode& code) {
  std::string out;
  for (std::size_t i = 0; i < kCharacters; ++i) {
    unsigned value = 0;
    for (std::size_t bit = i * 5; bit < i * 5 + 5; ++bit) {
      value = value << 1 | (bit < kBits ? code.view()[bit / 8] >> (7 - bit % 8) & 1U : 0U);
    }
    if (i > 0 && i % kGroup == 0) out += '-';
    out += kBase32[value];
  }
  return out;
}

std::optional<InviteCode> invite_code_in(std::string_view typed) {
  InviteCode out;
  std::size_t bit = 0;
  for (const char c : typed) {
    if (is_base32_gap(c)) continue;
    const auto value = base32_value(c);
    if (!value || bit >= kCharacters * 5) return std::nullopt;
    for (unsigned i = 5; i-- > 0; ++bit) {
      const unsigned one = *value >> i & 1U;
      if (bit < kBits) {
        Byte& byte = out.span()[bit / 8];
        byte = static_cast<Byte>(byte | one << (7 - bit % 8));
      } else if (one != 0) {
        return std::nullopt;
      }
    }
  }
  if (bit != kCharacters * 5) return std::nullopt;
  return out;
}

}  // namespace tacet::wire
