// Keys that agree and sign: X25519, Ed25519, ML-KEM-768, X-Wing.
#include <doctest/doctest.h>
#include <sodium/crypto_xof_shake256.h>

#include "crypto/ed25519.h"
#include "crypto/mlkem768.h"
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
  const auto seed =
      hex<crypto::XWingSeed>("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  const auto encapsulation_seed = hex<crypto::XWingEncapsulationSeed>(
      "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2"
      "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2");
  const auto made = crypto::xwing_encapsulate(crypto::xwing_public(seed), encapsulation_seed);
  REQUIRE(made);
  CHECK(to_hex(made->shared.view()) == "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
  const auto opened = crypto::xwing_decapsulate(seed, made->ciphertext);
  REQUIRE(opened);
  CHECK(*opened == made->shared);
}

TEST_CASE("an expanded X-Wing key does what libsodium does with its seed") {
  ScriptedRandom random{Seed{{7}}};
  for (int i = 0; i < 20; ++i) {
    const auto seed = random.draw<crypto::XWingSeed>();
    const crypto::XWingKey key(seed);
    CHECK(key.public_key() == crypto::xwing_public(seed));
    auto made = crypto::xwing_encapsulate(key.public_key(), random.draw<crypto::XWingEncapsulationSeed>());
    REQUIRE(made);
    CHECK(*key.decapsulate(made->ciphertext) == made->shared);
    const auto where = random.draw<Bytes<2>>();
    made->ciphertext.raw[(where.raw[0] * 256U + where.raw[1]) % 1120] ^= 1;
    CHECK(*key.decapsulate(made->ciphertext) == *crypto::xwing_decapsulate(seed, made->ciphertext));
    CHECK_FALSE(*key.decapsulate(made->ciphertext) == made->shared);
  }
}

TEST_CASE("an X-Wing key begins with the ML-KEM key of its expanded seed") {
  const auto seed =
      hex<crypto::XWingSeed>("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  crypto::MlKemSeed expanded;
  crypto_xof_shake256(expanded.data(), expanded.size, seed.data(), seed.size);
  const auto xwing = crypto::xwing_public(seed);
  const auto mlkem = crypto::mlkem768_public(expanded);
  CHECK(std::equal(mlkem.raw.begin(), mlkem.raw.end(), xwing.raw.begin()));
}

TEST_CASE("X-Wing refuses keys and ciphertexts whose X25519 half is of low order") {
  ScriptedRandom random{Seed{}};
  const auto seed = random.draw<crypto::XWingSeed>();
  const auto encapsulation_seed = random.draw<crypto::XWingEncapsulationSeed>();
  auto key = crypto::xwing_public(seed);
  auto ciphertext = crypto::xwing_encapsulate(key, encapsulation_seed)->ciphertext;
  std::fill(key.raw.end() - 32, key.raw.end(), Byte{0});
  std::fill(ciphertext.raw.end() - 32, ciphertext.raw.end(), Byte{0});
  CHECK(crypto::xwing_encapsulate(key, encapsulation_seed).error() == crypto::Error::bad_public_key);
  CHECK(crypto::xwing_decapsulate(seed, ciphertext).error() == crypto::Error::bad_ciphertext);
  CHECK(crypto::XWingKey(seed).decapsulate(ciphertext).error() == crypto::Error::bad_ciphertext);
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
