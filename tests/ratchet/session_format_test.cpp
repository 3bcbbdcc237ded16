#include <doctest/doctest.h>

#include "base/text.h"
#include "ratchet/raw_pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

// A session with every optional field, old header keys and skipped keys.
Session full_session() {
  Pair p;
  for (int round = 0; round < 3; ++round) {
    const auto overtaken = p.from_bob();
    CHECK(received(p.alice, p.from_bob()) == "from B");
    CHECK(received(p.bob, p.from_alice()) == "from A");
  }
  return p.alice;
}

}  // namespace

TEST_CASE("a stored session goes on as if it had never been stored") {
  Pair p;
  const auto overtaken = p.from_bob("overtaken");
  CHECK(received(p.alice, p.from_bob()) == "from B");
  auto restored = Session::parse(p.alice.serialise());
  REQUIRE(restored);
  CHECK(restored->serialise() == p.alice.serialise());
  CHECK(received(*restored, overtaken) == "overtaken");
  p.alice = *restored;
  CHECK(received(p.bob, p.from_alice()) == "from A");
  CHECK(received(p.alice, p.from_bob()) == "from B");
}

TEST_CASE("the worked example of ratchet/README.md") {
  Pair p;
  const SecretVector stored = p.bob.serialise();
  CHECK(stored.size() == 1506);
  CHECK(to_hex(ByteView(stored).first(4)) == "2501a603");
  CHECK(to_hex(ByteView(stored).last(2)) == "0000");

  const auto overtaken = p.from_alice();
  CHECK(received(p.bob, p.from_alice()) == "from A");
  const SecretVector longer = p.bob.serialise();
  CHECK(longer.size() == 1550);
  CHECK(to_hex(ByteView(longer).subspan(1505, 5)) == "0101000000");
}

TEST_CASE("a stored session that was cut, prolonged or written by another version is refused") {
  SecretVector stored = full_session().serialise();
  REQUIRE(Session::parse(stored));
  for (std::size_t n = 0; n < stored.size(); ++n) {
    CHECK(Session::parse(ByteView(stored).first(n)).error() == Error::bad_state);
  }
  stored.push_back(0);
  CHECK(Session::parse(stored).error() == Error::bad_state);
  stored[1] = 2;
  CHECK(Session::parse(stored).error() == Error::newer_version);
  stored[1] = 0;
  CHECK(Session::parse(stored).error() == Error::older_version);
  stored[0] = 0x21;
  CHECK(Session::parse(stored).error() == Error::bad_state);
}

TEST_CASE("a stored session holds only states that can be") {
  const auto reads = [](auto change) {
    SessionState s = RawPair().initiator;
    change(s);
    return Session::parse(Session(s).serialise()).has_value();
  };
  CHECK(reads([](SessionState&) {}));
  CHECK_FALSE(reads([](SessionState& s) { s.send_header.reset(); }));
  CHECK_FALSE(reads([](SessionState& s) { s.own_kem.reset(); }));
  CHECK_FALSE(reads([](SessionState& s) { s.peer_dh.reset(); }));
  CHECK_FALSE(reads([](SessionState& s) { s.receive_chain.emplace(); }));
  CHECK_FALSE(reads([](SessionState& s) { s.pending = true; }));
  CHECK_FALSE(reads([](SessionState& s) { s.sent = kNumberLimit; }));
  CHECK_FALSE(reads([](SessionState& s) { s.previous = kNumberLimit; }));
}

TEST_CASE("a stored session cannot name fields that do not belong together") {
  const SecretVector stored = full_session().serialise();
  for (unsigned bit = 0; bit < 16; ++bit) {
    SecretVector altered = stored;
    altered[2 + bit / 8] = static_cast<Byte>(altered[2 + bit / 8] ^ 1U << bit % 8);
    const bool pending = bit == 9;  // the one bit without bytes: either value is a state that can be
    CHECK(Session::parse(altered).has_value() == pending);
  }
}
