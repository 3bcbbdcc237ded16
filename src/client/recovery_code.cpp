#include "client/recovery_code.h"

#include "base/text.h"

namespace tacet::client {
namespace {

constexpr std::size_t kGroup = 4;

}  // namespace

SecretVector make_recovery_code(Random& random) {
  const auto bits = random.draw<Secret<kRecoveryCodeLength>>();
  SecretVector out;
  out.reserve(kRecoveryCodeLength);
  for (const Byte b : bits.view()) out.push_back(static_cast<Byte>(kBase32[b & 31]));  // 5 bits of each byte
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
    const char c = static_cast<char>(b);
    if (is_base32_gap(c)) continue;
    const auto value = base32_value(c);
    if (!value || out.size() == kRecoveryCodeLength) return std::nullopt;
    out.push_back(static_cast<Byte>(kBase32[*value]));
  }
  if (out.size() != kRecoveryCodeLength) return std::nullopt;
  return out;
}

}  // namespace tacet::client
