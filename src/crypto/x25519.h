// Diffie-Hellman on Curve25519.
#pragma once

#include "base/bytes.h"
#include "crypto/error.h"

namespace tacet::crypto {

using X25519Secret = Secret<32, struct X25519SecretTag>;  // as drawn; clamped inside the multiplication
using X25519Public = Bytes<32, struct X25519PublicTag>;
using X25519Shared = Secret<32, struct X25519SharedTag>;  // not uniform: only ever an input of a KDF

[[nodiscard]] X25519Public x25519_public(const X25519Secret& secret);

// bad_public_key when the result is all zero, that is, when `peer` is a point of low order.
[[nodiscard]] Result<X25519Shared, Error> x25519(const X25519Secret& own, const X25519Public& peer);

}  // namespace tacet::crypto
