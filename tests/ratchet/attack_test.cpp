// What somebody can try who holds some of the keys: a hostile peer, a thief of a state, a person restored
// from a copy.
#include <doctest/doctest.h>

#include <algorithm>

#include "ratchet/derivations.h"
#include "ratchet/raw_pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

// Two sessions that have both sent and received, and the state behind each.
struct Conversation : RawPair {
  Conversation() : alice(initiator), bob(responder) {
    for (int i = 0; i < 2; ++i) {
      pass(alice, bob);
      pass(bob, alice);
    }
    pass(alice, bob);
  }

  void pass(Session& from, Session& to) {
    const auto wire = from.send(MessageClass::small, as_bytes("hello"), random);
    REQUIRE(wire);
    REQUIRE(to.receive(*wire, kStart));
  }

  Session alice, bob;
};

// Somebody who has received on a chain and has answered: what a hostile peer aims at, in the open.
struct Target {
  Target() {
    state = RawPair().initiator;
    peer_header = random.draw<HeaderKey>();
    peer_chain = random.draw<ChainKey>();
    state.peer_kem = state.own_kem->key;
    state.receive_header = peer_header;
    state.receive_chain = peer_chain;
    state.received = 5;
  }

  [[nodiscard]] Header current(std::uint32_t number) const {
    return {0, number, *state.peer_dh, *state.peer_kem, {}};
  }
  [[nodiscard]] Header step(std::uint32_t number, std::uint32_t previous = 0) const {
    return {previous, number, crypto::x25519_public(crypto::X25519Secret{}), state.own_kem->key,
            crypto::MlKemCiphertext{}};
  }

  // What receiving that header is answered with, and how many operations it cost.
  Error refusal(const HeaderKey& key, const Header& header) {
    Session session(state);
    const ByteVector wire =
        seal_message(MessageClass::small, random.draw<HeaderNonce>(), key, header, {}, state.id, {});
    const std::size_t before = derivations();
    const auto refused_with = refused(session, wire);
    cost = derivations() - before;
    return refused_with.error;
  }

  ScriptedRandom random{seed_of(77)};
  SessionState state;
  HeaderKey peer_header;
  ChainKey peer_chain;
  std::size_t cost = 0;
};

}  // namespace

TEST_CASE("what is refused by its header costs not one key derivation") {
  Target t;
  const HeaderKey& now = t.peer_header;
  const HeaderKey& next = t.state.next_receive_header;
  CHECK(t.refusal(now, t.current(5 + 1001)) == Error::too_far);
  CHECK(t.cost == 0);
  CHECK(t.refusal(now, t.current(kNumberLimit - 1)) == Error::too_far);
  CHECK(t.cost == 0);
  CHECK(t.refusal(next, t.step(1001)) == Error::too_far);
  CHECK(t.cost == 0);
  CHECK(t.refusal(now, t.current(4)) == Error::replay);
  CHECK(t.cost == 0);
  CHECK(t.refusal(now, t.step(5)) == Error::wrong_chain);
  CHECK(t.cost == 0);
  Header stripped = t.step(0);
  stripped.ciphertext.reset();
  CHECK(t.refusal(next, stripped) == Error::wrong_kem_part);
  CHECK(t.cost == 0);
  t.state.pending = true;
  CHECK(t.refusal(next, t.step(0)) == Error::half_pending);
  CHECK(t.cost == 0);
}

TEST_CASE(
    "the count sees what is derived, and a claim about an old chain costs nothing when it is too much") {
  Target t;
  CHECK(t.refusal(t.peer_header, t.current(5 + 1000)) == Error::damaged);
  constexpr std::size_t kHkdf = 3;  // extract once, expand twice
  CHECK(t.cost ==
        1000 + 1 + kHkdf);  // the keys to skip, the message's own, and from it those of the contents
  CHECK(t.refusal(t.state.next_receive_header, t.step(0, kNumberLimit - 1)) == Error::damaged);
  constexpr std::size_t kStep =
      1 + 1 + kHkdf + 1 + kHkdf;  // DH, KEM, the step, a message key, the contents' keys
  CHECK(t.cost == kStep);         // and nothing of the old chain
  CHECK(t.refusal(t.state.next_receive_header, t.step(0, 5 + 10)) == Error::damaged);
  CHECK(t.cost == kStep + 10);
}

TEST_CASE("everything that goes into a step changes all that comes out of it") {
  const Target t;
  const SessionState& s = t.state;
  const crypto::MlKemCiphertext ciphertext{{1}};
  const auto made = [&](Byte root, Byte dh, Byte kem, auto change) {
    RootKey root_key;
    crypto::X25519Shared dh_secret;
    crypto::MlKemShared kem_secret;
    root_key.data()[0] = root;
    dh_secret.data()[31] = dh;
    kem_secret.data()[31] = kem;
    crypto::X25519Public sender = s.own_dh_public, receiver = *s.peer_dh;
    crypto::MlKemPublic sender_kem = s.own_kem->key;
    std::optional<crypto::MlKemPublic> receiver_kem = s.peer_kem;
    std::optional<crypto::MlKemCiphertext> ct = ciphertext;
    change(sender, receiver, sender_kem, receiver_kem, ct);
    return step(root_key, dh_secret, kem_secret, {sender, receiver, sender_kem, receiver_kem, ct});
  };
  const auto nothing = [](auto&...) {};
  const StepKeys one = made(0, 0, 0, nothing);
  const StepKeys others[] = {
      made(1, 0, 0, nothing),
      made(0, 1, 0, nothing),
      made(0, 0, 1, nothing),
      made(0, 0, 0, [](auto& sender, auto&, auto&, auto&, auto&) { sender.raw[31] ^= 1; }),
      made(0, 0, 0, [](auto&, auto& receiver, auto&, auto&, auto&) { receiver.raw[31] ^= 1; }),
      made(0, 0, 0, [](auto&, auto&, auto& kem, auto&, auto&) { kem.raw[1183] ^= 1; }),
      made(0, 0, 0, [](auto&, auto&, auto&, auto& kem, auto&) { kem->raw[1183] ^= 1; }),
      made(0, 0, 0, [](auto&, auto&, auto&, auto& kem, auto&) { kem.reset(); }),
      made(0, 0, 0, [](auto&, auto&, auto&, auto&, auto& ct) { ct->raw[1087] ^= 1; }),
      made(0, 0, 0, [](auto&, auto&, auto&, auto&, auto& ct) { ct.reset(); }),
  };
  for (const StepKeys& other : others) {
    CHECK_FALSE(other.root == one.root);
    CHECK_FALSE(other.chain == one.chain);
    CHECK_FALSE(other.next_header == one.next_header);
  }
}

TEST_CASE("a step to an all-zero key is refused") {
  Target t;
  Header header = t.step(0);
  header.dh = {};
  CHECK(t.refusal(t.state.next_receive_header, header) == Error::bad_key);
}

TEST_CASE("a restored old state never uses a keystream again") {
  Conversation c;
  const Session saved = c.alice;
  // Contents of known bytes give their keystream away to whoever holds both wires.
  const auto keystream = [&](Byte fill) {
    Session restored = saved;
    const ByteVector data(max_data(MessageClass::small), fill);
    const auto wire = restored.send(MessageClass::small, data, c.random);
    REQUIRE(wire);
    ByteVector stream(wire->begin() + 2408 + 4, wire->end());
    for (Byte& b : stream) b ^= fill;
    return stream;
  };
  const ByteVector one = keystream(0x00), two = keystream(0x00), three = keystream(0xFF);
  for (std::size_t i = 0; i + 16 <= one.size(); ++i) {
    const auto same_at = [i](const ByteVector& a, const ByteVector& b) {
      return std::equal(a.begin() + static_cast<std::ptrdiff_t>(i),
                        a.begin() + static_cast<std::ptrdiff_t>(i + 16),
                        b.begin() + static_cast<std::ptrdiff_t>(i));
    };
    CHECK_FALSE(same_at(one, two));
    CHECK_FALSE(same_at(one, three));
    CHECK_FALSE(same_at(two, three));
  }
}

TEST_CASE("a prekey of one kind cannot be handed out as another") {
  Meeting m;
  const Identity& owner = m.b.identity();
  const auto spk = m.shelf.spk->record();
  const auto lrk = m.shelf.lrk->record();
  const auto otk = m.shelf.otk->record();
  const auto bundle = [&](ByteView s, ByteView l, ByteView o) {
    return Bundle::parse(owner.fingerprint(), owner.bytes().view(), s, l, o, kStart).has_value();
  };
  REQUIRE(bundle(spk.view(), lrk.view(), otk.view()));
  const ByteView records[] = {spk.view(), lrk.view(), otk.view()};
  for (const ByteView s : records) {
    for (const ByteView l : records) {
      for (const ByteView o : records) {
        const bool right = s.data() == spk.data() && l.data() == lrk.data() && o.data() == otk.data();
        CHECK(bundle(s, l, o) == right);
      }
    }
  }
  // Cut or padded to the size of another kind, and with its tag: the signature covers the tag.
  for (const ByteView record : records) {
    for (const std::size_t size : {109U, 1293U, 1317U}) {
      for (const Byte tag : {Byte{0x11}, Byte{0x12}, Byte{0x13}}) {
        ByteVector dressed(record.begin(), record.end());
        dressed.resize(size);
        dressed[0] = tag;
        if (dressed == ByteVector(record.begin(), record.end())) continue;
        CHECK_FALSE(SignedPrekey::parse(dressed, owner, kStart));
        CHECK_FALSE(LastResortPrekey::parse(dressed, owner, kStart));
        CHECK_FALSE(OneTimePrekey::parse(dressed, owner));
      }
    }
  }
}

namespace {

// What B publishes, with some bytes replaced by somebody who owns its signing key: the attacker.
struct HostileBundle {
  explicit HostileBundle(const Meeting& m)
      : owner(m.b),
        identity(m.b.identity().bytes()),
        spk(m.shelf.spk->record()),
        lrk(m.shelf.lrk->record()),
        otk(m.shelf.otk->record()) {}

  // The error that initiate() refuses it with.
  std::optional<Error> refused_with(Meeting& m, bool with_one_time) {
    Bytes<5 + 32 + 1216> keys;
    SpanWriter(keys.span()).raw("S1/id").raw(identity.view().subspan(33, 32 + 1216));
    SpanWriter(identity.span().last(64)).raw(owner.sign(keys.view()));
    const Fingerprint fingerprint{crypto::blake2b("S1/fp", identity).raw};
    sign(spk, fingerprint);
    sign(lrk, fingerprint);
    sign(otk, fingerprint);
    const auto bundle = Bundle::parse(fingerprint, identity.view(), spk.view(), lrk.view(),
                                      with_one_time ? std::optional(otk.view()) : std::nullopt, kStart);
    REQUIRE(bundle);
    const auto initiated = initiate(m.a, *bundle, {}, {}, kStart, m.random_a);
    return initiated ? std::nullopt : std::optional(initiated.error());
  }

  template <class Record>
  void sign(Record& record, const Fingerprint& fingerprint) const {
    Bytes<5 + Record::size - 64 + 32> covered;
    SpanWriter(covered.span()).raw("S1/pk").raw(record.view().first(Record::size - 64)).raw(fingerprint);
    SpanWriter(record.span().last(64)).raw(owner.sign(covered.view()));
  }

  const IdentitySecret& owner;
  IdentityBytes identity;
  SignedPrekey::Record spk;
  LastResortPrekey::Record lrk;
  OneTimePrekey::Record otk;
};

}  // namespace

TEST_CASE("nothing is agreed with a bundle whose keys are all zero or not canonical") {
  Meeting m;
  const auto with = [&](bool with_one_time, auto part, std::size_t at, std::size_t length, Byte value) {
    HostileBundle bundle(m);
    auto& bytes = (bundle.*part).raw;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length, value);
    return bundle.refused_with(m, with_one_time);
  };
  const auto identity = &HostileBundle::identity;
  const auto spk = &HostileBundle::spk;
  const auto lrk = &HostileBundle::lrk;
  const auto otk = &HostileBundle::otk;
  constexpr std::size_t kMlKem = 1184;
  for (const bool with_one_time : {true, false}) {
    CHECK_FALSE(with(with_one_time, identity, 0, 0, 0));
    CHECK(with(with_one_time, identity, 33, 32, 0x00) == Error::bad_key);           // IKd
    CHECK(with(with_one_time, identity, 65 + kMlKem, 32, 0x00) == Error::bad_key);  // IKq, X25519 half
    CHECK(with(with_one_time, identity, 65, 1152, 0xFF) == Error::bad_key);         // IKq, ML-KEM half
    CHECK(with(with_one_time, spk, 5, 32, 0x00) == Error::bad_key);
  }
  CHECK(with(true, otk, 5, 32, 0x00) == Error::bad_key);
  CHECK(with(true, otk, 37 + kMlKem, 32, 0x00) == Error::bad_key);
  CHECK(with(true, otk, 37, 1152, 0xFF) == Error::bad_key);         // coefficients of 4095
  CHECK(with(true, otk, 37 + 3 * 100, 2, 0xFF) == Error::bad_key);  // one of them is enough
  CHECK(with(false, lrk, 5 + kMlKem, 32, 0x00) == Error::bad_key);
  CHECK(with(false, lrk, 5 + 3 * 383, 2, 0xFF) == Error::bad_key);
}
