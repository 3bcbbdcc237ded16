// The keys of a ciphertext that commits to its key (RATCHET.md sections 4 and 6, README.md here):
// XChaCha20-Poly1305 under K and N, and beside it BHk(KC, …) over the tag and everything else that is to be
// bound.
#pragma once

#include "crypto/aead.h"
#include "crypto/hash.h"

namespace tacet::crypto {

struct CommittedKeys {
  AeadKey key;        // K
  AeadNonce nonce;    // N
  MacKey commitment;  // KC
};

// K 32 ‖ N 24 ‖ KC 32 = H512(salt, input_key, info, 88).
[[nodiscard]] CommittedKeys committed_keys(ByteView salt, ByteView input_key, ByteView info);

}  // namespace tacet::crypto
