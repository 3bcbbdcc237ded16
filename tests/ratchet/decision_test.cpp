// The rules of RATCHET.md section 6, steps 2 to 4, on header and state alone: decide() is given no key it
// could derive anything from but copies of the state, and returns only what to do.
#include "ratchet/decision.h"

#include <doctest/doctest.h>

#include "ratchet/raw_pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;
using Kind = Decision::Kind;

namespace {

constexpr OpenedBy kCurrent{OpenedBy::Kind::current_header};
constexpr OpenedBy kNext{OpenedBy::Kind::next_header};

// Somebody in the middle of a conversation: receive chain at `received`, own kem, nothing pending.
SessionState in_conversation(std::uint32_t received) {
  SessionState s = RawPair().initiator;
  s.peer_kem.emplace();
  s.receive_chain.emplace();
  s.receive_header.emplace();
  s.received = received;
  return s;
}

Header header_of(const SessionState& s, std::uint32_t number, std::uint32_t previous = 0) {
  return {previous, number, *s.peer_dh, *s.peer_kem, crypto::MlKemCiphertext{}};
}

SkippedRun keys_numbered(std::uint32_t from, std::uint32_t to) {
  SkippedRun run;
  for (std::uint32_t n = from; n < to; ++n) run.push_back({n, {}, kStart + kSkippedLifetime});
  return run;
}

}  // namespace

TEST_CASE("a thousand messages may be skipped in a chain, not a thousand and one") {
  const SessionState s = in_conversation(5);
  CHECK(decide(kCurrent, header_of(s, 5), s, {}, kStart)->kind == Kind::same_chain);
  CHECK(decide(kCurrent, header_of(s, 1005), s, {}, kStart)->kind == Kind::same_chain);
  CHECK(decide(kCurrent, header_of(s, 1006), s, {}, kStart).error() == Error::too_far);
  CHECK(decide(kCurrent, header_of(s, kNumberLimit - 1), s, {}, kStart).error() == Error::too_far);
  CHECK(decide(kNext, header_of(s, 1000), s, {}, kStart)->kind == Kind::step);
  CHECK(decide(kNext, header_of(s, 1001), s, {}, kStart).error() == Error::too_far);
}

TEST_CASE("an old chain is finished when it costs at most a thousand keys, else abandoned") {
  const SessionState s = in_conversation(5);
  CHECK_FALSE(decide(kNext, header_of(s, 0, 4), s, {}, kStart)->finish_old_chain);
  CHECK_FALSE(decide(kNext, header_of(s, 0, 5), s, {}, kStart)->finish_old_chain);
  CHECK(decide(kNext, header_of(s, 0, 6), s, {}, kStart)->finish_old_chain);
  CHECK(decide(kNext, header_of(s, 0, 1005), s, {}, kStart)->finish_old_chain);
  CHECK_FALSE(decide(kNext, header_of(s, 0, 1006), s, {}, kStart)->finish_old_chain);
  CHECK(decide(kNext, header_of(s, 400, 605), s, {}, kStart)->finish_old_chain);
  CHECK_FALSE(decide(kNext, header_of(s, 400, 606), s, {}, kStart)->finish_old_chain);
  CHECK_FALSE(decide(kNext, header_of(s, 1000, kNumberLimit - 1), s, {}, kStart)->finish_old_chain);
  SessionState first = s;
  first.receive_chain.reset();
  CHECK_FALSE(decide(kNext, header_of(s, 0, 500), first, {}, kStart)->finish_old_chain);
}

TEST_CASE("a step is refused while our half is pending and when its ML-KEM part does not fit") {
  SessionState s = in_conversation(0);
  Header header = header_of(s, 0);
  header.ciphertext.reset();
  CHECK(decide(kNext, header, s, {}, kStart).error() == Error::wrong_kem_part);
  s.own_kem.reset();
  CHECK(decide(kNext, header, s, {}, kStart));
  CHECK(decide(kNext, header_of(s, 0), s, {}, kStart).error() == Error::wrong_kem_part);
  s.pending = true;
  CHECK(decide(kNext, header, s, {}, kStart).error() == Error::half_pending);
}

TEST_CASE("under the current header key the ratchet keys must be the current ones") {
  const SessionState s = in_conversation(3);
  Header header = header_of(s, 3);
  header.dh.raw[0] ^= 1;
  CHECK(decide(kCurrent, header, s, {}, kStart).error() == Error::wrong_chain);
  header = header_of(s, 3);
  header.kem.raw[0] ^= 1;
  CHECK(decide(kCurrent, header, s, {}, kStart).error() == Error::wrong_chain);
}

TEST_CASE("what was overtaken is taken from the store, what is not there is a replay") {
  const SessionState s = in_conversation(10);
  SkippedKeys skipped;
  skipped.append(keys_numbered(2, 4));
  skipped.replace_header({});
  skipped.append(keys_numbered(7, 8));
  const OpenedBy old{OpenedBy::Kind::old_header, 0};

  const auto current = decide(kCurrent, header_of(s, 7), s, skipped, kStart);
  REQUIRE(current);
  CHECK(current->kind == Kind::stored);
  CHECK(current->place.run == SkippedKeys::kCurrent);
  CHECK(decide(kCurrent, header_of(s, 8), s, skipped, kStart).error() == Error::replay);
  CHECK(decide(old, header_of(s, 3), s, skipped, kStart)->kind == Kind::stored);
  CHECK(decide(old, header_of(s, 4), s, skipped, kStart).error() == Error::replay);
  const Time dead = kStart + kSkippedLifetime;
  CHECK(decide(kCurrent, header_of(s, 7), s, skipped, dead).error() == Error::replay);
  CHECK(decide(old, header_of(s, 3), s, skipped, dead).error() == Error::replay);
}
