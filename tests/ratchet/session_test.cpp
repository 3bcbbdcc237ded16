#include "ratchet/session.h"

#include <doctest/doctest.h>

#include "base/codec.h"
#include "crypto/committed_keys.h"
#include "ratchet/raw_pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

TEST_CASE("messages arrive in both directions, in every class, whole") {
  Pair p;
  for (const auto size : {MessageClass::small, MessageClass::medium, MessageClass::large}) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, max_data(size)}) {
      const ByteVector data(length, 0xA5);
      const auto to_bob = p.alice.send(size, data, p.random_a);
      REQUIRE(to_bob);
      CHECK(to_bob->size() == static_cast<std::size_t>(size));
      const auto at_bob = p.bob.receive(*to_bob, kStart);
      REQUIRE(at_bob);
      CHECK(std::equal(at_bob->begin(), at_bob->end(), data.begin(), data.end()));
      const auto to_alice = p.bob.send(size, data, p.random_b);
      REQUIRE(to_alice);
      CHECK(p.alice.receive(*to_alice, kStart));
    }
  }
}

TEST_CASE("the class of a message is the smallest that holds it") {
  CHECK(class_for(1684) == MessageClass::small);
  CHECK(class_for(1685) == MessageClass::medium);
  CHECK(class_for(13973) == MessageClass::large);
  CHECK_FALSE(class_for(63125));
  CHECK_FALSE(class_of(4095));
}

TEST_CASE("draws happen in the order of the specification, and a refused send draws nothing") {
  Pair p;
  auto draws = p.random_b.draws();
  CHECK(p.bob.send(MessageClass::small, ByteVector(1685), p.random_b).error() == Error::too_long);
  CHECK(p.random_b.draws() == draws);
  const auto first = p.from_bob();  // a send half: dh, kem, encapsulation; then hnonce
  CHECK(p.random_b.draws() == draws + 4);
  const auto second = p.from_bob();
  CHECK(p.random_b.draws() == draws + 5);
  draws = p.random_a.draws();
  CHECK(received(p.alice, second) == "from B");
  CHECK(p.random_a.draws() == draws);
}

TEST_CASE("a responder that has received nothing cannot send") {
  RawPair p;
  Session session(p.responder);
  const auto draws = p.random.draws();
  CHECK_FALSE(session.can_send());
  CHECK(session.send(MessageClass::small, {}, p.random).error() == Error::cannot_send_yet);
  CHECK(p.random.draws() == draws);
}

TEST_CASE("a chain ends before 2^31 messages, and a new send half begins another") {
  RawPair p;
  p.initiator.sent = kNumberLimit - 2;
  Session session(p.initiator);
  CHECK(session.send(MessageClass::small, {}, p.random));
  const auto draws = p.random.draws();
  CHECK(session.send(MessageClass::small, {}, p.random).error() == Error::chain_exhausted);
  CHECK(p.random.draws() == draws);

  p.initiator.sent = kNumberLimit - 1;
  p.initiator.pending = true;
  p.initiator.peer_kem = p.initiator.own_kem->key;
  CHECK(Session(p.initiator).send(MessageClass::small, {}, p.random));
}

TEST_CASE("messages may overtake each other, and each arrives once") {
  Pair p;
  std::vector<ByteVector> wires;
  for (int i = 0; i < 20; ++i) wires.push_back(p.from_alice(std::to_string(i)));
  for (int i = 19; i >= 0; --i) {
    CHECK(received(p.bob, wires[static_cast<std::size_t>(i)]) == std::to_string(i));
    const auto refusal = refused(p.bob, wires[static_cast<std::size_t>(i)]);
    CHECK(refusal.error == Error::replay);
    CHECK_FALSE(refusal.fork);
  }
  CHECK(p.bob.skipped_count() == 0);
}

TEST_CASE("a message of an earlier chain still opens after several steps") {
  Pair p;
  const auto late = p.from_alice("late");
  for (int i = 0; i < 4; ++i) {
    CHECK(received(p.bob, p.from_alice()) == "from A");
    CHECK(received(p.alice, p.from_bob()) == "from B");
  }
  CHECK(received(p.bob, late) == "late");
  CHECK(refused(p.bob, late).error == Error::not_ours);  // its header key went with its last skipped key
}

TEST_CASE("only the five header keys replaced last are kept") {
  Pair p;
  std::vector<ByteVector> late;
  for (int i = 0; i < 7; ++i) {
    late.push_back(p.from_bob("late"));
    CHECK(received(p.alice, p.from_bob()) == "from B");
    CHECK(received(p.bob, p.from_alice()) == "from A");
  }
  CHECK(p.alice.skipped_count() == 6);
  CHECK(refused(p.alice, late[0]).error == Error::not_ours);
  for (std::size_t i = 1; i < late.size(); ++i) CHECK(received(p.alice, late[i]) == "late");
}

TEST_CASE("a thousand lost messages are bridged, a thousand and one are a fork") {
  Pair p;
  std::vector<ByteVector> wires;
  for (int i = 0; i < 1002; ++i) wires.push_back(p.from_alice());
  const auto refusal = refused(p.bob, wires[1001]);  // the handshake's message was number 0: 1001 are missing
  CHECK(refusal.error == Error::too_far);
  CHECK(refusal.fork == crypto::blake2b(ByteView(wires[1001]).subspan(24, 2336)));
  CHECK(received(p.bob, wires[1000]) == "from A");
  CHECK(p.bob.skipped_count() == 1000);
  CHECK(received(p.bob, wires[1001]) == "from A");
}

TEST_CASE("a skipped key lives seven days") {
  Pair p;
  const auto first = p.from_alice("first");
  const auto second = p.from_alice("second");
  CHECK(received(p.bob, p.from_alice(), kStart) == "from A");
  CHECK(received(p.bob, first, kStart + Days(7) - Millis(1)) == "first");
  CHECK(refused(p.bob, second, kStart + Days(7)).error == Error::replay);
  CHECK_FALSE(p.bob.maintain(kStart + Days(7) - Millis(1)));
  CHECK(p.bob.maintain(kStart + Days(7)));
  CHECK(p.bob.skipped_count() == 0);
}

TEST_CASE("an old header key dies with its last skipped key") {
  Pair p;
  const auto late = p.from_alice("late");
  CHECK(received(p.bob, p.from_alice()) == "from A");
  CHECK(received(p.alice, p.from_bob()) == "from B");
  CHECK(received(p.bob, p.from_alice()) == "from A");
  CHECK(refused(p.bob, late, kStart + Days(7)).error == Error::not_ours);
  CHECK(received(p.bob, late, kStart + Days(7) - Millis(1)) == "late");
}

TEST_CASE("wires of other sizes, of nobody, of ourselves and of the handshake are not ours") {
  Pair p;
  const auto wire = p.from_alice();
  CHECK(refused(p.bob, ByteView(wire).first(4095)).error == Error::wrong_size);
  CHECK(refused(p.bob, {}).error == Error::wrong_size);
  CHECK(refused(p.bob, ByteVector(65536)).error == Error::not_ours);
  CHECK(refused(p.alice, wire).error == Error::not_ours);
  CHECK(refused(p.bob, p.handshake).error == Error::not_ours);
  CHECK_FALSE(refused(p.bob, p.handshake).fork);
}

TEST_CASE("an altered message changes nothing and is damage, not a fork, within the chain") {
  Pair p;
  const auto overtaken = p.from_alice();
  CHECK(received(p.bob, p.from_alice()) == "from A");
  for (const auto& wire : {p.from_alice(), overtaken}) {
    for (std::size_t i = 0; i < wire.size(); i += 97) {
      ByteVector altered = wire;
      altered[i] ^= 0x20;
      const auto refusal = refused(p.bob, altered);
      CHECK(refusal.error == (i < 24 + 2336 ? Error::not_ours : Error::damaged));
      CHECK_FALSE(refusal.fork);
    }
    CHECK(received(p.bob, wire) == "from A");
  }
}

TEST_CASE("every bit of the commitment and of the tag counts") {
  Pair p;
  const auto wire = p.from_alice();
  for (std::size_t bit = 2360 * 8; bit < 2408 * 8; ++bit) {
    ByteVector altered = wire;
    altered[bit / 8] = static_cast<Byte>(altered[bit / 8] ^ 1U << bit % 8);
    CHECK(refused(p.bob, altered).error == Error::damaged);
  }
  CHECK(received(p.bob, wire) == "from A");
}

TEST_CASE("an altered message of a new chain counts as a fork, once for its header") {
  Pair p;
  const auto wire = p.from_bob();
  ByteVector altered = wire;
  altered[3000] ^= 1;
  const auto first = refused(p.alice, altered);
  CHECK(first.error == Error::damaged);
  REQUIRE(first.fork);
  altered[3001] ^= 1;
  CHECK(refused(p.alice, altered).fork == first.fork);
  CHECK(received(p.alice, wire) == "from B");
}

TEST_CASE("a peer that runs on a restored state is a fork") {
  Pair p;
  const Session saved = p.bob;
  CHECK(received(p.alice, p.from_bob()) == "from B");
  p.bob = saved;
  const auto forked = p.from_bob();  // the same header key, but another send half
  const auto refusal = refused(p.alice, forked);
  CHECK(refusal.error == Error::wrong_chain);
  CHECK(refusal.fork == crypto::blake2b(ByteView(forked).subspan(24, 2336)));
}

TEST_CASE("a step that answers what a restored side no longer knows is refused while its half is pending") {
  Pair p;
  CHECK(received(p.alice, p.from_bob()) == "from B");
  const Session saved = p.alice;
  CHECK(received(p.bob, p.from_alice()) == "from A");
  p.alice = saved;
  const auto refusal = refused(p.alice, p.from_bob());
  CHECK(refusal.error == Error::half_pending);
  CHECK(refusal.fork);
}

TEST_CASE("contents have one form: a length that fits, the data, zeros") {
  RawPair p;
  const ChainKey chain = *p.initiator.send_chain;
  Session alice(p.initiator), bob(p.responder);
  const auto wire = alice.send(MessageClass::small, as_bytes("hi"), p.random);
  REQUIRE(wire);
  ChainKey turned = chain;
  const MessageKey key = advance(turned, 0);
  // The wire with its plaintext changed by one who holds the message key, as a hostile peer does.
  const auto with = [&](std::size_t at, Byte value) {
    const WireView view(*wire);
    const auto info = Writer().raw("S1/mk").raw(p.keys.id).take();
    const auto keys = crypto::committed_keys(view.nonce, key.view(), info);
    ByteVector out = *wire;
    const MutableByteView contents = MutableByteView(out).subspan(2408);
    const auto tag = *crypto::AeadTag::from(view.tag);
    REQUIRE(crypto::aead_decrypt(keys.key, keys.nonce, view.contents, {}, tag, contents));
    contents[at] = value;
    const auto new_tag = crypto::aead_encrypt(keys.key, keys.nonce, contents, {}, contents);
    const auto com =
        crypto::blake2b_keyed(keys.commitment, "S1/com", p.keys.id, view.nonce, view.header, new_tag);
    SpanWriter(MutableByteView(out).subspan(2360)).raw(com).raw(new_tag);
    return out;
  };
  CHECK(refused(bob, with(6, 1)).error == Error::damaged);     // the first byte after the data
  CHECK(refused(bob, with(1687, 1)).error == Error::damaged);  // the last
  CHECK(refused(bob, with(3, 1)).error == Error::damaged);     // a length beyond the class
  CHECK(received(bob, with(4, 'H')) == "Hi");
}

TEST_CASE("a hostile KEM key breaks the session, not the process") {
  RawPair p;
  crypto::MlKemPublic hostile;
  hostile.raw.fill(0xFF);
  p.pretend_kem_key(hostile);
  Session mallory(p.initiator), bob(p.responder);
  const auto wire = mallory.send(MessageClass::small, as_bytes("hi"), p.random);
  REQUIRE(wire);
  CHECK(received(bob, *wire) == "hi");
  const SecretVector before = bob.serialise();
  const auto draws = p.random.draws();
  CHECK(bob.send(MessageClass::small, {}, p.random).error() == Error::bad_peer_key);
  CHECK(p.random.draws() == draws);
  CHECK(bob.serialise() == before);
}

TEST_CASE("a header is well-formed in one way only") {
  Header header;
  header.number = kNumberLimit - 1;
  header.previous = kNumberLimit - 1;
  const HeaderBytes good = header.encode();
  REQUIRE(Header::parse(good));
  for (const std::size_t at : {1225U, 2312U, 2313U, 2319U}) {  // ct while flag is clear, padding
    HeaderBytes altered = good;
    altered.raw[at] = 1;
    CHECK_FALSE(Header::parse(altered));
  }
  HeaderBytes altered = good;
  altered.raw[0] = 2;
  CHECK_FALSE(Header::parse(altered));
  header.number = kNumberLimit;
  CHECK_FALSE(Header::parse(header.encode()));
  header.number = 0;
  header.previous = kNumberLimit;
  CHECK_FALSE(Header::parse(header.encode()));
}

TEST_CASE("a new handshake is due after 90 days, or after 30 without an answer") {
  Pair p;
  CHECK_FALSE(p.alice.needs_handshake(kStart + Days(30) - Millis(1)));
  CHECK(p.alice.needs_handshake(kStart + Days(30)));
  CHECK(received(p.alice, p.from_bob(), kStart + Hours(1)) == "from B");
  CHECK(received(p.alice, p.from_bob(), kStart + Hours(2)) == "from B");
  CHECK(p.alice.answered() == kStart + Hours(1));  // the first
  CHECK_FALSE(p.alice.needs_handshake(kStart + Days(90) - Millis(1)));
  CHECK(p.alice.needs_handshake(kStart + Days(90)));
}
