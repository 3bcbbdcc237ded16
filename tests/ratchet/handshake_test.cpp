#include "ratchet/handshake.h"

#include <doctest/doctest.h>

#include "base/codec.h"
#include "ratchet/agreement.h"
#include "ratchet/pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

constexpr std::size_t kInnerAt = 1168;
constexpr std::size_t kFlagsAt = 32 + 1120 + 1345;  // within inner
constexpr std::size_t kFirstMessageAt = kFlagsAt + 1 + 4 + 4;

// The wire with its inner part changed by one who could: the seal is opened and made again with the same
// keys.
template <class Change>
ByteVector resealed(const ByteVector& wire, const IdentitySecret& recipient, Change change) {
  const auto ctq = *crypto::XWingCiphertext::from(ByteView(wire).first(1120));
  const auto ssq = *recipient.kem().decapsulate(ctq);
  const auto keys = seal_keys(ssq, ctq, recipient.identity().kem_key());
  ByteVector out = wire;
  const MutableByteView inner = MutableByteView(out).subspan(kInnerAt);
  const auto tag = *crypto::AeadTag::from(ByteView(wire).subspan(1152, 16));
  REQUIRE(crypto::aead_decrypt(keys.key, keys.nonce, ByteView(wire).subspan(kInnerAt), {}, tag, inner));
  change(inner);
  const auto new_tag = crypto::aead_encrypt(keys.key, keys.nonce, inner, {}, inner);
  SpanWriter(MutableByteView(out).subspan(1120))
      .raw(seal_commitment(keys.commitment, ctq, new_tag))
      .raw(new_tag);
  return out;
}

}  // namespace

TEST_CASE("a handshake makes one session on two sides and carries the first message") {
  for (const bool with_one_time : {true, false}) {
    Meeting m;
    const auto initiated = m.initiate(with_one_time);
    CHECK(initiated.wire.size() == kHandshakeSize);
    CHECK(m.random_a.draws() == 3 + 6);  // identity; EK, two encapsulations, dh, kem, hnonce
    const auto draws_of_b = m.random_b.draws();
    const auto accepted = accept(m.b, m.shelf, initiated.wire, kStart + Hours(1));
    REQUIRE(accepted);
    CHECK(m.random_b.draws() == draws_of_b);
    CHECK(as_text(accepted->data) == "hello");
    CHECK(accepted->peer == m.a.identity());
    CHECK(accepted->session.id() == initiated.session.id());
    CHECK(accepted->one_time.has_value() == with_one_time);
    CHECK(accepted->last_resort.has_value() != with_one_time);
    CHECK_FALSE(accepted->replaces);
    CHECK(accepted->handshake_hash == handshake_hash(initiated.wire));
    CHECK(accepted->session.answered() == kStart + Hours(1));
    CHECK_FALSE(initiated.session.answered());
    CHECK(accepted->session.can_send());
    CHECK(initiated.session.can_send());
  }
}

TEST_CASE("a handshake names the session that it replaces") {
  Meeting m;
  const SessionId broken{{1, 2, 3}};
  const auto initiated = initiate(m.a, m.bundle(), {}, broken, kStart, m.random_a);
  REQUIRE(initiated);
  const auto accepted = accept(m.b, m.shelf, initiated->wire, kStart);
  REQUIRE(accepted);
  CHECK(accepted->replaces == broken);
  CHECK(accepted->data.empty());
}

TEST_CASE("a handshake is accepted once") {
  for (const bool with_one_time : {true, false}) {
    Meeting m;
    const auto initiated = m.initiate(with_one_time);
    const auto accepted = accept(m.b, m.shelf, initiated.wire, kStart);
    REQUIRE(accepted);
    m.shelf.settle(*accepted);
    CHECK(accept(m.b, m.shelf, initiated.wire, kStart).error() ==
          (with_one_time ? Error::unknown_prekey : Error::repeated));
  }
}

TEST_CASE("a last-resort prekey whose memory is full accepts nothing more") {
  Meeting m;
  const auto initiated = m.initiate(false);
  m.shelf.full = true;
  CHECK(accept(m.b, m.shelf, initiated.wire, kStart).error() == Error::memory_full);
}

TEST_CASE("a handshake is accepted as long as the secrets live, whatever its record's expiry") {
  Meeting m;
  const auto initiated = m.initiate(false);
  const auto other = m.initiate(true);
  CHECK(accept(m.b, m.shelf, initiated.wire, kStart + kPrekeyLifetime + Days(29)));
  m.shelf.lrk.reset();
  CHECK(accept(m.b, m.shelf, initiated.wire, kStart).error() == Error::unknown_prekey);
  m.shelf.spk.reset();
  CHECK(accept(m.b, m.shelf, other.wire, kStart).error() == Error::unknown_prekey);
}

TEST_CASE("prekeys that were stored accept as those that were just made do") {
  for (const bool with_one_time : {true, false}) {
    Meeting m;
    const auto initiated = m.initiate(with_one_time);
    m.shelf.spk = *SignedPrekeySecret::parse(m.shelf.spk->serialise());
    m.shelf.lrk = *LastResortSecret::parse(m.shelf.lrk->serialise());
    m.shelf.otk = *OneTimeSecret::parse(m.shelf.otk->serialise());
    const auto accepted = accept(m.b, m.shelf, initiated.wire, kStart);
    REQUIRE(accepted);
    CHECK(accepted->session.id() == initiated.session.id());
  }
}

TEST_CASE("nobody shakes hands with themselves, and a first message must fit") {
  Meeting m;
  const auto draws = m.random_b.draws();
  CHECK(initiate(m.b, m.bundle(), {}, {}, kStart, m.random_b).error() == Error::own_identity);
  CHECK(initiate(m.a, m.bundle(), ByteVector(1685), {}, kStart, m.random_b).error() == Error::too_long);
  CHECK(m.random_b.draws() == draws);
  CHECK(initiate(m.a, m.bundle(), ByteVector(1684), {}, kStart, m.random_a));

  const auto initiated = m.initiate();
  const auto mirrored = resealed(initiated.wire, m.b, [&](MutableByteView inner) {
    SpanWriter(inner.subspan(32 + 1120)).raw(m.b.identity().bytes());
  });
  CHECK(accept(m.b, m.shelf, mirrored, kStart).error() == Error::own_identity);
}

TEST_CASE("a handshake for somebody else, a random wire and an altered one open nothing") {
  Meeting m;
  const auto initiated = m.initiate();
  CHECK(accept(m.a, m.shelf, initiated.wire, kStart).error() == Error::not_ours);
  ByteVector noise(kHandshakeSize);
  m.random_b.fill(noise);
  CHECK(accept(m.b, m.shelf, noise, kStart).error() == Error::not_ours);
  CHECK(accept(m.b, m.shelf, ByteView(initiated.wire).first(16383), kStart).error() == Error::wrong_size);
  for (std::size_t i = 0; i < kHandshakeSize; i += 251) {
    ByteVector altered = initiated.wire;
    altered[i] ^= 0x40;
    CHECK(accept(m.b, m.shelf, altered, kStart).error() == Error::not_ours);
  }
}

TEST_CASE("every bit of a handshake's commitment and tag counts") {
  Meeting m;
  const auto initiated = m.initiate();
  for (std::size_t bit = 1120 * 8; bit < 1168 * 8; ++bit) {
    ByteVector altered = initiated.wire;
    altered[bit / 8] = static_cast<Byte>(altered[bit / 8] ^ 1U << bit % 8);
    CHECK(accept(m.b, m.shelf, altered, kStart).error() == Error::not_ours);
  }
}

TEST_CASE("inside the seal every field is checked") {
  Meeting m;
  const auto initiated = m.initiate();
  const auto with = [&](std::size_t at, Byte mask) {
    const auto wire = resealed(initiated.wire, m.b, [&](MutableByteView inner) { inner[at] ^= mask; });
    return accept(m.b, m.shelf, wire, kStart).error();
  };
  CHECK(with(15215, 1) == Error::malformed);                 // the tail is zero
  CHECK(with(kFlagsAt, 2) == Error::malformed);              // flags ≤ 1
  CHECK(with(kFlagsAt, 1) == Error::unknown_prekey);         // id 3 is no last-resort prekey
  CHECK(with(32 + 1120, 2) == Error::malformed);             // ID_A's version
  CHECK(with(32 + 1120 + 40, 1) == Error::bad_signature);    // ID_A's keys
  CHECK(with(kFlagsAt + 1, 8) == Error::unknown_prekey);     // SPK id
  CHECK(with(0, 1) == Error::damaged);                       // EK_A
  CHECK(with(40, 1) == Error::damaged);                      // ctp
  CHECK(with(kFirstMessageAt + 30, 1) == Error::damaged);    // the first message's header
  CHECK(with(kFirstMessageAt + 4000, 1) == Error::damaged);  // and its contents
  const auto no_point = resealed(initiated.wire, m.b, [](MutableByteView inner) {
    std::fill(inner.begin(), inner.begin() + 32, Byte{0});
  });
  CHECK(accept(m.b, m.shelf, no_point, kStart).error() == Error::bad_key);
  const auto no_point_in_ctp = resealed(initiated.wire, m.b, [](MutableByteView inner) {
    std::fill_n(inner.begin() + 32 + 1088, 32, Byte{0});
  });
  CHECK(accept(m.b, m.shelf, no_point_in_ctp, kStart).error() == Error::bad_key);
  // An identity whose owner, the attacker, signed an IKd of no order.
  const auto no_identity = resealed(initiated.wire, m.b, [&](MutableByteView inner) {
    const MutableByteView id = inner.subspan(32 + 1120, IdentityBytes::size);
    std::fill_n(id.begin() + 33, 32, Byte{0});
    Bytes<5 + 32 + 1216> keys;
    SpanWriter(keys.span()).raw("S1/id").raw(id.subspan(33, 32 + 1216));
    SpanWriter(id.last(64)).raw(m.a.sign(keys.view()));
  });
  CHECK(accept(m.b, m.shelf, no_identity, kStart).error() == Error::bad_key);
  CHECK(accept(m.b, m.shelf, initiated.wire, kStart));
}

TEST_CASE("the first message of a handshake is number 0 of its chain") {
  Meeting m;
  auto initiated = m.initiate();
  const auto second = initiated.session.send(MessageClass::small, as_bytes("second"), m.random_a);
  REQUIRE(second);
  const auto wire = resealed(initiated.wire, m.b, [&](MutableByteView inner) {
    SpanWriter(inner.subspan(kFirstMessageAt)).raw(*second);
  });
  CHECK(accept(m.b, m.shelf, wire, kStart).error() == Error::damaged);
}

TEST_CASE("the first message of a handshake has no chain before it") {
  // A's state before its first message, made again from the same draws.
  Meeting m;
  ScriptedRandom same = m.random_a;
  const Bundle bundle = m.bundle();
  const auto initiated = m.initiate();
  const auto ephemeral = same.draw<crypto::X25519Secret>();
  const auto q =
      *crypto::xwing_encapsulate(bundle.identity.kem_key(), same.draw<crypto::XWingEncapsulationSeed>());
  const auto p =
      *crypto::xwing_encapsulate(bundle.one_time->kem_key(), same.draw<crypto::XWingEncapsulationSeed>());
  const auto spk = bundle.signed_prekey.dh_key();
  const auto ephemeral_public = crypto::x25519_public(ephemeral);
  const Agreement agreed{*crypto::x25519(m.a.dh_secret(), spk),
                         *crypto::x25519(ephemeral, bundle.identity.dh_key()),
                         *crypto::x25519(ephemeral, spk),
                         *crypto::x25519(ephemeral, bundle.one_time->dh_key()),
                         p.shared,
                         q.shared};
  const auto keys =
      derive(agreed, {m.a.identity(), bundle.identity, bundle.signed_prekey.record().view(),
                      bundle.one_time->record().view(), true, ephemeral_public, p.ciphertext, q.ciphertext});
  REQUIRE(keys.id == initiated.session.id());
  auto state = *initiator_state(keys, spk, kStart, same);

  for (const std::uint32_t previous : {0U, 1U}) {
    state.previous = previous;
    const auto first = Session(state).send(MessageClass::small, as_bytes("hello"), same);
    REQUIRE(first);
    const auto wire = resealed(initiated.wire, m.b, [&](MutableByteView inner) {
      SpanWriter(inner.subspan(kFirstMessageAt)).raw(*first);
    });
    CHECK(accept(m.b, m.shelf, wire, kStart).has_value() == (previous == 0));
  }
}

TEST_CASE("everything that goes into a handshake changes all its keys") {
  Meeting m;
  const auto made = [&](auto change) {
    Agreement agreed;
    agreed.ephemeral_to_one_time.emplace();
    crypto::X25519Public ephemeral;
    crypto::XWingCiphertext ctp, ctq;
    Bytes<109> signed_prekey;
    Bytes<1317> kem_prekey;
    bool one_time = true;
    change(agreed, ephemeral, ctp, ctq, signed_prekey, kem_prekey, one_time);
    return derive(agreed, {m.a.identity(), m.b.identity(), signed_prekey.view(), kem_prekey.view(), one_time,
                           ephemeral, ctp, ctq});
  };
  const auto keys = made([](auto&...) {});
  const HandshakeKeys others[] = {
      made([](Agreement& a, auto&...) { a.identity_to_prekey.data()[31] = 1; }),
      made([](Agreement& a, auto&...) { a.ephemeral_to_identity.data()[31] = 1; }),
      made([](Agreement& a, auto&...) { a.ephemeral_to_prekey.data()[31] = 1; }),
      made([](Agreement& a, auto&...) { a.ephemeral_to_one_time->data()[31] = 1; }),
      made([](Agreement& a, auto&...) { a.ssp.data()[31] = 1; }),
      made([](Agreement& a, auto&...) { a.ssq.data()[31] = 1; }),
      made([](Agreement&, auto& ephemeral, auto&...) { ephemeral.raw[31] = 1; }),
      made([](Agreement&, auto&, auto& ctp, auto&...) { ctp.raw[1119] = 1; }),
      made([](Agreement&, auto&, auto&, auto& ctq, auto&...) { ctq.raw[1119] = 1; }),
      made([](Agreement&, auto&, auto&, auto&, auto& spk, auto&...) { spk.raw[108] = 1; }),
      made([](Agreement&, auto&, auto&, auto&, auto&, auto& otk, auto&) { otk.raw[1316] = 1; }),
      made([](Agreement&, auto&, auto&, auto&, auto&, auto&, bool& one_time) { one_time = false; }),
  };
  for (const HandshakeKeys& other : others) {
    CHECK_FALSE(other.root == keys.root);
    CHECK_FALSE(other.initiator_header == keys.initiator_header);
    CHECK_FALSE(other.next_responder_header == keys.next_responder_header);
    CHECK_FALSE(other.id == keys.id);
  }
  const auto the_other_way =
      derive({{}, {}, {}, crypto::X25519Shared{}, {}, {}},
             {m.b.identity(), m.a.identity(), Bytes<109>{}.view(), Bytes<1317>{}.view(), true,
              crypto::X25519Public{}, crypto::XWingCiphertext{}, crypto::XWingCiphertext{}});
  CHECK_FALSE(the_other_way.root == keys.root);
}

TEST_CASE("a bundle with one bad part is refused as a whole") {
  Meeting m;
  const auto& id = m.b.identity();
  const auto spk = m.shelf.spk->record();
  const auto lrk = m.shelf.lrk->record();
  auto otk = m.shelf.otk->record();
  const auto parse = [&](const Fingerprint& fp, Time now) {
    return Bundle::parse(fp, id.bytes().view(), spk.view(), lrk.view(), otk.view(), now);
  };
  CHECK(parse(id.fingerprint(), kStart));
  CHECK(parse(m.a.identity().fingerprint(), kStart).error() == Error::fingerprint_mismatch);
  CHECK(parse(id.fingerprint(), kStart + Days(91)).error() == Error::expired);
  otk.raw[10] ^= 1;
  CHECK(parse(id.fingerprint(), kStart).error() == Error::bad_signature);
}
