#include "secrets/memory_watch.h"

#include <cstdlib>
#include <new>

namespace tacet::test {

namespace {

constexpr Byte kMask = 0xA7;
constexpr std::size_t kPrefix = alignof(std::max_align_t);  // room for the size, keeping the alignment
MemoryWatch* watching = nullptr;

void* allocate(std::size_t size) {
  auto* block = static_cast<Byte*>(std::malloc(size + kPrefix));
  if (block == nullptr) std::abort();
  std::memcpy(block, &size, sizeof size);
  return block + kPrefix;
}

void release(void* memory) {
  if (memory == nullptr) return;
  Byte* block = static_cast<Byte*>(memory) - kPrefix;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof size);
  if (watching != nullptr) watching->freed_block({static_cast<const Byte*>(memory), size});
  std::free(block);
}

}  // namespace

MemoryWatch::MemoryWatch() {
  masked_.reserve(4096);
  watching = this;
}

MemoryWatch::~MemoryWatch() {
  watching = nullptr;
}

void MemoryWatch::look_for(ByteView secret) {
  Bytes<kPattern> masked;
  for (std::size_t i = 0; i < kPattern; ++i) masked.raw[i] = static_cast<Byte>(secret[i] ^ kMask);
  masked_.push_back(masked);
}

std::size_t MemoryWatch::found_in(ByteView memory) const {
  std::size_t found = 0;
  for (const auto& masked : masked_) {
    const auto same = [](Byte m, Byte p) { return static_cast<Byte>(m ^ kMask) == p; };
    found +=
        std::search(memory.begin(), memory.end(), masked.raw.begin(), masked.raw.end(), same) != memory.end()
            ? 1
            : 0;
  }
  return found;
}

void MemoryWatch::freed_block(ByteView block) {
  if (searching_) return;
  searching_ = true;
  ++freed_;
  freed_with_secrets_ += found_in(block) > 0 ? 1 : 0;
  searching_ = false;
}

}  // namespace tacet::test

void* operator new(std::size_t size) {
  return tacet::test::allocate(size);
}
void* operator new[](std::size_t size) {
  return tacet::test::allocate(size);
}
void operator delete(void* memory) noexcept {
  tacet::test::release(memory);
}
void operator delete[](void* memory) noexcept {
  tacet::test::release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  tacet::test::release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  tacet::test::release(memory);
}
