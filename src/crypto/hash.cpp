#include "crypto/hash.h"

#include <cassert>

namespace tacet::crypto {

// The return codes of these functions report misuse only (lengths outside the format's bounds), and the
// lengths here are fixed by the types.

Blake2b::Blake2b() {
  [[maybe_unused]] const int code = crypto_generichash_init(&state_, nullptr, 0, Hash::size);
  assert(code == 0);
}

Blake2b::Blake2b(const MacKey& key) {
  [[maybe_unused]] const int code = crypto_generichash_init(&state_, key.data(), MacKey::size, Hash::size);
  assert(code == 0);
}

Blake2b::~Blake2b() {
  wipe({reinterpret_cast<Byte*>(&state_), sizeof state_});
}

Blake2b& Blake2b::add_view(ByteView part) {
  crypto_generichash_update(&state_, part.data(), part.size());
  return *this;
}

Hash Blake2b::finish() {
  Hash out;
  [[maybe_unused]] const int code = crypto_generichash_final(&state_, out.data(), Hash::size);
  assert(code == 0);
  return out;
}

Hash512 blake2b_512(ByteView message) {
  Hash512 out;
  [[maybe_unused]] const int code =
      crypto_generichash(out.data(), Hash512::size, message.data(), message.size(), nullptr, 0);
  assert(code == 0);
  return out;
}

Sha512::Sha512() {
  crypto_hash_sha512_init(&state_);
}

Sha512& Sha512::add_view(ByteView part) {
  crypto_hash_sha512_update(&state_, part.data(), part.size());
  return *this;
}

Hash512 Sha512::finish() {
  Hash512 out;
  crypto_hash_sha512_final(&state_, out.data());
  return out;
}

}  // namespace tacet::crypto
