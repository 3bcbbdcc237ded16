// Ed25519 signatures. Only the seed is ever kept; the expanded key exists while signing.
#pragma once

#include "base/bytes.h"

namespace tacet::crypto {

using Ed25519Seed = Secret<32, struct Ed25519SeedTag>;
using Ed25519Public = Bytes<32, struct Ed25519PublicTag>;
using Ed25519Signature = Bytes<64, struct Ed25519SignatureTag>;

[[nodiscard]] Ed25519Public ed25519_public(const Ed25519Seed& seed);

// Deterministic: the same seed and message give the same signature.
[[nodiscard]] Ed25519Signature ed25519_sign(const Ed25519Seed& seed, ByteView message);

[[nodiscard]] bool ed25519_verify(const Ed25519Public& key, ByteView message,
                                  const Ed25519Signature& signature);

}  // namespace tacet::crypto
