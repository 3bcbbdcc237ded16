// A program of its own, run in a worker for one computation: Argon2id with memory that is given back when the
// worker ends. stretch_worker.js feeds it.
#include <emscripten.h>

#include <algorithm>
#include <cstring>

#include "crypto/password.h"
#include "crypto/random.h"

namespace {
tacet::Byte salt[16];
tacet::Byte key[32];
}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE tacet::Byte* tacet_salt() {
  return salt;
}
EMSCRIPTEN_KEEPALIVE tacet::Byte* tacet_key() {
  return key;
}

// 1: tacet_key holds the key. 0: there is not enough memory, or the cost is out of bounds. Wipes the
// passphrase.
EMSCRIPTEN_KEEPALIVE int tacet_argon2id(tacet::Byte* passphrase, std::size_t length, std::uint32_t passes,
                                        std::uint32_t memory_kib) {
  tacet::crypto::initialise();
  tacet::crypto::PasswordSalt salted;
  std::copy(std::begin(salt), std::end(salt), salted.data());
  const auto derived =
      tacet::crypto::argon2id({passphrase, length}, salted, {passes, std::size_t{memory_kib} * 1024});
  tacet::wipe({passphrase, length});
  if (!derived) return 0;
  std::copy_n(derived->data(), sizeof key, key);
  return 1;
}

}  // extern "C"
