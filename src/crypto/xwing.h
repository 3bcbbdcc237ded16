// X-Wing: ML-KEM-768 and X25519 as one key encapsulation. The secret key is its 32-byte seed. Put together
// here from its two halves and SHA3-256, byte for byte what libsodium's crypto_kem_xwing does: that one
// expands the seed anew in every decapsulation, and knows only one build of ML-KEM.
#pragma once

#include "base/bytes.h"
#include "crypto/error.h"
#include "crypto/mlkem768.h"
#include "crypto/x25519.h"

namespace tacet::crypto {

using XWingSeed = Secret<32, struct XWingSeedTag>;
using XWingPublic = Bytes<1216, struct XWingPublicTag>;
using XWingCiphertext = Bytes<1120, struct XWingCiphertextTag>;
using XWingEncapsulationSeed = Secret<64, struct XWingEncapsulationSeedTag>;
using XWingShared = Secret<32, struct XWingSharedTag>;

struct XWingEncapsulation {
  XWingCiphertext ciphertext;
  XWingShared shared;
};

// A secret key ready for use. Always made from its seed, and never written anywhere.
class XWingKey {
 public:
  explicit XWingKey(const XWingSeed& seed);
  [[nodiscard]] const XWingPublic& public_key() const { return public_; }
  // bad_ciphertext when the X25519 half is of low order; a wrong ML-KEM half gives a secret nobody knows.
  [[nodiscard]] Result<XWingShared, Error> decapsulate(const XWingCiphertext& ciphertext) const;

 private:
  MlKemExpanded mlkem_;
  X25519Secret dh_;
  XWingPublic public_;  // ML-KEM 1184 ‖ X25519 32
};

// Deterministic in `seed`. bad_public_key when the ML-KEM half is not canonical or the X25519 half of low
// order.
[[nodiscard]] Result<XWingEncapsulation, Error> xwing_encapsulate(const XWingPublic& key,
                                                                  const XWingEncapsulationSeed& seed);

}  // namespace tacet::crypto
