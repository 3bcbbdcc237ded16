#include "crypto/random.h"

#include <sodium/core.h>
#include <sodium/randombytes.h>

#include <cstdlib>

#include "crypto/generator.h"

namespace tacet::crypto {

void initialise() {
  detail::choose_generator();
  if (sodium_init() < 0) std::abort();
}

void SystemRandom::fill(MutableByteView out) {
  randombytes_buf(out.data(), out.size());
}

}  // namespace tacet::crypto
