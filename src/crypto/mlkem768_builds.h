// libsodium's ML-KEM-768, which a program may hold more than once: for any processor, and on x86-64 also
// compiled for AVX2 and BMI, which takes about half the time (.ci/deps, README.md). Internal to src/crypto
// and its tests.
#pragma once

#include <span>

namespace tacet::crypto {

struct MlKemBuild {
  const char* name;
  // Lengths and return codes are those of libsodium's crypto_kem_mlkem768_seed_keypair, _enc_deterministic
  // and _dec.
  int (*keypair)(unsigned char* key, unsigned char* expanded, const unsigned char* seed);
  int (*encapsulate)(unsigned char* ciphertext, unsigned char* shared, const unsigned char* key,
                     const unsigned char* seed);
  int (*decapsulate)(unsigned char* shared, const unsigned char* ciphertext, const unsigned char* expanded);
};

// Those that run on this processor, the fastest first; never empty. The processor is asked once, and the
// answer stays the same as long as the program runs.
[[nodiscard]] std::span<const MlKemBuild> mlkem768_builds();

}  // namespace tacet::crypto
