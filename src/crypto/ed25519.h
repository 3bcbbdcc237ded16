// Ed25519 signatures. Only the seed is ever stored; the expanded key lives in memory.
#pragma once

#include "base/bytes.h"

namespace tacet::crypto {

using Ed25519Seed = Secret<32, struct Ed25519SeedTag>;
using Ed25519Public = Bytes<32, struct Ed25519PublicTag>;
using Ed25519Signature = Bytes<64, struct Ed25519SignatureTag>;

// A key ready to sign, for owners who sign often: expanding the seed costs as much as a signature. The public
// half is always that of the seed, which matters: a signature made with another one would give the secret
// away.
class Ed25519Key {
 public:
  explicit Ed25519Key(const Ed25519Seed& seed);
  [[nodiscard]] const Ed25519Public& public_key() const { return public_; }
  [[nodiscard]] Ed25519Signature sign(ByteView message) const;

 private:
  Ed25519Public public_;
  Secret<64> expanded_;  // seed ‖ public key
};

[[nodiscard]] Ed25519Public ed25519_public(const Ed25519Seed& seed);

// Deterministic: the same seed and message give the same signature.
[[nodiscard]] Ed25519Signature ed25519_sign(const Ed25519Seed& seed, ByteView message);

[[nodiscard]] bool ed25519_verify(const Ed25519Public& key, ByteView message,
                                  const Ed25519Signature& signature);

}  // namespace tacet::crypto
