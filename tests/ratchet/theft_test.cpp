// What a stolen state opens, and from when on it opens nothing (README.md, "What heals when").
#include <doctest/doctest.h>

#include "ratchet/pair.h"
#include "ratchet/thief.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

constexpr std::size_t kA = 0, kB = 1;

struct Sent {
  std::size_t from;
  int turn;           // which send half it belongs to; A's are even, B's odd, each answers the one before
  bool promised;      // written when its contents must be closed to the thief by the promise
  bool header_too;    // and its header
  bool gone = false;  // lost or opened
  bool opened = false;
};

// Two people who write, lose and reorder messages; a copy goes on as the original would.
class Life {
 public:
  explicit Life(std::uint64_t number) : pair_(number), dice_(seed_of(1000 + number)) {}

  [[nodiscard]] std::uint32_t roll(std::uint32_t sides) { return dice_.draw<Bytes<1>>().raw[0] % sides; }

  std::size_t send(std::size_t from) {
    ScriptedRandom& random = from == kA ? pair_.random_a : pair_.random_b;
    const auto draws = random.draws();
    wires_.push_back(from == kA ? pair_.from_alice() : pair_.from_bob());
    if (random.draws() - draws > 1) turn_[from] = heard_[from] + 1;
    sent_.push_back({from, turn_[from], closes_[from] >= 1, closes_[from] >= 2});
    return wires_.size() - 1;
  }

  bool deliver(std::size_t index) {
    Sent& message = sent_[index];
    message.gone = true;
    const std::size_t to = 1 - message.from;
    if (!session(to).receive(wires_[index], kStart)) return false;
    message.opened = true;
    heard_[to] = std::max(heard_[to], message.turn);
    // Whoever has opened what was promised writes closed messages as well.
    closes_[to] = std::max(closes_[to], message.header_too ? 2 : message.promised ? 1 : 0);
    return true;
  }

  void anything() {
    const std::uint32_t what = roll(5);
    if (what < 3 || wires_.empty()) {
      send(what % 2);
      return;
    }
    const std::size_t index = roll(static_cast<std::uint32_t>(wires_.size()));
    if (sent_[index].gone) return;
    if (what == 3) {
      deliver(index);
    } else {
      sent_[index].gone = roll(3) == 0;
    }
  }

  // The victim writes, the peer opens it and answers, the victim opens the answer.
  void honest_round_trip(std::size_t victim) {
    REQUIRE(deliver(send(victim)));
    REQUIRE(deliver(send(1 - victim)));
    ++closes_[victim];
  }

  // The first turn whose send half `victim` will draw from now on.
  [[nodiscard]] int next_own_turn(std::size_t victim) const {
    return heard_[victim] > turn_[victim] ? heard_[victim] + 1 : turn_[victim] + 2;
  }

  [[nodiscard]] SecretVector state_of(std::size_t who) { return session(who).serialise(); }
  [[nodiscard]] const std::vector<ByteVector>& wires() const { return wires_; }
  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }

 private:
  Session& session(std::size_t who) { return who == kA ? pair_.alice : pair_.bob; }

  Pair pair_;
  ScriptedRandom dice_;
  int turn_[2] = {0, -1};   // the latest of each one's own turns; the handshake's message is of turn 0
  int heard_[2] = {-1, 0};  // the latest turn of the other that each has received
  int closes_[2] = {0, 0};  // what the promise says of what each writes now: 1 contents, 2 headers too
  std::vector<ByteVector> wires_;
  std::vector<Sent> sent_;
};

// Goes on from the theft in every way that matters: more of the random life, the round trip, and what both
// write afterwards, also before they have opened what the other wrote.
void live_on(Life& life, std::size_t victim) {
  const std::size_t peer = 1 - victim;
  for (std::uint32_t i = life.roll(6); i > 0; --i) life.anything();
  life.honest_round_trip(victim);
  const auto healed = life.send(victim);
  life.send(victim);
  life.send(peer);  // still belongs to its answer
  REQUIRE(life.deliver(healed));
  life.send(peer);
  life.honest_round_trip(victim);
  REQUIRE(life.deliver(life.send(victim)));
  life.send(peer);
}

// The secrets that either side draws, by their public keys.
Broken secrets_of(std::uint64_t number) {
  Broken out;
  for (const std::uint64_t seed : {2 * number, 2 * number + 1}) {
    ScriptedRandom source(seed_of(seed));
    for (int draw = 0; draw < 80; ++draw) {
      const auto bytes = source.draw<crypto::MlKemSeed>();  // a shorter draw is the beginning of a longer one
      const auto secret = *crypto::X25519Secret::from(bytes.view().first(32));
      out.dh[crypto::x25519_public(secret)] = secret;
      out.kem[crypto::mlkem768_public(bytes)] = bytes;
    }
  }
  return out;
}

}  // namespace

TEST_CASE(
    "a state stolen at any point opens nothing that was read, and nothing after one honest round trip") {
  std::size_t opened = 0, closed = 0, headers_closed = 0;
  for (std::uint64_t number = 0; number < 8; ++number) {
    const Broken all = secrets_of(number);
    Life life(number);
    for (int point = 0; point < 14; ++point, life.anything()) {
      for (const std::size_t victim : {kA, kB}) {
        Life after = life;
        const SecretVector stolen = after.state_of(victim);
        const std::vector<Sent> past = after.sent();
        const std::size_t before = past.size();
        const int fresh = after.next_own_turn(victim);
        live_on(after, victim);
        const auto check = [&](Broken broken) {
          const auto sights = Thief(stolen, std::move(broken)).read(after.wires());
          for (std::size_t i = 0; i < before; ++i) {
            if (past[i].from == victim || past[i].opened) CHECK_FALSE(sights[i].contents);
          }
          for (std::size_t i = before; i < sights.size(); ++i) {
            const Sent& message = after.sent()[i];
            CAPTURE(number);
            CAPTURE(point);
            CAPTURE(i);
            // The promise.
            if (message.promised) CHECK_FALSE(sights[i].contents);
            if (message.header_too) CHECK_FALSE(sights[i].header);
            // And exactly what the specification gives: no more, so that the promise is not vacuous, no less.
            CHECK(sights[i].contents == (message.turn < fresh));
            CHECK(sights[i].header == (message.turn < fresh + 2));
            opened += sights[i].contents ? 1 : 0;
            closed += message.promised ? 1 : 0;
            headers_closed += message.header_too ? 1 : 0;
          }
        };
        check({});
        if (point % 3 != 0) continue;
        check({all.dh, {}});   // also for one who has a quantum computer
        check({{}, all.kem});  // and should it be ML-KEM that breaks
        // Who breaks both reads everything: those two were not harmless for another reason.
        const auto everything = Thief(stolen, all).read(after.wires());
        for (std::size_t i = before; i < everything.size(); ++i) CHECK(everything[i].contents);
      }
    }
  }
  CHECK(opened > 500);
  CHECK(closed > 1000);
  CHECK(headers_closed > 300);
}
