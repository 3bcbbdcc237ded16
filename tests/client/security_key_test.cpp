// A security key as a third way into the vault.
#include "client/alone.h"

using namespace tacet;
using namespace tacet::test;

namespace {

vault::StretchedKey key(Byte filled) {
  Bytes<vault::StretchedKey::size> raw;
  raw.raw.fill(filled);
  return *vault::StretchedKey::from(raw.view());
}

// Ada with a security key that opens her vault.
struct Keyed : Alone {
  explicit Keyed(std::uint64_t seed) : Alone(seed) {
    ada.security_key = key(1);
    ada.tell(SetSecurityKey{secret("correct horse")});
    CHECK(ada.view().touching);
    REQUIRE(until(State::done));
    CHECK_FALSE(ada.view().touching);
    ada.tell(DismissWork{});
  }
  [[nodiscard]] bool opens_by_touch() {
    ada.close();
    ada.start();
    ada.tell(UnlockWithSecurityKey{});
    CHECK(ada.view().phase == Phase::unlocking);
    REQUIRE(world.run_until([&] { return ada.view().phase != Phase::unlocking; }));
    CHECK_FALSE(ada.view().touching);
    return ada.open();
  }
};

}  // namespace

TEST_CASE("a security key opens the vault, and so do passphrase and code as before") {
  Keyed k(240);
  const Fingerprint who = k.ada.view().my_fingerprint;
  CHECK_FALSE(k.ada.credential.empty());
  CHECK(k.opens_by_touch());
  CHECK(k.ada.view().my_fingerprint == who);
  CHECK(k.opens_with("correct horse"));
  CHECK(k.opens_with(k.code));
}

TEST_CASE("a passphrase that changes leaves the security key alone") {
  Keyed k(241);
  k.ada.tell(ChangePassphrase{secret("correct horse"), secret("another horse")});
  REQUIRE(k.until(State::done));
  CHECK(k.opens_by_touch());
}

TEST_CASE("another key says that it is another, and nobody's touch says that nobody touched") {
  Keyed k(242);
  k.ada.security_key = key(2);
  CHECK_FALSE(k.opens_by_touch());
  CHECK(k.ada.view().phase == Phase::locked);
  CHECK(k.ada.view().problem == Problem::security_key_wrong);
  k.ada.security_key.reset();
  CHECK_FALSE(k.opens_by_touch());
  CHECK(k.ada.view().problem == Problem::security_key_refused);
  k.ada.security_key = key(1);
  CHECK(k.opens_by_touch());
}

TEST_CASE("who does not know the passphrase sets no key, and one that does not answer sets none") {
  Alone a(243);
  a.ada.tell(SetSecurityKey{secret("correct horse")});
  REQUIRE(a.until(State::failed));
  CHECK(a.ada.view().work.problem == Problem::security_key_refused);
  CHECK_FALSE(a.ada.view().touching);
  a.ada.security_key = key(1);
  a.ada.tell(SetSecurityKey{secret("wrong horse")});
  REQUIRE(a.until(State::working));
  REQUIRE(a.until(State::failed));
  CHECK(a.ada.view().work.problem == Problem::wrong_passphrase);
  CHECK(a.ada.credential.empty());
  a.ada.close();
  a.ada.start();
  a.ada.tell(UnlockWithSecurityKey{});
  REQUIRE(a.world.run_until([&] { return a.ada.view().phase == Phase::locked; }));
  CHECK(a.ada.view().problem == Problem::security_key_wrong);
}

TEST_CASE("a second key replaces the first, and one that is taken away opens nothing any more") {
  Keyed k(244);
  k.ada.security_key = key(2);
  k.ada.tell(SetSecurityKey{secret("correct horse")});
  REQUIRE(k.until(State::done));
  k.ada.tell(DismissWork{});
  CHECK(k.opens_by_touch());
  k.ada.security_key = key(1);
  CHECK_FALSE(k.opens_by_touch());
  REQUIRE(k.opens_with("correct horse"));
  k.ada.security_key = key(2);
  k.ada.tell(SetSecurityKey{secret("correct horse"), false});
  REQUIRE(k.until(State::done));
  CHECK(k.ada.credential.empty());
  CHECK_FALSE(k.opens_by_touch());
  CHECK(k.ada.view().problem == Problem::security_key_wrong);
}

TEST_CASE("whoever locks, or thinks better of it, while the key is asked leaves everything as it was") {
  Keyed k(245);
  k.ada.security_key = key(2);
  k.ada.tell(SetSecurityKey{secret("correct horse")});
  k.ada.tell(DismissWork{});
  CHECK_FALSE(k.ada.view().touching);
  k.world.run_for(Seconds(5));
  k.ada.tell(SetSecurityKey{secret("correct horse")});
  k.ada.tell(Lock{});
  k.world.run_for(Seconds(5));
  CHECK(k.ada.view().phase == Phase::locked);
  k.ada.tell(UnlockWithSecurityKey{});
  k.ada.tell(Lock{});
  k.world.run_for(Seconds(5));
  CHECK(k.ada.view().phase == Phase::locked);
  CHECK_FALSE(k.opens_by_touch());
  k.ada.security_key = key(1);
  CHECK(k.opens_by_touch());
}

TEST_CASE("a vault that is erased takes its key's name along") {
  Keyed k(246);
  k.ada.tell(EraseVault{});
  CHECK(k.ada.view().phase == Phase::welcome);
  CHECK(k.ada.credential.empty());
}
