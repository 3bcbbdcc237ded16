// Memory that is given back is overwritten first, whoever gives it back: this program, SQLite, Beast,
// OpenSSL. So what was acknowledged or has expired does not lie about in free memory until something else
// needs it (README.md, "Erasure, shown"). Takes the place of glibc's functions for the whole process. Not
// linked into builds with a sanitizer, which have an allocator of their own.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): glibc's names
void* __libc_malloc(std::size_t size);
void __libc_free(void* memory);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

void free(void* memory) noexcept {
  if (memory == nullptr) return;
  ::explicit_bzero(memory, ::malloc_usable_size(memory));
  __libc_free(memory);
}

// glibc's own may move a block and leave the old one as it was.
void* realloc(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return __libc_malloc(size);
  if (size == 0) {
    free(memory);
    return nullptr;
  }
  const std::size_t have = ::malloc_usable_size(memory);
  if (size <= have && size >= have / 2) return memory;
  void* moved = __libc_malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, std::min(have, size));
  free(memory);
  return moved;
}

}  // extern "C"
