#include "base/bytes.h"

#include <cstring>

namespace tacet {

void wipe(MutableByteView memory) noexcept {
  if (memory.empty()) return;
  std::memset(memory.data(), 0, memory.size());
  asm volatile("" : : "r"(memory.data()) : "memory");  // the memory is "used" here, so the memset stays
}

bool equal_constant_time(ByteView a, ByteView b) noexcept {
  if (a.size() != b.size()) return false;
  volatile Byte difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<Byte>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

}  // namespace tacet
