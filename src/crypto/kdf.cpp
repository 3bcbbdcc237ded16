#include "crypto/kdf.h"

#include <sodium/crypto_auth_hmacsha512.h>
#include <sodium/crypto_kdf_hkdf_sha512.h>

#include <cassert>

namespace tacet::crypto {

void hkdf_sha512(ByteView salt, ByteView input_key, ByteView info, MutableByteView out) {
  assert(out.size() <= crypto_kdf_hkdf_sha512_BYTES_MAX);
  Secret<crypto_kdf_hkdf_sha512_KEYBYTES> extracted;
  crypto_kdf_hkdf_sha512_extract(extracted.data(), salt.data(), salt.size(), input_key.data(),
                                 input_key.size());
  [[maybe_unused]] const int code = crypto_kdf_hkdf_sha512_expand(
      out.data(), out.size(), reinterpret_cast<const char*>(info.data()), info.size(), extracted.data());
  assert(code == 0);
}

Secret<64> hmac_sha512(ByteView key, ByteView message) {
  crypto_auth_hmacsha512_state state;
  Secret<64> out;
  crypto_auth_hmacsha512_init(&state, key.data(), key.size());
  crypto_auth_hmacsha512_update(&state, message.data(), message.size());
  crypto_auth_hmacsha512_final(&state, out.data());
  wipe({reinterpret_cast<Byte*>(&state), sizeof state});
  return out;
}

}  // namespace tacet::crypto
