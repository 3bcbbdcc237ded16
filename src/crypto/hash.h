// Hashes. BH(m) and BHk(k, m) of RATCHET.md are blake2b(...) and blake2b_keyed(k, ...).
#pragma once

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_hash_sha512.h>

#include "base/bytes.h"

namespace tacet::crypto {

using Hash = Bytes<32, struct HashTag>;        // BLAKE2b-256
using Hash512 = Bytes<64, struct Hash512Tag>;  // BLAKE2b-512 or SHA-512
using MacKey = Secret<32, struct MacKeyTag>;   // key of BHk

// BLAKE2b over many parts. The parts are joined without lengths between them: where two splits could mean
// two things, the caller adds the length.
class Blake2b {
 public:
  Blake2b();                            // 32 bytes out, no key
  explicit Blake2b(const MacKey& key);  // 32 bytes out
  ~Blake2b();
  Blake2b(const Blake2b&) = delete;
  Blake2b& operator=(const Blake2b&) = delete;

  template <class Part>
  Blake2b& add(const Part& part) {
    return add_view(view_of(part));
  }
  [[nodiscard]] Hash finish();  // once

 private:
  Blake2b& add_view(ByteView part);

  crypto_generichash_state state_;
};

// BH(parts joined).
template <class... Parts>
[[nodiscard]] Hash blake2b(const Parts&... parts) {
  Blake2b hasher;
  (hasher.add(parts), ...);
  return hasher.finish();
}

// BHk(key, parts joined).
template <class... Parts>
[[nodiscard]] Hash blake2b_keyed(const MacKey& key, const Parts&... parts) {
  Blake2b hasher(key);
  (hasher.add(parts), ...);
  return hasher.finish();
}

[[nodiscard]] Hash512 blake2b_512(ByteView message);

// SHA-512 over many parts, joined as above.
class Sha512 {
 public:
  Sha512();
  template <class Part>
  Sha512& add(const Part& part) {
    return add_view(view_of(part));
  }
  [[nodiscard]] Hash512 finish();  // once

 private:
  Sha512& add_view(ByteView part);

  crypto_hash_sha512_state state_;
};

template <class... Parts>
[[nodiscard]] Hash512 sha512(const Parts&... parts) {
  Sha512 hasher;
  (hasher.add(parts), ...);
  return hasher.finish();
}

}  // namespace tacet::crypto
