#include "fuzz/targets.h"

#include <cstdlib>

namespace tacet::fuzz {

const Target* find_target(std::string_view name) {
  for (const Target& target : kTargets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void overlay(MutableByteView bytes, ByteView input) {
  for (std::size_t i = 0; i < std::min(bytes.size(), input.size()); ++i)
    bytes[i] = static_cast<Byte>(bytes[i] ^ input[i]);
}

}  // namespace tacet::fuzz
