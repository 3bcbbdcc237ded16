#include "crypto/ed25519.h"

#include <sodium/crypto_sign_ed25519.h>

namespace tacet::crypto {

namespace {

struct Expanded {
  Ed25519Public public_key;
  Secret<crypto_sign_ed25519_SECRETKEYBYTES> secret_key;

  explicit Expanded(const Ed25519Seed& seed) {
    crypto_sign_ed25519_seed_keypair(public_key.data(), secret_key.data(), seed.data());
  }
};

}  // namespace

Ed25519Public ed25519_public(const Ed25519Seed& seed) {
  return Expanded(seed).public_key;
}

Ed25519Signature ed25519_sign(const Ed25519Seed& seed, ByteView message) {
  const Expanded key(seed);
  Ed25519Signature out;
  crypto_sign_ed25519_detached(out.data(), nullptr, message.data(), message.size(), key.secret_key.data());
  return out;
}

bool ed25519_verify(const Ed25519Public& key, ByteView message, const Ed25519Signature& signature) {
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(), key.data()) ==
         0;
}

}  // namespace tacet::crypto
