#include <sodium/crypto_kem_mlkem768.h>

#include "crypto/mlkem768_builds.h"

namespace tacet::crypto {

std::span<const MlKemBuild> mlkem768_builds() {
  static constexpr MlKemBuild kBuilds[] = {
      {"any", crypto_kem_mlkem768_seed_keypair, crypto_kem_mlkem768_enc_deterministic,
       crypto_kem_mlkem768_dec},
  };
  return kBuilds;
}

}  // namespace tacet::crypto
