// Argon2id 1.3: a key from a passphrase, made expensive.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "crypto/error.h"

namespace tacet::crypto {

struct PasswordCost {
  std::uint64_t opslimit = 3;                     // passes over the memory, at least 1
  std::size_t memlimit = std::size_t{256} << 20;  // bytes, at least 8192
  bool operator==(const PasswordCost&) const = default;
};

using PasswordSalt = Bytes<16, struct PasswordSaltTag>;
using PasswordKey = Secret<32, struct PasswordKeyTag>;

// out_of_memory when `memlimit` cannot be had, bad_parameters outside libsodium's bounds. Takes up to
// seconds.
[[nodiscard]] Result<PasswordKey, Error> argon2id(ByteView passphrase, const PasswordSalt& salt,
                                                  const PasswordCost& cost);

}  // namespace tacet::crypto
