#include "ratchet/identity.h"

#include <doctest/doctest.h>

#include "ratchet/pair.h"

using namespace tacet;
using namespace tacet::test;
using ratchet::Error;
using ratchet::Identity;
using ratchet::IdentitySecret;

TEST_CASE("an identity draws three times and parses back from its bytes") {
  ScriptedRandom random(seed_of(1));
  const auto secret = IdentitySecret::generate(random);
  CHECK(random.draws() == 3);
  const auto parsed = Identity::parse(secret.identity().bytes().view(), secret.identity().fingerprint());
  REQUIRE(parsed);
  CHECK(*parsed == secret.identity());
  CHECK(parsed->kem_key() == secret.kem().public_key());
  CHECK(parsed->dh_key() == crypto::x25519_public(secret.dh_secret()));
}

TEST_CASE("an identity with any altered byte, another length or another fingerprint is refused") {
  ScriptedRandom random(seed_of(1));
  const auto secret = IdentitySecret::generate(random);
  const auto& bytes = secret.identity().bytes();
  for (std::size_t i = 0; i < bytes.size; i += 7) {
    auto altered = bytes;
    altered.raw[i] ^= 0x04;
    const auto parsed = Identity::parse(altered.view());
    CHECK(parsed.error() == (i == 0 ? Error::malformed : Error::bad_signature));
  }
  CHECK(Identity::parse(bytes.view().first(1344)).error() == Error::malformed);
  CHECK(Identity::parse({}).error() == Error::malformed);
  const auto other = IdentitySecret::generate(random);
  CHECK(Identity::parse(bytes.view(), other.identity().fingerprint()).error() == Error::fingerprint_mismatch);
}

TEST_CASE("a safety number has twelve groups of five digits and is the same on both sides") {
  Meeting m;
  const auto& a = m.a.identity().fingerprint();
  const auto& b = m.b.identity().fingerprint();
  const std::string number = ratchet::safety_number(a, b);
  CHECK(number == ratchet::safety_number(b, a));
  CHECK(number != ratchet::safety_number(a, a));
  REQUIRE(number.size() == 71);
  for (std::size_t i = 0; i < number.size(); ++i) {
    CHECK((i % 6 == 5 ? number[i] == ' ' : (number[i] >= '0' && number[i] <= '9')));
  }
}

TEST_CASE("identity secrets survive being stored, and other versions are told apart from damage") {
  ScriptedRandom random(seed_of(1));
  const auto secret = IdentitySecret::generate(random);
  SecretVector stored = secret.serialise();
  CHECK(stored.size() == 98);
  const auto parsed = IdentitySecret::parse(stored);
  REQUIRE(parsed);
  CHECK(parsed->identity() == secret.identity());

  for (std::size_t n = 0; n < stored.size(); ++n) {
    CHECK(IdentitySecret::parse(ByteView(stored).first(n)).error() == Error::bad_state);
  }
  stored.push_back(0);
  CHECK(IdentitySecret::parse(stored).error() == Error::bad_state);
  stored[1] = 2;
  CHECK(IdentitySecret::parse(stored).error() == Error::newer_version);
  stored[1] = 0;
  CHECK(IdentitySecret::parse(stored).error() == Error::older_version);
  stored[0] = 0x25;
  CHECK(IdentitySecret::parse(stored).error() == Error::bad_state);
}
