#include "crypto/mlkem768.h"

#include <sodium/crypto_kem_mlkem768.h>

#include "crypto/mlkem768_builds.h"

namespace tacet::crypto {

namespace {

const MlKemBuild& fastest() {
  return mlkem768_builds().front();
}

}  // namespace

MlKemKeyPair::MlKemKeyPair(const MlKemSeed& seed) {
  static_assert(MlKemExpanded::size == crypto_kem_mlkem768_SECRETKEYBYTES);
  fastest().keypair(key.data(), expanded.data(), seed.data());
}

MlKemPublic mlkem768_public(const MlKemSeed& seed) {
  return MlKemKeyPair(seed).key;
}

bool mlkem768_is_canonical(const MlKemPublic& key) {
  constexpr std::uint32_t kModulus = 3329;
  constexpr std::size_t kPolynomials = 1152;  // 3 × 256 coefficients of 12 bits; then 32 bytes of matrix seed
  static_assert(kPolynomials + 32 == MlKemPublic::size);
  for (std::size_t i = 0; i < kPolynomials; i += 3) {
    const std::uint32_t two =
        key.raw[i] | std::uint32_t{key.raw[i + 1]} << 8 | std::uint32_t{key.raw[i + 2]} << 16;
    if ((two & 0xFFF) >= kModulus || two >> 12 >= kModulus) return false;
  }
  return true;
}

Result<MlKemEncapsulation, Error> mlkem768_encapsulate(const MlKemPublic& key,
                                                       const MlKemEncapsulationSeed& seed) {
  MlKemEncapsulation out;
  if (fastest().encapsulate(out.ciphertext.data(), out.shared.data(), key.data(), seed.data()) != 0) {
    return unexpected(Error::bad_public_key);
  }
  return out;
}

Result<MlKemShared, Error> mlkem768_decapsulate(const MlKemSeed& seed, const MlKemCiphertext& ciphertext) {
  return mlkem768_decapsulate(MlKemKeyPair(seed).expanded, ciphertext);
}

Result<MlKemShared, Error> mlkem768_decapsulate(const MlKemExpanded& expanded,
                                                const MlKemCiphertext& ciphertext) {
  MlKemShared out;
  if (fastest().decapsulate(out.data(), ciphertext.data(), expanded.data()) != 0) {
    return unexpected(Error::bad_ciphertext);
  }
  return out;
}

}  // namespace tacet::crypto
