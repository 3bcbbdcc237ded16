#include "ratchet/handshake.h"

#include "base/codec.h"
#include "base/span_writer.h"
#include "ratchet/agreement.h"

namespace tacet::ratchet {

namespace {

// wire = ctq 1120 ‖ com 32 ‖ tag 16 ‖ c 15216
constexpr std::size_t kInnerSize = 15216;
static_assert(crypto::XWingCiphertext::size + 32 + 16 + kInnerSize == kHandshakeSize);
constexpr std::size_t kFirstMessageSize = static_cast<std::size_t>(MessageClass::small);

// The sealed part of the wire, parsed; views into the opened bytes.
struct Inner {
  crypto::X25519Public ephemeral;
  crypto::XWingCiphertext ctp;
  ByteView identity;
  bool one_time = false;
  std::uint32_t signed_prekey_id = 0;
  std::uint32_t kem_prekey_id = 0;
  ByteView first_message;
  SessionId replaces;  // zero when it replaces none
};

std::optional<Inner> parse_inner(ByteView bytes) {
  Reader reader(bytes);
  Inner out;
  out.ephemeral = reader.take<crypto::X25519Public>();
  out.ctp = reader.take<crypto::XWingCiphertext>();
  out.identity = reader.raw(IdentityBytes::size);
  out.one_time = reader.flag();
  out.signed_prekey_id = reader.u32();
  out.kem_prekey_id = reader.u32();
  out.first_message = reader.raw(kFirstMessageSize);
  out.replaces = reader.take<SessionId>();
  if (!reader.rest_is_zero()) return std::nullopt;
  return out;
}

std::optional<SecretVector> open_seal(const IdentitySecret& own, const crypto::XWingCiphertext& ctq,
                                      const crypto::XWingShared& ssq, Reader& rest) {
  const crypto::CommittedKeys keys = seal_keys(ssq, ctq, own.identity().kem_key());
  const auto claimed = rest.take<crypto::Hash>();
  const auto tag = rest.take<crypto::AeadTag>();
  if (!equal_constant_time(claimed.view(), seal_commitment(keys.commitment, ctq, tag).view()))
    return std::nullopt;
  SecretVector inner(kInnerSize);
  if (!crypto::aead_decrypt(keys.key, keys.nonce, rest.raw(kInnerSize), {}, tag, inner)) return std::nullopt;
  return inner;
}

// B's prekeys that a handshake names.
struct UsedPrekeys {
  const SignedPrekeySecret* signed_prekey = nullptr;
  const OneTimeSecret* one_time = nullptr;
  const LastResortSecret* last_resort = nullptr;
  crypto::Hash last_resort_entry;

  [[nodiscard]] const PrekeyKem& kem() const { return one_time ? one_time->kem : last_resort->kem; }
};

Result<UsedPrekeys, Error> look_up(const PrekeySecrets& prekeys, const Inner& inner) {
  UsedPrekeys out;
  out.signed_prekey = prekeys.find(SignedPrekeyId{inner.signed_prekey_id});
  if (inner.one_time) {
    out.one_time = prekeys.find(OneTimeId{inner.kem_prekey_id});
  } else {
    out.last_resort = prekeys.find(LastResortId{inner.kem_prekey_id});
  }
  if (!out.signed_prekey || (!out.one_time && !out.last_resort)) return unexpected(Error::unknown_prekey);
  if (out.last_resort) {
    out.last_resort_entry = crypto::blake2b(inner.ephemeral, inner.ctp);
    switch (prekeys.last_resort_use(out.last_resort->id, out.last_resort_entry)) {
      case PrekeySecrets::LastResortUse::fresh:
        break;
      case PrekeySecrets::LastResortUse::repeated:
        return unexpected(Error::repeated);
      case PrekeySecrets::LastResortUse::memory_full:
        return unexpected(Error::memory_full);
    }
  }
  return out;
}

Result<HandshakeKeys, Error> agree_as_responder(const IdentitySecret& own, const Identity& peer,
                                                const UsedPrekeys& used, const Inner& inner,
                                                const crypto::XWingCiphertext& ctq,
                                                const crypto::XWingShared& ssq) {
  const crypto::X25519Secret& prekey = used.signed_prekey->secret;
  const auto identity_to_prekey = crypto::x25519(prekey, peer.dh_key());
  const auto ephemeral_to_identity = crypto::x25519(own.dh_secret(), inner.ephemeral);
  const auto ephemeral_to_prekey = crypto::x25519(prekey, inner.ephemeral);
  const auto kem = used.kem().key();
  const auto ssp = kem->decapsulate(inner.ctp);
  if (!identity_to_prekey || !ephemeral_to_identity || !ephemeral_to_prekey || !ssp)
    return unexpected(Error::bad_key);
  Agreement agreed{*identity_to_prekey, *ephemeral_to_identity, *ephemeral_to_prekey, {}, *ssp, ssq};

  const SignedPrekey::Record signed_record = used.signed_prekey->record();
  const auto keys_with = [&](ByteView kem_record) {
    return derive(agreed, {peer, own.identity(), signed_record.view(), kem_record, inner.one_time,
                           inner.ephemeral, inner.ctp, ctq});
  };
  if (!used.one_time) return keys_with(used.last_resort->record(*kem).view());
  const auto ephemeral_to_one_time = crypto::x25519(used.one_time->secret, inner.ephemeral);
  if (!ephemeral_to_one_time) return unexpected(Error::bad_key);
  agreed.ephemeral_to_one_time = *ephemeral_to_one_time;
  return keys_with(used.one_time->record(*kem).view());
}

// Section 4: the first ratchet message has flags 0, PN 0 and n 0.
bool is_first_message(ByteView message, const HandshakeKeys& keys) {
  const auto bytes = open_header(keys.initiator_header, keys.id, WireView(message));
  if (!bytes) return false;
  const auto header = Header::parse(*bytes);
  return header && !header->ciphertext && header->previous == 0 && header->number == 0;
}

}  // namespace

Result<Bundle, Error> Bundle::parse(const Fingerprint& expected, ByteView identity, ByteView signed_prekey,
                                    ByteView last_resort, std::optional<ByteView> one_time, Time now) {
  const auto owner = Identity::parse(identity, expected);
  if (!owner) return unexpected(owner.error());
  const auto spk = SignedPrekey::parse(signed_prekey, *owner, now);
  if (!spk) return unexpected(spk.error());
  const auto lrk = LastResortPrekey::parse(last_resort, *owner, now);
  if (!lrk) return unexpected(lrk.error());
  Bundle out{*owner, *spk, *lrk, std::nullopt};
  if (one_time) {
    const auto otk = OneTimePrekey::parse(*one_time, *owner);
    if (!otk) return unexpected(otk.error());
    out.one_time = *otk;
  }
  return out;
}

Result<Initiated, Error> initiate(const IdentitySecret& own, const Bundle& peer, ByteView data,
                                  const std::optional<SessionId>& replaces, Time now, Random& random) {
  if (data.size() > max_data(MessageClass::small)) return unexpected(Error::too_long);
  if (own.identity() == peer.identity) return unexpected(Error::own_identity);

  const auto ephemeral = random.draw<crypto::X25519Secret>();
  const auto seed_q = random.draw<crypto::XWingEncapsulationSeed>();
  const auto seed_p = random.draw<crypto::XWingEncapsulationSeed>();
  const crypto::X25519Public ephemeral_public = crypto::x25519_public(ephemeral);
  const crypto::X25519Public spk = peer.signed_prekey.dh_key();
  const auto q = crypto::xwing_encapsulate(peer.identity.kem_key(), seed_q);
  const auto p = crypto::xwing_encapsulate(
      peer.one_time ? peer.one_time->kem_key() : peer.last_resort.kem_key(), seed_p);
  const auto identity_to_prekey = crypto::x25519(own.dh_secret(), spk);
  const auto ephemeral_to_identity = crypto::x25519(ephemeral, peer.identity.dh_key());
  const auto ephemeral_to_prekey = crypto::x25519(ephemeral, spk);
  if (!q || !p || !identity_to_prekey || !ephemeral_to_identity || !ephemeral_to_prekey) {
    return unexpected(Error::bad_key);
  }
  Agreement agreed{
      *identity_to_prekey, *ephemeral_to_identity, *ephemeral_to_prekey, {}, p->shared, q->shared};
  if (peer.one_time) {
    const auto shared = crypto::x25519(ephemeral, peer.one_time->dh_key());
    if (!shared) return unexpected(Error::bad_key);
    agreed.ephemeral_to_one_time = *shared;
  }
  const HandshakeKeys keys =
      derive(agreed, {own.identity(), peer.identity, peer.signed_prekey.record().view(),
                      peer.one_time ? peer.one_time->record().view() : peer.last_resort.record().view(),
                      peer.one_time.has_value(), ephemeral_public, p->ciphertext, q->ciphertext});

  auto state = initiator_state(keys, spk, now, random);
  if (!state) return unexpected(Error::bad_key);
  Session session(std::move(*state));
  const auto first = session.send(MessageClass::small, data, random);
  if (!first) return unexpected(first.error());

  ByteVector wire(kHandshakeSize);
  SpanWriter writer(wire);
  writer.raw(q->ciphertext);
  const MutableByteView commitment_at = writer.take(crypto::Hash::size);
  const MutableByteView tag_at = writer.take(crypto::AeadTag::size);
  const MutableByteView inner = writer.take(kInnerSize);  // zero where the fields end
  SpanWriter(inner)
      .raw(ephemeral_public)
      .raw(p->ciphertext)
      .raw(own.identity().bytes())
      .u8(peer.one_time ? 1 : 0)
      .u32(static_cast<std::uint32_t>(peer.signed_prekey.id()))
      .u32(peer.one_time ? static_cast<std::uint32_t>(peer.one_time->id())
                         : static_cast<std::uint32_t>(peer.last_resort.id()))
      .raw(*first)
      .raw(replaces.value_or(SessionId{}));
  const crypto::CommittedKeys seal = seal_keys(q->shared, q->ciphertext, peer.identity.kem_key());
  const crypto::AeadTag tag = crypto::aead_encrypt(seal.key, seal.nonce, inner, {}, inner);
  SpanWriter(tag_at).raw(tag);
  SpanWriter(commitment_at).raw(seal_commitment(seal.commitment, q->ciphertext, tag));
  return Initiated{std::move(session), std::move(wire)};
}

Result<Accepted, Error> accept(const IdentitySecret& own, const PrekeySecrets& prekeys, ByteView wire,
                               Time now) {
  if (wire.size() != kHandshakeSize) return unexpected(Error::wrong_size);
  Reader reader(wire);
  const auto ctq = reader.take<crypto::XWingCiphertext>();
  const auto ssq = own.kem().decapsulate(ctq);
  if (!ssq) return unexpected(Error::not_ours);
  const auto opened = open_seal(own, ctq, *ssq, reader);
  if (!opened) return unexpected(Error::not_ours);

  const auto inner = parse_inner(*opened);
  if (!inner) return unexpected(Error::malformed);
  const auto peer = Identity::parse(inner->identity);
  if (!peer) return unexpected(peer.error());
  if (*peer == own.identity()) return unexpected(Error::own_identity);
  const auto used = look_up(prekeys, *inner);
  if (!used) return unexpected(used.error());
  const auto keys = agree_as_responder(own, *peer, *used, *inner, ctq, *ssq);
  if (!keys) return unexpected(keys.error());

  if (!is_first_message(inner->first_message, *keys)) return unexpected(Error::damaged);
  Session session(responder_state(*keys, used->signed_prekey->secret, used->signed_prekey->dh_key, now));
  auto data = session.receive(inner->first_message, now);
  if (!data) return unexpected(Error::damaged);

  Accepted out{*peer, std::move(session),  std::move(*data), {}, used->signed_prekey->id, {},
               {},    handshake_hash(wire)};
  if (inner->replaces != SessionId{}) out.replaces = inner->replaces;
  if (used->one_time) {
    out.one_time = used->one_time->id;
  } else {
    out.last_resort = Accepted::LastResort{used->last_resort->id, used->last_resort_entry};
  }
  return out;
}

crypto::Hash handshake_hash(ByteView wire) {
  return crypto::blake2b(wire);
}

}  // namespace tacet::ratchet
