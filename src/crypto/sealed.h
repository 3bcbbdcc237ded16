// Sealing data at rest. The ciphertext commits to its key, its label and its associated data: it opens under
// one combination of them only. The format is described in crypto/README.md.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/error.h"

namespace tacet::crypto {

inline constexpr std::size_t kSealOverhead = 72;  // nonce 24 ‖ com 32 ‖ tag 16

// `label` says what the key is used for here (ASCII, such as "vault/record"); `ad` is bound and not stored.
// Draws the 24-byte nonce. The result is kSealOverhead longer than `plaintext`.
template <class Tag>
[[nodiscard]] ByteVector seal(const Secret<32, Tag>& key, std::string_view label, ByteView ad,
                              ByteView plaintext, Random& random);

// too_short below kSealOverhead bytes, else not_authentic when key, label, ad or bytes are not those of
// seal().
template <class Tag>
[[nodiscard]] Result<SecretVector, Error> open(const Secret<32, Tag>& key, std::string_view label,
                                               ByteView ad, ByteView sealed);

namespace detail {
[[nodiscard]] ByteVector seal(ByteView key, std::string_view label, ByteView ad, ByteView plaintext,
                              Random& random);
[[nodiscard]] Result<SecretVector, Error> open(ByteView key, std::string_view label, ByteView ad,
                                               ByteView sealed);
}  // namespace detail

template <class Tag>
ByteVector seal(const Secret<32, Tag>& key, std::string_view label, ByteView ad, ByteView plaintext,
                Random& random) {
  return detail::seal(key.view(), label, ad, plaintext, random);
}

template <class Tag>
Result<SecretVector, Error> open(const Secret<32, Tag>& key, std::string_view label, ByteView ad,
                                 ByteView sealed) {
  return detail::open(key.view(), label, ad, sealed);
}

}  // namespace tacet::crypto
