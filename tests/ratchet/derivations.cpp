#include "ratchet/derivations.h"

#include <sodium/crypto_auth_hmacsha512.h>

namespace {

std::size_t count = 0;

}  // namespace

std::size_t tacet::test::derivations() {
  return count;
}

extern "C" {

int __real_crypto_auth_hmacsha512_init(crypto_auth_hmacsha512_state*, const unsigned char*, size_t);
int __wrap_crypto_auth_hmacsha512_init(crypto_auth_hmacsha512_state* state, const unsigned char* key,
                                       size_t size) {
  ++count;
  return __real_crypto_auth_hmacsha512_init(state, key, size);
}

int __real_crypto_scalarmult_curve25519(unsigned char*, const unsigned char*, const unsigned char*);
int __wrap_crypto_scalarmult_curve25519(unsigned char* out, const unsigned char* secret,
                                        const unsigned char* peer) {
  ++count;
  return __real_crypto_scalarmult_curve25519(out, secret, peer);
}

int __real_crypto_kem_mlkem768_dec(unsigned char*, const unsigned char*, const unsigned char*);
int __wrap_crypto_kem_mlkem768_dec(unsigned char* out, const unsigned char* ciphertext,
                                   const unsigned char* key) {
  ++count;
  return __real_crypto_kem_mlkem768_dec(out, ciphertext, key);
}
}
