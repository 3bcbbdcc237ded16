// Looks into memory that is given back to the heap, and into any other, for bytes that should not be there.
#pragma once

#include <vector>

#include "base/bytes.h"

namespace tacet::test {

// While one lives, every block that this program returns to the heap is searched first. One at a time.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  // From now on `secret` is looked for. It is kept masked, so that the watch does not find itself.
  void look_for(ByteView secret);

  [[nodiscard]] std::size_t found_in(ByteView memory) const;  // how many of the secrets
  [[nodiscard]] std::size_t freed_with_secrets() const { return freed_with_secrets_; }
  [[nodiscard]] std::size_t freed() const { return freed_; }
  void freed_block(ByteView block);

 private:
  static constexpr std::size_t kPattern = 16;  // bytes of each secret that are compared
  std::vector<Bytes<kPattern>> masked_;
  std::size_t freed_ = 0, freed_with_secrets_ = 0;
  bool searching_ = false;
};

}  // namespace tacet::test
