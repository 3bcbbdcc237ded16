#include <sodium/crypto_kem_mlkem768.h>

#include "crypto/mlkem768_builds.h"

// Of libmlkem768_avx2.a: libsodium's functions under other names.
extern "C" {
int tacet_avx2_mlkem768_seed_keypair(unsigned char* pk, unsigned char* sk, const unsigned char* seed);
int tacet_avx2_mlkem768_enc_deterministic(unsigned char* ct, unsigned char* ss, const unsigned char* pk,
                                          const unsigned char* seed);
int tacet_avx2_mlkem768_dec(unsigned char* ss, const unsigned char* ct, const unsigned char* sk);
}

namespace tacet::crypto {

std::span<const MlKemBuild> mlkem768_builds() {
  static constexpr MlKemBuild kBuilds[] = {
      {"avx2", tacet_avx2_mlkem768_seed_keypair, tacet_avx2_mlkem768_enc_deterministic,
       tacet_avx2_mlkem768_dec},
      {"any", crypto_kem_mlkem768_seed_keypair, crypto_kem_mlkem768_enc_deterministic,
       crypto_kem_mlkem768_dec},
  };
  // What .ci/deps compiles it with. Asks the operating system as well: it must save the wide registers.
  static const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                           __builtin_cpu_supports("bmi2") != 0;
  return std::span(kBuilds).subspan(avx2 ? 0 : 1);
}

}  // namespace tacet::crypto
