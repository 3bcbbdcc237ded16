#include "browser/wiping.h"

#include <emscripten/stack.h>
#include <malloc.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace tacet::browser {

void wipe_unused_stack() {
  constexpr std::uintptr_t kOurs = 256;  // this function and what it calls
  const std::uintptr_t end = emscripten_stack_get_end(), here = emscripten_stack_get_current();
  if (here > end + kOurs) wipe({reinterpret_cast<Byte*>(end), here - end - kOurs});
}

}  // namespace tacet::browser

// In place of those of Emscripten's allocator, which would give memory back as it is.
extern "C" {

void emmalloc_free(void* block);

void free(void* block) {
  if (block == nullptr) return;
  tacet::wipe({static_cast<tacet::Byte*>(block), malloc_usable_size(block)});
  emmalloc_free(block);
}

// Not in place: what the allocator moves, it would leave behind.
void* realloc(void* block, std::size_t size) {
  if (block == nullptr) return malloc(size);
  if (size == 0) {
    free(block);
    return nullptr;
  }
  void* moved = malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(size, malloc_usable_size(block)));
  free(block);
  return moved;
}

}  // extern "C"
