#include "ratchet/prekeys.h"

#include <doctest/doctest.h>

#include "ratchet/pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

TEST_CASE("a published record says what its secret knows") {
  Meeting m;
  const Identity& owner = m.b.identity();
  const auto spk = SignedPrekey::parse(m.shelf.spk->record().view(), owner, kStart);
  REQUIRE(spk);
  CHECK(spk->id() == m.shelf.spk->id);
  CHECK(spk->dh_key() == crypto::x25519_public(m.shelf.spk->secret));
  const auto lrk = LastResortPrekey::parse(m.shelf.lrk->record().view(), owner, kStart);
  REQUIRE(lrk);
  CHECK(lrk->id() == m.shelf.lrk->id);
  CHECK(lrk->kem_key() == crypto::XWingKey(m.shelf.lrk->kem.seed).public_key());
  const auto otk = OneTimePrekey::parse(m.shelf.otk->record().view(), owner);
  REQUIRE(otk);
  CHECK(otk->id() == m.shelf.otk->id);
  CHECK(otk->dh_key() == crypto::x25519_public(m.shelf.otk->secret));
  CHECK(otk->kem_key() == crypto::XWingKey(m.shelf.otk->kem.seed).public_key());
}

TEST_CASE("a record is good until its last second") {
  Meeting m;
  const auto spk = m.shelf.spk->record();
  const auto lrk = m.shelf.lrk->record();
  const Time last = kStart + kPrekeyLifetime + Millis(999);
  CHECK(SignedPrekey::parse(spk.view(), m.b.identity(), last));
  CHECK(LastResortPrekey::parse(lrk.view(), m.b.identity(), last));
  CHECK(SignedPrekey::parse(spk.view(), m.b.identity(), last + Millis(1)).error() == Error::expired);
  CHECK(LastResortPrekey::parse(lrk.view(), m.b.identity(), last + Millis(1)).error() == Error::expired);
}

TEST_CASE("a record with a wrong tag, length, byte or owner is refused") {
  Meeting m;
  const Identity& owner = m.b.identity();
  const auto spk = m.shelf.spk->record();
  const auto otk = m.shelf.otk->record();
  CHECK(SignedPrekey::parse(spk.view(), m.a.identity(), kStart).error() == Error::bad_signature);
  CHECK(SignedPrekey::parse(spk.view().first(108), owner, kStart).error() == Error::malformed);
  CHECK(SignedPrekey::parse(otk.view(), owner, kStart).error() == Error::malformed);
  CHECK(OneTimePrekey::parse(spk.view(), owner).error() == Error::malformed);
  CHECK(LastResortPrekey::parse({}, owner, kStart).error() == Error::malformed);
  for (std::size_t i = 0; i < spk.size; ++i) {
    auto altered = spk;
    altered.raw[i] ^= 1;
    CHECK(SignedPrekey::parse(altered.view(), owner, kStart).error() ==
          (i == 0 ? Error::malformed : Error::bad_signature));
  }
}

TEST_CASE("prekey secrets survive being stored, and only as what they are") {
  Meeting m;
  const auto check = [&](const auto& secret, std::size_t size) {
    using Kind = std::decay_t<decltype(secret)>;
    SecretVector stored = secret.serialise();
    CHECK(stored.size() == size);
    const auto parsed = Kind::parse(stored);
    REQUIRE(parsed);
    CHECK(parsed->record() == secret.record());
    for (std::size_t n = 0; n < stored.size(); ++n) {
      CHECK(Kind::parse(ByteView(stored).first(n)).error() == Error::bad_state);
    }
    ++stored[0];
    CHECK(Kind::parse(stored).error() == Error::bad_state);
    --stored[0];
    stored[1] = 2;
    CHECK(Kind::parse(stored).error() == Error::newer_version);
  };
  check(*m.shelf.spk, 142);
  check(*m.shelf.lrk, 110);
  check(*m.shelf.otk, 166);
}
