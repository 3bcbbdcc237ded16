#include "crypto/xwing.h"

#include <sodium/crypto_kem_xwing.h>

namespace tacet::crypto {

XWingPublic xwing_public(const XWingSeed& seed) {
  XWingPublic out;
  XWingSeed copy;  // libsodium's secret key is the seed itself
  crypto_kem_xwing_seed_keypair(out.data(), copy.data(), seed.data());
  return out;
}

Result<XWingEncapsulation, Error> xwing_encapsulate(const XWingPublic& key,
                                                    const XWingEncapsulationSeed& seed) {
  XWingEncapsulation out;
  if (crypto_kem_xwing_enc_deterministic(out.ciphertext.data(), out.shared.data(), key.data(), seed.data()) !=
      0) {
    return unexpected(Error::bad_public_key);
  }
  return out;
}

Result<XWingShared, Error> xwing_decapsulate(const XWingSeed& seed, const XWingCiphertext& ciphertext) {
  XWingShared out;
  if (crypto_kem_xwing_dec(out.data(), ciphertext.data(), seed.data()) != 0)
    return unexpected(Error::bad_ciphertext);
  return out;
}

}  // namespace tacet::crypto
