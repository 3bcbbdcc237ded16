#include "ratchet/identity.h"

#include <algorithm>
#include <array>

#include "base/codec.h"
#include "base/span_writer.h"
#include "ratchet/stored.h"

namespace tacet::ratchet {

namespace {

// ID = version 1 ‖ IKs.pk 32 ‖ IKd.pk 32 ‖ IKq.pk 1216 ‖ sig 64
constexpr Byte kIdentityVersion = 0x01;
constexpr std::size_t kDhOffset = 33;
constexpr std::size_t kKemOffset = 65;
constexpr std::size_t kSignatureOffset = 1281;
constexpr std::string_view kSignatureLabel = "S1/id";

using SignedBytes = Bytes<5 + 32 + 1216>;

SignedBytes signed_bytes(ByteView dh_and_kem) {
  SignedBytes out;
  SpanWriter(out.span()).raw(kSignatureLabel).raw(dh_and_kem);
  return out;
}

IdentityBytes make_identity(const crypto::Ed25519Key& signing, const crypto::X25519Secret& dh,
                            const crypto::XWingKey& kem) {
  IdentityBytes out;
  SpanWriter(out.span())
      .u8(kIdentityVersion)
      .raw(signing.public_key())
      .raw(crypto::x25519_public(dh))
      .raw(kem.public_key());
  const ByteView keys = out.view().subspan(kDhOffset, kSignatureOffset - kDhOffset);
  const crypto::Ed25519Signature signature = signing.sign(signed_bytes(keys).view());
  SpanWriter(out.span().subspan(kSignatureOffset)).raw(signature);
  return out;
}

}  // namespace

Identity::Identity(const IdentityBytes& bytes)
    : bytes_(bytes),
      fingerprint_{crypto::blake2b("S1/fp", bytes).raw},
      signing_(*crypto::Ed25519Public::from(bytes.view().subspan(1, 32))),
      dh_(*crypto::X25519Public::from(bytes.view().subspan(kDhOffset, 32))) {}

Result<Identity, Error> Identity::parse(ByteView bytes) {
  const auto id = IdentityBytes::from(bytes);
  if (!id || id->raw[0] != kIdentityVersion) return unexpected(Error::malformed);
  const Identity identity(*id);
  const ByteView keys = bytes.subspan(kDhOffset, kSignatureOffset - kDhOffset);
  const auto signature = *crypto::Ed25519Signature::from(bytes.subspan(kSignatureOffset));
  if (!crypto::ed25519_verify(identity.signing_key(), signed_bytes(keys).view(), signature)) {
    return unexpected(Error::bad_signature);
  }
  return identity;
}

Result<Identity, Error> Identity::parse(ByteView bytes, const Fingerprint& expected) {
  auto identity = parse(bytes);
  if (identity && identity->fingerprint() != expected) return unexpected(Error::fingerprint_mismatch);
  return identity;
}

crypto::XWingPublic Identity::kem_key() const {
  return *crypto::XWingPublic::from(bytes_.view().subspan(kKemOffset, crypto::XWingPublic::size));
}

IdentitySecret::IdentitySecret(crypto::Ed25519Seed signing, crypto::X25519Secret dh, crypto::XWingSeed kem)
    : signing_seed_(std::move(signing)),
      dh_(std::move(dh)),
      kem_seed_(std::move(kem)),
      signing_(signing_seed_),
      kem_(kem_seed_),
      identity_(make_identity(signing_, dh_, kem_)) {}

IdentitySecret IdentitySecret::generate(Random& random) {
  auto signing = random.draw<crypto::Ed25519Seed>();
  auto dh = random.draw<crypto::X25519Secret>();
  auto kem = random.draw<crypto::XWingSeed>();
  return {std::move(signing), std::move(dh), std::move(kem)};
}

SecretVector IdentitySecret::serialise() const {
  return begin_stored(StoredKind::identity).raw(signing_seed_).raw(dh_).raw(kem_seed_).take();
}

Result<IdentitySecret, Error> IdentitySecret::parse(ByteView bytes) {
  auto reader = open_stored(bytes, StoredKind::identity);
  if (!reader) return unexpected(reader.error());
  auto signing = reader->take<crypto::Ed25519Seed>();
  auto dh = reader->take<crypto::X25519Secret>();
  auto kem = reader->take<crypto::XWingSeed>();
  if (!reader->done()) return unexpected(Error::bad_state);
  return IdentitySecret(std::move(signing), std::move(dh), std::move(kem));
}

crypto::Ed25519Signature IdentitySecret::sign(ByteView message) const {
  return signing_.sign(message);
}

std::string safety_number(const Fingerprint& a, const Fingerprint& b) {
  Bytes<5 + 32 + 32> message;
  SpanWriter(message.span()).raw("S1/sn").raw(std::min(a, b)).raw(std::max(a, b));
  const crypto::Hash512 hash = crypto::blake2b_512(message.view());
  std::string out;
  for (std::size_t group = 0; group < 12; ++group) {
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < 5; ++i) v = v << 8 | hash.raw[5 * group + i];
    const std::string digits = std::to_string(v % 100000);
    if (group > 0) out += ' ';
    out.append(5 - digits.size(), '0').append(digits);
  }
  return out;
}

}  // namespace tacet::ratchet
