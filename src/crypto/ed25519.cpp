#include "crypto/ed25519.h"

#include <sodium/crypto_sign_ed25519.h>

namespace tacet::crypto {

Ed25519Key::Ed25519Key(const Ed25519Seed& seed) {
  static_assert(decltype(expanded_)::size == crypto_sign_ed25519_SECRETKEYBYTES);
  crypto_sign_ed25519_seed_keypair(public_.data(), expanded_.data(), seed.data());
}

Ed25519Signature Ed25519Key::sign(ByteView message) const {
  Ed25519Signature out;
  crypto_sign_ed25519_detached(out.data(), nullptr, message.data(), message.size(), expanded_.data());
  return out;
}

Ed25519Public ed25519_public(const Ed25519Seed& seed) {
  return Ed25519Key(seed).public_key();
}

Ed25519Signature ed25519_sign(const Ed25519Seed& seed, ByteView message) {
  return Ed25519Key(seed).sign(message);
}

bool ed25519_verify(const Ed25519Public& key, ByteView message, const Ed25519Signature& signature) {
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(), key.data()) ==
         0;
}

}  // namespace tacet::crypto
