// The recovery code: 160 random bits as 32 characters of Crockford's base32, in 8 groups of 4.
#pragma once

#include <optional>

#include "base/random.h"

namespace tacet::client {

inline constexpr std::size_t kRecoveryCodeLength = 32;

// 32 characters, no dashes: what is stretched and stored.
[[nodiscard]] SecretVector make_recovery_code(Random& random);

// "ABCD-EFGH-…": what is shown.
[[nodiscard]] SecretVector in_groups(ByteView code);

// What was typed as the 32 characters: any case, spaces and dashes anywhere, O for 0, I and L for 1. Nothing
// when it cannot be a code.
[[nodiscard]] std::optional<SecretVector> normal_recovery_code(ByteView typed);

}  // namespace tacet::client
