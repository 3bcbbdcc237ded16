// After a session is gone its secrets are gone: from where it lay, and from every block of the heap it ever
// used.
#include <doctest/doctest.h>

#include <new>

#include "ratchet/raw_pair.h"
#include "secrets/memory_watch.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

constexpr std::size_t kSkipped = 40;

// What of a state must not survive it.
void look_for_secrets(MemoryWatch& watch, const SessionState& s) {
  watch.look_for(s.root.view());
  watch.look_for(s.own_dh.view());
  watch.look_for(s.own_kem->seed.view());
  watch.look_for(s.own_kem->expanded->view());
  watch.look_for(s.send_chain->view());
  watch.look_for(s.send_header->view());
  watch.look_for(s.next_send_header.view());
  watch.look_for(s.next_receive_header.view());
}

// The message keys of the initiator's first chain, which the responder will skip.
void look_for_message_keys(MemoryWatch& watch, const SessionState& initiator) {
  ChainKey chain = *initiator.send_chain;
  for (std::uint32_t n = 0; n <= kSkipped; ++n) {
    watch.look_for(advance(chain, n).view());
    watch.look_for(chain.view());
  }
}

alignas(Session) Byte place[sizeof(Session)];

}  // namespace

TEST_CASE("the watch sees a secret that is left behind") {
  MemoryWatch watch;
  ScriptedRandom random(seed_of(1));
  const auto secret = random.draw<Secret<32>>();
  watch.look_for(secret.view());
  CHECK(watch.found_in(secret.view()) == 1);
  {
    const ByteVector careless(secret.view().begin(), secret.view().end());
    asm volatile("" : : "r"(careless.data()) : "memory");  // or it would never be made
  }
  CHECK(watch.freed_with_secrets() == 1);
  { const SecretVector careful(secret.view().begin(), secret.view().end()); }
  CHECK(watch.freed_with_secrets() == 1);
}

TEST_CASE("an erased session leaves none of its secrets in its memory") {
  RawPair p;
  MemoryWatch watch;
  look_for_secrets(watch, p.initiator);
  auto* session = new (place) Session(p.initiator);
  REQUIRE(watch.found_in(place) > 4);  // they are there while it lives
  session->~Session();
  CHECK(watch.found_in(place) == 0);
}

TEST_CASE("sending, receiving, skipping, storing and erasing give no secret back to the heap") {
  RawPair p;
  MemoryWatch watch;
  look_for_secrets(watch, p.initiator);
  look_for_message_keys(watch, p.initiator);
  std::optional<Session> alice(std::move(p.initiator));  // moved: nobody else holds its expanded key
  p.initiator = {};
  std::vector<ByteVector> wires;
  for (std::size_t i = 0; i <= kSkipped; ++i) {
    const auto wire = alice->send(MessageClass::small, as_bytes("the plaintext of a message"), p.random);
    REQUIRE(wire);
    wires.push_back(*wire);
  }
  watch.look_for(as_bytes("the plaintext of a message"));

  auto* bob = new (place) Session(p.responder);
  REQUIRE(bob->receive(wires.back(), kStart));
  CHECK(bob->skipped_count() == kSkipped);
  {
    const SecretVector stored = bob->serialise();
    REQUIRE(watch.found_in(stored) > kSkipped);
    auto copy = Session::parse(stored);
    REQUIRE(copy);
    REQUIRE(copy->receive(wires[7], kStart));
    *bob = *copy;
  }
  ByteVector altered = wires[3];
  altered[4000] ^= 1;
  CHECK_FALSE(bob->receive(altered, kStart));
  const auto answer = bob->send(MessageClass::small, {}, p.random);
  REQUIRE(answer);
  REQUIRE(alice->receive(*answer, kStart));
  REQUIRE(alice->send(MessageClass::small, {}, p.random));  // with a key of its own again
  alice.reset();
  REQUIRE(bob->maintain(kStart + kSkippedLifetime));
  bob->~Session();

  CHECK(watch.found_in(place) == 0);
  CHECK(watch.freed() > 20);
  CHECK(watch.freed_with_secrets() == 0);
}

TEST_CASE("an identity and its prekeys leave nothing behind") {
  ScriptedRandom random(seed_of(3));
  ScriptedRandom same(seed_of(3));
  MemoryWatch watch;
  const auto signing = same.draw<crypto::Ed25519Seed>();
  const auto dh = same.draw<crypto::X25519Secret>();
  const auto kem = same.draw<crypto::XWingSeed>();
  for (const ByteView secret : {signing.view(), dh.view(), kem.view()}) watch.look_for(secret);
  alignas(IdentitySecret) static Byte identity_place[sizeof(IdentitySecret)];
  auto* identity = new (identity_place) IdentitySecret(IdentitySecret::generate(random));
  REQUIRE(watch.found_in(identity_place) == 3);
  {
    const SecretVector stored = identity->serialise();
    REQUIRE(watch.found_in(stored) == 3);
    CHECK(IdentitySecret::parse(stored));
  }
  identity->~IdentitySecret();
  CHECK(watch.found_in(identity_place) == 0);
  CHECK(watch.freed_with_secrets() == 0);
}
