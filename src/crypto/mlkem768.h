// ML-KEM-768 (FIPS 203). Only the 64-byte seed is ever stored: an expanded key that came from outside can be
// forged so that libsodium accepts it.
#pragma once

#include "base/bytes.h"
#include "crypto/error.h"

namespace tacet::crypto {

using MlKemSeed = Secret<64, struct MlKemSeedTag>;
using MlKemPublic = Bytes<1184, struct MlKemPublicTag>;
using MlKemCiphertext = Bytes<1088, struct MlKemCiphertextTag>;
using MlKemEncapsulationSeed = Secret<32, struct MlKemEncapsulationSeedTag>;
using MlKemShared = Secret<32, struct MlKemSharedTag>;

struct MlKemEncapsulation {
  MlKemCiphertext ciphertext;
  MlKemShared shared;
};

// A secret key ready for use. Always made from its seed, and never written anywhere.
using MlKemExpanded = Secret<2400, struct MlKemExpandedTag>;

struct MlKemKeyPair {
  MlKemPublic key;
  MlKemExpanded expanded;
  explicit MlKemKeyPair(const MlKemSeed& seed);
};

[[nodiscard]] MlKemPublic mlkem768_public(const MlKemSeed& seed);

// Whether every coefficient is below the modulus. Exactly these keys can be encapsulated to.
[[nodiscard]] bool mlkem768_is_canonical(const MlKemPublic& key);

// Deterministic in `seed`. bad_public_key when the key is not canonical.
[[nodiscard]] Result<MlKemEncapsulation, Error> mlkem768_encapsulate(const MlKemPublic& key,
                                                                     const MlKemEncapsulationSeed& seed);

// A ciphertext that was not made for this key gives a shared secret nobody knows (implicit rejection), not an
// error.
[[nodiscard]] Result<MlKemShared, Error> mlkem768_decapsulate(const MlKemSeed& seed,
                                                              const MlKemCiphertext& ciphertext);
[[nodiscard]] Result<MlKemShared, Error> mlkem768_decapsulate(const MlKemExpanded& expanded,
                                                              const MlKemCiphertext& ciphertext);

}  // namespace tacet::crypto
