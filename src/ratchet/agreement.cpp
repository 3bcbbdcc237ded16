#include "ratchet/agreement.h"

#include "base/codec.h"
#include "base/span_writer.h"
#include "crypto/kdf.h"

namespace tacet::ratchet {

namespace {

constexpr Bytes<64> kNoSalt{};  // 0^64

}  // namespace

crypto::CommittedKeys seal_keys(const crypto::XWingShared& ssq, const crypto::XWingCiphertext& ctq,
                                const crypto::XWingPublic& recipient) {
  Bytes<7 + 32> info;
  SpanWriter(info.span()).raw("S1/seal").raw(crypto::blake2b(ctq, recipient));
  return crypto::committed_keys(kNoSalt.view(), ssq.view(), info.view());
}

crypto::Hash seal_commitment(const crypto::MacKey& key, const crypto::XWingCiphertext& ctq,
                             const crypto::AeadTag& tag) {
  return crypto::blake2b_keyed(key, "S1/com", ctq, tag);
}

HandshakeKeys derive(const Agreement& agreed, const Transcript& t) {
  Secret<224> input;
  SpanWriter writer(input.span());
  for (MutableByteView ones = writer.take(32); Byte & b : ones) b = 0xFF;
  writer.raw(agreed.identity_to_prekey).raw(agreed.ephemeral_to_identity).raw(agreed.ephemeral_to_prekey);
  if (agreed.ephemeral_to_one_time) {
    writer.raw(*agreed.ephemeral_to_one_time);
  } else {
    writer.zeros(crypto::X25519Shared::size);
  }
  writer.raw(agreed.ssp).raw(agreed.ssq);

  const Bytes<1> flags{{static_cast<Byte>(t.one_time ? 1 : 0)}};
  const crypto::Hash512 th = crypto::sha512("S1/kx", flags, t.initiator.bytes(), t.responder.bytes(),
                                            t.signed_prekey, t.kem_prekey, t.ephemeral, t.ctp, t.ctq);
  Bytes<5 + 64> info;
  SpanWriter(info.span()).raw("S1/sk").raw(th);
  const auto keys = crypto::hkdf_sha512<Secret<128>>(kNoSalt.view(), input.view(), info.view());
  Reader reader(keys.view());
  HandshakeKeys out;
  out.root = reader.take<RootKey>();
  out.initiator_header = reader.take<HeaderKey>();
  out.next_responder_header = reader.take<HeaderKey>();
  out.id = reader.take<SessionId>();
  return out;
}

}  // namespace tacet::ratchet
