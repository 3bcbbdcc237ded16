// Keys from keys.
#pragma once

#include "base/bytes.h"

namespace tacet::crypto {

// HKDF-SHA-512 extract, then expand: fills `out` (at most 16320 bytes). H512(salt, ikm, info, n) of
// RATCHET.md.
void hkdf_sha512(ByteView salt, ByteView input_key, ByteView info, MutableByteView out);

// The same with the output as a type of its own.
template <class Output>
[[nodiscard]] Output hkdf_sha512(ByteView salt, ByteView input_key, ByteView info) {
  Output out;
  hkdf_sha512(salt, input_key, info, out.span());
  return out;
}

// HMAC-SHA-512; the key may have any length.
[[nodiscard]] Secret<64> hmac_sha512(ByteView key, ByteView message);

}  // namespace tacet::crypto
