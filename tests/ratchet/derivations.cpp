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

// ML-KEM is there once for each kind of processor (src/crypto/mlkem768_builds.h).
#define COUNT_DECAPSULATIONS(function)                                                                   \
  int __real_##function(unsigned char*, const unsigned char*, const unsigned char*);                     \
  int __wrap_##function(unsigned char* out, const unsigned char* ciphertext, const unsigned char* key) { \
    ++count;                                                                                             \
    return __real_##function(out, ciphertext, key);                                                      \
  }
COUNT_DECAPSULATIONS(crypto_kem_mlkem768_dec)
#ifdef TACET_MLKEM_AVX2
COUNT_DECAPSULATIONS(tacet_avx2_mlkem768_dec)
#endif
}
