#include "ratchet/state.h"

#include "base/codec.h"
#include "base/span_writer.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"

namespace tacet::ratchet {

namespace {

template <class Container>
ByteView or_empty(const std::optional<Container>& value) {
  return value ? value->view() : ByteView{};
}

crypto::Hash transcript(const StepInputs& in) {
  return crypto::blake2b("S1/tr", in.sender_dh, in.receiver_dh, in.sender_kem,
                         crypto::blake2b(or_empty(in.receiver_kem)), or_empty(in.ciphertext));
}

}  // namespace

OwnKem OwnKem::generate(Random& random) {
  OwnKem out;
  out.seed = random.draw<crypto::MlKemSeed>();
  crypto::MlKemKeyPair pair(out.seed);
  out.key = pair.key;
  out.expanded = std::make_shared<const crypto::MlKemExpanded>(std::move(pair.expanded));
  return out;
}

Result<crypto::MlKemShared, crypto::Error> OwnKem::decapsulate(const crypto::MlKemCiphertext& ct) const {
  return expanded ? crypto::mlkem768_decapsulate(*expanded, ct) : crypto::mlkem768_decapsulate(seed, ct);
}

StepKeys step(const RootKey& root, const crypto::X25519Shared& dh, const crypto::MlKemShared& kem,
              const StepInputs& inputs) {
  Secret<64> input;
  SpanWriter(input.span()).raw(dh).raw(kem);
  Bytes<5 + 32> info;
  SpanWriter(info.span()).raw("S1/rk").raw(transcript(inputs));
  const auto keys = crypto::hkdf_sha512<Secret<96>>(root.view(), input.view(), info.view());
  Reader reader(keys.view());
  StepKeys out;
  out.root = reader.take<RootKey>();
  out.chain = reader.take<ChainKey>();
  out.next_header = reader.take<HeaderKey>();
  return out;
}

MessageKey advance(ChainKey& chain, std::uint32_t n) {
  Bytes<5 + 4> message;
  SpanWriter(message.span())
      .raw("S1/ck")
      .u8(static_cast<Byte>(n >> 24))
      .u8(static_cast<Byte>(n >> 16))
      .u8(static_cast<Byte>(n >> 8))
      .u8(static_cast<Byte>(n));
  const Secret<64> t = crypto::hmac_sha512(chain.view(), message.view());
  chain = *ChainKey::from(t.view().first(32));
  return *MessageKey::from(t.view().last(32));
}

std::optional<SessionState> initiator_state(const HandshakeKeys& keys,
                                            const crypto::X25519Public& signed_prekey, Time now,
                                            Random& random) {
  SessionState s;
  s.own_dh = random.draw<crypto::X25519Secret>();
  s.own_dh_public = crypto::x25519_public(s.own_dh);
  s.own_kem = OwnKem::generate(random);
  s.peer_dh = signed_prekey;

  const auto dh = crypto::x25519(s.own_dh, signed_prekey);
  if (!dh) return std::nullopt;
  const crypto::MlKemShared no_kem;  // 0^32
  const StepKeys first = step(keys.root, *dh, no_kem,
                              {s.own_dh_public, signed_prekey, s.own_kem->key, s.peer_kem, s.ciphertext});

  s.root = first.root;
  s.id = keys.id;
  s.send_chain = first.chain;
  s.send_header = keys.initiator_header;
  s.next_send_header = first.next_header;
  s.next_receive_header = keys.next_responder_header;
  s.created = now;
  return s;
}

SessionState responder_state(const HandshakeKeys& keys, const crypto::X25519Secret& signed_prekey,
                             const crypto::X25519Public& signed_prekey_public, Time now) {
  SessionState s;
  s.root = keys.root;
  s.id = keys.id;
  s.own_dh = signed_prekey;
  s.own_dh_public = signed_prekey_public;
  s.next_send_header = keys.next_responder_header;
  s.next_receive_header = keys.initiator_header;
  s.created = now;
  return s;
}

}  // namespace tacet::ratchet
