#include "base/text.h"

#include <doctest/doctest.h>

using namespace tacet;

TEST_CASE("hex goes there and back, and only in lower case") {
  CHECK(to_hex(ByteVector{0, 0xAB, 0xFF}) == "00abff");
  CHECK(from_hex("00abff") == ByteVector{0, 0xAB, 0xFF});
  CHECK_FALSE(from_hex("0").has_value());
  CHECK_FALSE(from_hex("AB").has_value());
  CHECK_FALSE(from_hex("0g").has_value());
}

TEST_CASE("base64url goes there and back for every length, and has one text for one value") {
  ByteVector bytes;
  for (int n = 0; n < 70; ++n) {
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
    bytes.push_back(static_cast<Byte>(n * 37 + 11));
  }
  CHECK(to_base64url(ByteVector{0xFB, 0xFF}) == "-_8");
  CHECK_FALSE(from_base64url("-_9").has_value());   // stray bits
  CHECK_FALSE(from_base64url("-_8=").has_value());  // padding
  CHECK_FALSE(from_base64url("A").has_value());
  CHECK_FALSE(from_base64url("+/").has_value());
}

TEST_CASE("UTF-8 is well formed or refused") {
  CHECK(is_utf8("plain, é, ع, 漢, 👍"));
  CHECK_FALSE(is_utf8("\xC0\x80"));          // overlong
  CHECK_FALSE(is_utf8("\xE0\x80\x80"));      // overlong
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(is_utf8("\xE2\x82"));          // cut
  CHECK_FALSE(is_utf8("\x80"));
}

TEST_CASE("text is clipped between code points") {
  CHECK(clip_utf8("aé", 2) == "a");
  CHECK(clip_utf8("aé", 3) == "aé");
  CHECK(clip_utf8("👍", 3).empty());
}
