#include "crypto/xwing.h"

#include <sodium/crypto_hash_sha3.h>
#include <sodium/crypto_xof_shake256.h>

#include "base/codec.h"
#include "base/span_writer.h"

namespace tacet::crypto {

namespace {

XWingShared combine(const MlKemShared& mlkem, const X25519Shared& dh, const X25519Public& dh_ciphertext,
                    ByteView dh_key) {
  constexpr Bytes<6> kLabel{{0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c}};  // \.//^\, the sign of X-Wing
  Secret<32 + 32 + 32 + 32 + 6> input;
  SpanWriter(input.span()).raw(mlkem).raw(dh).raw(dh_ciphertext).raw(dh_key).raw(kLabel);
  XWingShared out;
  crypto_hash_sha3256(out.data(), input.data(), input.size);
  return out;
}

}  // namespace

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
  return combine(*mlkem, *dh, dh_part, public_.view().last(X25519Public::size));
}

Result<XWingEncapsulation, Error> xwing_encapsulate(const XWingPublic& key,
                                                    const XWingEncapsulationSeed& seed) {
  const auto mlkem_key = *MlKemPublic::from(key.view().first(MlKemPublic::size));
  const auto dh_key = *X25519Public::from(key.view().last(X25519Public::size));
  const auto ephemeral = *X25519Secret::from(seed.view().last(X25519Secret::size));
  const auto mlkem = mlkem768_encapsulate(
      mlkem_key, *MlKemEncapsulationSeed::from(seed.view().first(MlKemEncapsulationSeed::size)));
  const auto dh = x25519(ephemeral, dh_key);
  if (!mlkem || !dh) return unexpected(Error::bad_public_key);
  const X25519Public dh_part = x25519_public(ephemeral);
  XWingEncapsulation out;
  SpanWriter(out.ciphertext.span()).raw(mlkem->ciphertext).raw(dh_part);
  out.shared = combine(mlkem->shared, *dh, dh_part, dh_key.view());
  return out;
}

}  // namespace tacet::crypto
