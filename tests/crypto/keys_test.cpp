// Keys that agree and sign: X25519, Ed25519, ML-KEM-768, X-Wing.
#include <doctest/doctest.h>
#include <sodium/crypto_kem_mlkem768.h>
#include <sodium/crypto_kem_xwing.h>

#include <string>

#include "crypto/ed25519.h"
#include "crypto/mlkem768.h"
#include "crypto/mlkem768_builds.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"
#include "support/hex.h"
#include "support/scripted_random.h"

using namespace tacet;
using namespace tacet::test;

TEST_CASE("X25519 gives RFC 7748's value") {
  const auto secret =
      hex<crypto::X25519Secret>("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  const auto peer =
      hex<crypto::X25519Public>("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
  const auto shared = crypto::x25519(secret, peer);
  REQUIRE(shared);
  CHECK(to_hex(shared->view()) == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
}

TEST_CASE("X25519 refuses points of low order") {
  crypto::X25519Secret secret;
  secret.data()[0] = 8;
  for (const char* point : {"0000000000000000000000000000000000000000000000000000000000000000",
                            "0100000000000000000000000000000000000000000000000000000000000000",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"}) {
    const auto shared = crypto::x25519(secret, hex<crypto::X25519Public>(point));
    REQUIRE_FALSE(shared);
    CHECK(shared.error() == crypto::Error::bad_public_key);
  }
}

TEST_CASE("Ed25519 signs as RFC 8032's second test does, and refuses what was altered") {
  const auto seed =
      hex<crypto::Ed25519Seed>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const ByteVector message = hex("72");
  const auto key = crypto::ed25519_public(seed);
  CHECK(to_hex(key.view()) == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  auto signature = crypto::ed25519_sign(seed, message);
  CHECK(to_hex(signature.view()) ==
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  CHECK(crypto::ed25519_verify(key, message, signature));
  CHECK_FALSE(crypto::ed25519_verify(key, hex("73"), signature));
  CHECK_FALSE(crypto::ed25519_verify(key, {}, signature));
  signature.raw[3] ^= 1;
  CHECK_FALSE(crypto::ed25519_verify(key, message, signature));
}

TEST_CASE("X-Wing gives the draft's first value") {
  const crypto::XWingKey key(
      hex<crypto::XWingSeed>("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"));
  const auto encapsulation_seed = hex<crypto::XWingEncapsulationSeed>(
      "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2"
      "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2");
  const auto made = crypto::xwing_encapsulate(key.public_key(), encapsulation_seed);
  REQUIRE(made);
  CHECK(to_hex(made->shared.view()) == "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
  const auto opened = key.decapsulate(made->ciphertext);
  REQUIRE(opened);
  CHECK(*opened == made->shared);
}

TEST_CASE(
    "X-Wing is libsodium's, byte for byte, also for keys and ciphertexts that are not what they should be") {
  ScriptedRandom random{Seed{{7}}};
  int refused = 0;
  for (int i = 0; i < 60; ++i) {
    const auto seed = random.draw<crypto::XWingSeed>();
    const crypto::XWingKey key(seed);
    crypto::XWingPublic public_key;
    crypto::XWingSeed secret_key;
    crypto_kem_xwing_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    REQUIRE(key.public_key() == public_key);

    const auto where = random.draw<Bytes<4>>();
    const std::size_t at = where.raw[0] * 256U + where.raw[1];
    if (i % 3 == 1) public_key.raw[at % 1216] = static_cast<Byte>(public_key.raw[at % 1216] | where.raw[2]);
    const auto encapsulation_seed = random.draw<crypto::XWingEncapsulationSeed>();
    crypto::XWingCiphertext ciphertext;
    crypto::XWingShared shared;
    const int code = crypto_kem_xwing_enc_deterministic(ciphertext.data(), shared.data(), public_key.data(),
                                                        encapsulation_seed.data());
    const auto made = crypto::xwing_encapsulate(public_key, encapsulation_seed);
    REQUIRE(made.has_value() == (code == 0));
    if (!made) {
      ++refused;
      continue;
    }
    CHECK(made->ciphertext == ciphertext);
    CHECK(made->shared == shared);

    if (i % 3 == 2)
      ciphertext.raw[at % 1120] = static_cast<Byte>(ciphertext.raw[at % 1120] ^ 1U << where.raw[3] % 8);
    REQUIRE(crypto_kem_xwing_dec(shared.data(), ciphertext.data(), secret_key.data()) == 0);
    CHECK(*key.decapsulate(ciphertext) == shared);
    if (i % 3 != 1) CHECK((*key.decapsulate(ciphertext) == made->shared) == (i % 3 == 0));
  }
  CHECK(refused > 0);
}

TEST_CASE("X-Wing refuses keys and ciphertexts whose X25519 half is of low order") {
  ScriptedRandom random{Seed{}};
  const crypto::XWingKey own(random.draw<crypto::XWingSeed>());
  const auto encapsulation_seed = random.draw<crypto::XWingEncapsulationSeed>();
  auto key = own.public_key();
  auto ciphertext = crypto::xwing_encapsulate(key, encapsulation_seed)->ciphertext;
  std::fill(key.raw.end() - 32, key.raw.end(), Byte{0});
  std::fill(ciphertext.raw.end() - 32, ciphertext.raw.end(), Byte{0});
  CHECK(crypto::xwing_encapsulate(key, encapsulation_seed).error() == crypto::Error::bad_public_key);
  CHECK(own.decapsulate(ciphertext).error() == crypto::Error::bad_ciphertext);
}

TEST_CASE("every build of ML-KEM that this processor runs gives the same bytes") {
  const auto builds = crypto::mlkem768_builds();
  REQUIRE(!builds.empty());
  std::string names;
  for (const auto& build : builds) names += std::string(" ") + build.name;
  MESSAGE("ML-KEM builds, the first is used:" << names);
  // What it is compared with is libsodium as it comes.
  ScriptedRandom random{Seed{{9}}};
  for (int i = 0; i < 100; ++i) {
    const auto seed = random.draw<crypto::MlKemSeed>();
    const auto encapsulation_seed = random.draw<crypto::MlKemEncapsulationSeed>();
    crypto::MlKemPublic key;
    crypto::MlKemExpanded expanded;
    crypto_kem_mlkem768_seed_keypair(key.data(), expanded.data(), seed.data());
    const auto noise = random.draw<Bytes<4>>();
    const std::size_t at = noise.raw[0] * 256U + noise.raw[1];
    crypto::MlKemPublic used_key = key;
    if (i % 4 == 1) used_key.raw[at % 1184] = static_cast<Byte>(key.raw[at % 1184] | noise.raw[2]);
    crypto::MlKemCiphertext ciphertext;
    crypto::MlKemShared shared;
    const int code = crypto_kem_mlkem768_enc_deterministic(ciphertext.data(), shared.data(), used_key.data(),
                                                           encapsulation_seed.data());
    crypto::MlKemCiphertext opened_ciphertext = ciphertext;
    if (i % 4 == 2) opened_ciphertext.raw[at % 1088] ^= 1;
    if (i % 4 == 3) random.fill(opened_ciphertext.span());
    crypto::MlKemShared opened;
    REQUIRE(crypto_kem_mlkem768_dec(opened.data(), opened_ciphertext.data(), expanded.data()) == 0);

    for (const auto& build : builds) {
      crypto::MlKemPublic other_key;
      crypto::MlKemExpanded other_expanded;
      REQUIRE(build.keypair(other_key.data(), other_expanded.data(), seed.data()) == 0);
      CHECK(other_key == key);
      CHECK(other_expanded == expanded);
      crypto::MlKemCiphertext other_ciphertext;
      crypto::MlKemShared other_shared, other_opened;
      CHECK(build.encapsulate(other_ciphertext.data(), other_shared.data(), used_key.data(),
                              encapsulation_seed.data()) == code);
      if (code == 0) {
        CHECK(other_ciphertext == ciphertext);
        CHECK(other_shared == shared);
      }
      CHECK(build.decapsulate(other_opened.data(), opened_ciphertext.data(), expanded.data()) == 0);
      CHECK(other_opened == opened);
    }
  }
}

TEST_CASE("ML-KEM agrees, and an altered ciphertext gives another secret instead of an error") {
  ScriptedRandom random{Seed{}};
  const auto seed = random.draw<crypto::MlKemSeed>();
  auto made = crypto::mlkem768_encapsulate(crypto::mlkem768_public(seed),
                                           random.draw<crypto::MlKemEncapsulationSeed>());
  REQUIRE(made);
  CHECK(*crypto::mlkem768_decapsulate(seed, made->ciphertext) == made->shared);
  made->ciphertext.raw[100] ^= 1;
  const auto opened = crypto::mlkem768_decapsulate(seed, made->ciphertext);
  REQUIRE(opened);
  CHECK_FALSE(*opened == made->shared);
}

TEST_CASE("canonical ML-KEM keys are exactly those that can be encapsulated to") {
  ScriptedRandom random{Seed{{1}}};
  const auto seed = random.draw<crypto::MlKemSeed>();
  const auto encapsulation_seed = random.draw<crypto::MlKemEncapsulationSeed>();
  const auto good = crypto::mlkem768_public(seed);
  CHECK(crypto::mlkem768_is_canonical(good));
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    auto key = good;
    Bytes<3> where;  // a coefficient at a random place becomes one of the values around the modulus
    random.fill(where.span());
    const std::size_t pair = (where.raw[0] * 256U + where.raw[1]) % 384;
    const unsigned value = 3327U + where.raw[2] % 4;
    key.raw[3 * pair] = static_cast<Byte>(value);
    key.raw[3 * pair + 1] = static_cast<Byte>((key.raw[3 * pair + 1] & 0xF0) | value >> 8);
    CHECK(crypto::mlkem768_is_canonical(key) == (value < 3329));
    const auto made = crypto::mlkem768_encapsulate(key, encapsulation_seed);
    CHECK(made.has_value() == (value < 3329));
    if (!made) {
      CHECK(made.error() == crypto::Error::bad_public_key);
      ++refused;
    }
  }
  CHECK(refused > 0);
  crypto::MlKemPublic ones;
  ones.raw.fill(0xFF);
  CHECK_FALSE(crypto::mlkem768_is_canonical(ones));
}
