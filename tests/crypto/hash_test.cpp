#include "crypto/hash.h"

#include <doctest/doctest.h>

#include "crypto/kdf.h"
#include "support/hex.h"

using namespace tacet;
using namespace tacet::test;

TEST_CASE("BLAKE2b and SHA-512 give the published values") {
  CHECK(to_hex(crypto::blake2b("").view()) ==
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(to_hex(crypto::blake2b("abc").view()) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  CHECK(to_hex(crypto::blake2b_512(as_bytes("abc")).view()) ==  // RFC 7693
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
  CHECK(to_hex(crypto::sha512("abc").view()) ==  // FIPS 180-2
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("a keyed BLAKE2b gives Python's value") {
  crypto::MacKey key;
  for (Byte i = 0; i < 32; ++i) key.data()[i] = i;
  CHECK(to_hex(crypto::blake2b_keyed(key, "message").view()) ==
        "2615bcafac3ebcd31940a8f15d876916435d805823d2db78c201a8e94624a0ae");
}

TEST_CASE("hashing parts is hashing what they join to") {
  CHECK(crypto::blake2b("ab", ByteVector{}, "c") == crypto::blake2b("abc"));
  CHECK(crypto::sha512("a", "bc") == crypto::sha512("abc"));
  CHECK(crypto::blake2b_keyed(crypto::MacKey{}, "a", "bc") == crypto::blake2b_keyed(crypto::MacKey{}, "abc"));
  CHECK(crypto::blake2b_keyed(crypto::MacKey{}, "abc") != crypto::blake2b("abc"));
}

TEST_CASE("HMAC-SHA-512 gives RFC 4231's first value") {
  const ByteVector key(20, 0x0b);
  CHECK(to_hex(crypto::hmac_sha512(key, as_bytes("Hi There")).view()) ==
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
}

TEST_CASE("HKDF-SHA-512 over the inputs of RFC 5869 gives Python's value") {
  const ByteVector salt = hex("000102030405060708090a0b0c");
  const ByteVector input(22, 0x0b);
  const ByteVector info = hex("f0f1f2f3f4f5f6f7f8f9");
  CHECK(to_hex(crypto::hkdf_sha512<Secret<88>>(salt, input, info).view()) ==
        "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9f925d7cbcce0dff70987"
        "69cf15959867d571c1715450cb530137be3fb62f3cf32b84feba8f1eb1b563e20d9749b8640b8264");
}
