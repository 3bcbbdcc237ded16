#include "client/recovery_code.h"

#include <string_view>

namespace tacet::client {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroup = 4;

}  // namespace

SecretVector make_recovery_code(Random& random) {
  const auto bits = random.draw<Secret<kRecoveryCodeLength>>();
  SecretVector out;
  out.reserve(kRecoveryCodeLength);
  for (const Byte b : bits.view())
    out.push_back(static_cast<Byte>(kAlphabet[b & 31]));  // 5 bits of each byte
  return out;
}

SecretVector in_groups(ByteView code) {
  SecretVector out;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % kGroup == 0) out.push_back('-');
    out.push_back(code[i]);
  }
  return out;
}

std::optional<SecretVector> normal_recovery_code(ByteView typed) {
  SecretVector out;
  for (const Byte b : typed) {
    char c = static_cast<char>(b);
    if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kAlphabet.find(c) == std::string_view::npos || out.size() == kRecoveryCodeLength) return std::nullopt;
    out.push_back(static_cast<Byte>(c));
  }
  if (out.size() != kRecoveryCodeLength) return std::nullopt;
  return out;
}

}  // namespace tacet::client
