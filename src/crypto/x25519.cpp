#include "crypto/x25519.h"

#include <sodium/crypto_scalarmult_curve25519.h>

namespace tacet::crypto {

X25519Public x25519_public(const X25519Secret& secret) {
  X25519Public out;
  crypto_scalarmult_curve25519_base(out.data(), secret.data());
  return out;
}

Result<X25519Shared, Error> x25519(const X25519Secret& own, const X25519Public& peer) {
  X25519Shared out;
  if (crypto_scalarmult_curve25519(out.data(), own.data(), peer.data()) != 0)
    return unexpected(Error::bad_public_key);
  return out;
}

}  // namespace tacet::crypto
