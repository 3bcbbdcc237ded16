#include "crypto/aead.h"

#include <sodium/crypto_aead_xchacha20poly1305.h>

#include <cassert>

namespace tacet::crypto {

namespace {

// libsodium wants an address also where there is nothing to read or write.
template <class Element>
Element* address(std::span<Element> bytes) {
  static Byte nowhere = 0;
  return bytes.empty() ? &nowhere : bytes.data();
}

}  // namespace

AeadTag aead_encrypt(const AeadKey& key, const AeadNonce& nonce, ByteView plaintext, ByteView ad,
                     MutableByteView out) {
  assert(out.size() == plaintext.size());
  AeadTag tag;
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(address(out), tag.data(), nullptr, address(plaintext),
                                                      plaintext.size(), ad.data(), ad.size(), nullptr,
                                                      nonce.data(), key.data());
  return tag;
}

bool aead_decrypt(const AeadKey& key, const AeadNonce& nonce, ByteView ciphertext, ByteView ad,
                  const AeadTag& tag, MutableByteView out) {
  assert(out.size() == ciphertext.size());
  return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(address(out), nullptr, address(ciphertext),
                                                             ciphertext.size(), tag.data(), ad.data(),
                                                             ad.size(), nonce.data(), key.data()) == 0;
}

}  // namespace tacet::crypto
