#include "base/bytes.h"

#include <doctest/doctest.h>

#include <new>

using namespace tacet;

TEST_CASE("bytes of one tag are made only from views of their own size") {
  const ByteVector three = {1, 2, 3};
  CHECK(Bytes<3>::from(three).has_value());
  CHECK_FALSE(Bytes<4>::from(three).has_value());
  CHECK_FALSE(Secret<2>::from(three).has_value());
}

TEST_CASE("bytes with different tags do not convert into each other") {
  CHECK_FALSE(std::is_convertible_v<Bytes<32, struct Prekey>, Bytes<32, struct Identity>>);
  CHECK_FALSE(std::is_constructible_v<Secret<32, struct Prekey>, Secret<32, struct Identity>>);
}

TEST_CASE("a secret wipes its memory when it dies and when it is moved from") {
  alignas(Secret<16>) Byte memory[sizeof(Secret<16>)];
  auto* secret = new (memory) Secret<16>();
  std::fill(secret->span().begin(), secret->span().end(), Byte{0xA5});
  const Secret<16> kept = std::move(*secret);
  CHECK(kept.view()[7] == 0xA5);
  for (const Byte b : secret->view()) CHECK(b == 0);  // NOLINT(bugprone-use-after-move): that is the point
  std::fill(secret->span().begin(), secret->span().end(), Byte{0x5A});
  secret->~Secret();
  asm volatile("" : : "r"(memory) : "memory");
  for (const Byte b : memory) CHECK(b == 0);
}

TEST_CASE("byte strings are ordered by their first byte first") {
  Bytes<2> a{{1, 255}};
  Bytes<2> b{{2, 0}};
  CHECK(a < b);
}

TEST_CASE("constant-time equality sees every byte and the length") {
  ByteVector a(40, 7);
  ByteVector b = a;
  CHECK(equal_constant_time(a, b));
  for (std::size_t i = 0; i < a.size(); ++i) {
    b[i] ^= 0x80;
    CHECK_FALSE(equal_constant_time(a, b));
    b[i] ^= 0x80;
  }
  b.pop_back();
  CHECK_FALSE(equal_constant_time(a, b));
}
