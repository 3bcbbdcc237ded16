#include "crypto/password.h"

#include <doctest/doctest.h>

#include "crypto/random.h"
#include "support/hex.h"

using namespace tacet;

TEST_CASE("Argon2id gives the value of the reference program") {
  // printf 'correct horse' | argon2 saltsaltsaltsalt -id -t 2 -k 1024 -p 1 -l 32 -r
  const auto salt = *crypto::PasswordSalt::from(as_bytes("saltsaltsaltsalt"));
  const auto key = crypto::argon2id(as_bytes("correct horse"), salt, {2, 1 << 20});
  REQUIRE(key);
  CHECK(to_hex(key->view()) == "30edf7702167a9203c4ac92147cfe2e6bfef6a3277983c7023f332a21e466709");
}

TEST_CASE("Argon2id says so when its cost is out of bounds or its memory cannot be had") {
  const crypto::PasswordSalt salt;
  CHECK(crypto::argon2id({}, salt, {1, 8192}).has_value());
  CHECK(crypto::argon2id({}, salt, {0, 8192}).error() == crypto::Error::bad_parameters);
  CHECK(crypto::argon2id({}, salt, {1, 8191}).error() == crypto::Error::bad_parameters);
  if constexpr (sizeof(std::size_t) == 4) {  // WebAssembly: nearly the whole address space cannot be had
    CHECK(crypto::argon2id({}, salt, {1, 0x7FFF0000}).error() == crypto::Error::out_of_memory);
  }
}

TEST_CASE("the system's random bytes differ") {
  crypto::SystemRandom random;
  CHECK(random.draw<Bytes<32>>() != random.draw<Bytes<32>>());
}
