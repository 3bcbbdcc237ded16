// Byte containers: fixed arrays whose size and meaning are part of the type, and secrets that wipe
// themselves.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tacet {

using Byte = std::uint8_t;
using ByteView = std::span<const Byte>;
using MutableByteView = std::span<Byte>;
using ByteVector = std::vector<Byte>;

// Overwrites memory with zeros in a way the optimiser may not remove.
void wipe(MutableByteView memory) noexcept;

// Equal in time that depends on the lengths alone.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

// N public bytes. Two types with different tags never convert into each other: `Bytes<32, struct PrekeyTag>`
// cannot be passed where an identity key is due.
template <std::size_t N, class Tag = void>
struct Bytes {
  static constexpr std::size_t size = N;

  std::array<Byte, N> raw{};

  // Nothing when `view` is not exactly N bytes long.
  [[nodiscard]] static std::optional<Bytes> from(ByteView view) {
    if (view.size() != N) return std::nullopt;
    Bytes out;
    std::copy(view.begin(), view.end(), out.raw.begin());
    return out;
  }

  [[nodiscard]] ByteView view() const { return raw; }
  [[nodiscard]] MutableByteView span() { return raw; }
  [[nodiscard]] const Byte* data() const { return raw.data(); }
  [[nodiscard]] Byte* data() { return raw.data(); }
  friend bool operator==(const Bytes&, const Bytes&) = default;
  // As byte strings, first byte first. Written out because libc++ 13 has no <=> for std::array.
  friend std::strong_ordering operator<=>(const Bytes& a, const Bytes& b) {
    return std::memcmp(a.data(), b.data(), N) <=> 0;
  }
};

// N secret bytes, wiped on destruction and when moved from. Compared in constant time only.
template <std::size_t N, class Tag = void>
class Secret {
 public:
  static constexpr std::size_t size = N;

  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&& other) noexcept : raw_(other.raw_) { other.clear(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      raw_ = other.raw_;
      other.clear();
    }
    return *this;
  }
  ~Secret() { clear(); }

  [[nodiscard]] static std::optional<Secret> from(ByteView view) {
    if (view.size() != N) return std::nullopt;
    Secret out;
    std::copy(view.begin(), view.end(), out.raw_.begin());
    return out;
  }

  [[nodiscard]] ByteView view() const { return raw_; }
  [[nodiscard]] MutableByteView span() { return raw_; }
  [[nodiscard]] const Byte* data() const { return raw_.data(); }
  [[nodiscard]] Byte* data() { return raw_.data(); }
  void clear() noexcept { wipe(raw_); }

  friend bool operator==(const Secret& a, const Secret& b) { return equal_constant_time(a.raw_, b.raw_); }

 private:
  std::array<Byte, N> raw_{};
};

// Gives memory back only after wiping it, also when a vector grows.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT(google-explicit-constructor): allocators convert
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) noexcept {
    wipe({reinterpret_cast<Byte*>(p), n * sizeof(T)});
    std::allocator<T>().deallocate(p, n);
  }
  bool operator==(const WipingAllocator&) const = default;
};

// Secret bytes of a length known only at run time (plaintexts, serialised sessions).
using SecretVector = std::vector<Byte, WipingAllocator<Byte>>;

// Secret text. Short strings live inside the object, out of the allocator's sight, so a passphrase is kept as
// a SecretVector of UTF-8 instead of a std::string.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}

template <std::size_t N, class Tag>
[[nodiscard]] ByteView view_of(const Bytes<N, Tag>& b) {
  return b.view();
}
template <std::size_t N, class Tag>
[[nodiscard]] ByteView view_of(const Secret<N, Tag>& b) {
  return b.view();
}
[[nodiscard]] inline ByteView view_of(ByteView b) {
  return b;
}
[[nodiscard]] inline ByteView view_of(const ByteVector& b) {
  return b;
}
[[nodiscard]] inline ByteView view_of(const SecretVector& b) {
  return b;
}
[[nodiscard]] inline ByteView view_of(std::string_view b) {
  return as_bytes(b);
}

}  // namespace tacet
