#include "crypto/xwing.h"

#include <sodium/crypto_hash_sha3.h>
#include <sodium/crypto_kem_xwing.h>
#include <sodium/crypto_xof_shake256.h>

#include "base/codec.h"
#include "base/span_writer.h"

namespace tacet::crypto {

XWingKey::XWingKey(const XWingSeed& seed) {
  Secret<96> halves;  // ML-KEM seed 64 ‖ X25519 secret 32
  crypto_xof_shake256(halves.data(), halves.size, seed.data(), seed.size);
  Reader reader(halves.view());
  MlKemKeyPair mlkem(reader.take<MlKemSeed>());
  dh_ = reader.take<X25519Secret>();
  SpanWriter(public_.span()).raw(mlkem.key).raw(x25519_public(dh_));
  mlkem_ = std::move(mlkem.expanded);
}

Result<XWingShared, Error> XWingKey::decapsulate(const XWingCiphertext& ciphertext) const {
  const auto mlkem_part = *MlKemCiphertext::from(ciphertext.view().first(MlKemCiphertext::size));
  const auto dh_part = *X25519Public::from(ciphertext.view().last(X25519Public::size));
  const auto mlkem = mlkem768_decapsulate(mlkem_, mlkem_part);
  const auto dh = x25519(dh_, dh_part);
  if (!mlkem || !dh) return unexpected(Error::bad_ciphertext);

  constexpr Bytes<6> kLabel{{0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c}};  // \.//^\, the sign of X-Wing
  Secret<32 + 32 + 32 + 32 + 6> input;
  SpanWriter(input.span()).raw(*mlkem).raw(*dh).raw(dh_part).raw(public_.view().last(32)).raw(kLabel);
  XWingShared out;
  crypto_hash_sha3256(out.data(), input.data(), input.size);
  return out;
}

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
