// Keys from keys: BHk(key, parts), with nothing of it left on the stack.
#pragma once

#include "crypto/hash.h"

namespace tacet::vault {

template <class Output, class Tag, class... Parts>
[[nodiscard]] Output derive(const Secret<32, Tag>& key, const Parts&... parts) {
  const auto mac_key = crypto::MacKey::from(key.view());
  crypto::Hash hash = crypto::blake2b_keyed(*mac_key, parts...);
  Output out = *Output::from(hash.view());
  wipe(hash.span());
  return out;
}

}  // namespace tacet::vault
