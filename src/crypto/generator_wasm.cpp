// crypto.getRandomValues, which browsers and Node have, as libsodium's generator.
#include <emscripten.h>
#include <sodium/randombytes.h>

#include <cstddef>
#include <cstdint>

#include "crypto/generator.h"

// It throws where there is no randomness, which ends the program, and takes at most 65536 bytes at once.
// clang-format off
EM_JS(void, tacet_fill_random, (void* out, uint32_t size), {
  const source = typeof crypto === 'object' ? crypto : require('crypto').webcrypto;
  for (let at = 0; at < size; at += 65536) {
    source.getRandomValues(HEAPU8.subarray(out + at, out + Math.min(size, at + 65536)));
  }
});
// clang-format on

namespace tacet::crypto::detail {

namespace {

const char* name() {
  return "getRandomValues";
}

void fill(void* out, std::size_t size) {
  tacet_fill_random(out, size);
}

std::uint32_t word() {
  std::uint32_t out = 0;
  fill(&out, sizeof out);
  return out;
}

}  // namespace

void choose_generator() {
  static randombytes_implementation generator = {name, word, nullptr, nullptr, fill, nullptr};
  randombytes_set_implementation(&generator);
}

}  // namespace tacet::crypto::detail
