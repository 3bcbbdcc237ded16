#include "crypto/committed_keys.h"

#include "base/codec.h"
#include "crypto/kdf.h"

namespace tacet::crypto {

CommittedKeys committed_keys(ByteView salt, ByteView input_key, ByteView info) {
  const auto keys = hkdf_sha512<Secret<88>>(salt, input_key, info);
  Reader reader(keys.view());
  CommittedKeys out;
  out.key = reader.take<AeadKey>();
  out.nonce = reader.take<AeadNonce>();
  out.commitment = reader.take<MacKey>();
  return out;
}

}  // namespace tacet::crypto
