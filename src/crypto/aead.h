// XChaCha20-Poly1305-IETF with the tag apart. It does not commit to its key: one ciphertext can open under
// two. Use it only beside a commitment, as RATCHET.md does and as crypto/sealed.h does for data at rest.
#pragma once

#include "base/bytes.h"

namespace tacet::crypto {

using AeadKey = Secret<32, struct AeadKeyTag>;
using AeadNonce = Bytes<24, struct AeadNonceTag>;
using AeadTag = Bytes<16, struct AeadTagTag>;

// `out` has the plaintext's length and may be the same memory.
[[nodiscard]] AeadTag aead_encrypt(const AeadKey& key, const AeadNonce& nonce, ByteView plaintext,
                                   ByteView ad, MutableByteView out);

// `out` has the ciphertext's length and may be the same memory. False, and `out` all zero, when it is not
// authentic.
[[nodiscard]] bool aead_decrypt(const AeadKey& key, const AeadNonce& nonce, ByteView ciphertext, ByteView ad,
                                const AeadTag& tag, MutableByteView out);

}  // namespace tacet::crypto
