// Test vectors are written in hex.
#pragma once

#include <cstdlib>

#include "base/text.h"

namespace tacet::test {

inline ByteVector hex(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes) std::abort();  // a typing error in a test
  return *bytes;
}

template <class Container>
Container hex(std::string_view text) {
  const auto value = Container::from(hex(text));
  if (!value) std::abort();
  return *value;
}

}  // namespace tacet::test
