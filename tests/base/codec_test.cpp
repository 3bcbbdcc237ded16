#include "base/codec.h"

#include <doctest/doctest.h>

using namespace tacet;

TEST_CASE("what a writer writes, a reader reads") {
  Writer w;
  w.u8(1)
      .u16(0x0203)
      .u32(0x04050607)
      .u64(0x08090A0B0C0D0E0F)
      .flag(true)
      .raw(Bytes<2>{{9, 8}})
      .blob(std::string_view("né"));
  const ByteVector out = w.take();
  CHECK(out[1] == 0x03);  // little-endian
  Reader r(out);
  CHECK(r.u8() == 1);
  CHECK(r.u16() == 0x0203);
  CHECK(r.u32() == 0x04050607);
  CHECK(r.u64() == 0x08090A0B0C0D0E0F);
  CHECK(r.flag());
  CHECK(r.take<Bytes<2>>() == Bytes<2>{{9, 8}});
  CHECK(r.text(10) == "né");
  CHECK(r.done());
}

TEST_CASE("a reader never reads past the end, and its first error sticks") {
  const ByteVector three = {1, 2, 3};
  Reader r(three);
  CHECK(r.u32() == 0);
  CHECK_FALSE(r.ok());
  CHECK(r.u8() == 0);
  CHECK_FALSE(r.done());
}

TEST_CASE("a length has one encoding, and a bound") {
  const auto length_of = [](ByteVector bytes, std::uint32_t max) {
    Reader r(bytes);
    const auto n = r.length(max);
    return r.done() ? std::optional(n) : std::nullopt;
  };
  CHECK(length_of({0}, 10) == 0U);
  CHECK(length_of({0x80, 1}, 200) == 128U);
  CHECK(length_of({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, UINT32_MAX) == UINT32_MAX);
  CHECK_FALSE(length_of({0x80, 0}, 200).has_value());                              // not minimal
  CHECK_FALSE(length_of({0x80, 1}, 127).has_value());                              // over the bound
  CHECK_FALSE(length_of({0xFF, 0xFF, 0xFF, 0xFF, 0x1F}, UINT32_MAX).has_value());  // over 32 bits
  CHECK_FALSE(length_of({0x80}, 200).has_value());                                 // cut
}

TEST_CASE("flags, text and padding are canonical") {
  const ByteVector two = {2};
  Reader flag(two);
  flag.flag();
  CHECK_FALSE(flag.ok());
  const ByteVector broken = {2, 0xC3, 0x28};
  Reader text(broken);
  CHECK(text.text(10).empty());
  CHECK_FALSE(text.ok());
  const ByteVector padded = {0, 0, 1};
  CHECK_FALSE(Reader(padded).rest_is_zero());
  CHECK(Reader(ByteView(padded).first(2)).rest_is_zero());
}
