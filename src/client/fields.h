// Reads and writes the fields of a record by their types, so that each record lists its fields once.
#pragma once

#include <concepts>
#include <type_traits>

#include "client/content.h"
#include "crypto/ed25519.h"

namespace tacet::client {

class FieldWriter {
 public:
  template <class... Ts>
  void operator()(const Ts&... values) {
    (one(values), ...);
  }
  [[nodiscard]] SecretVector take() { return out_.take(); }

 private:
  template <class T>
  void one(const T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.flag(v);
    } else if constexpr (std::is_enum_v<T>) {
      out_.u8(static_cast<std::uint8_t>(v));
    } else if constexpr (std::is_same_v<T, std::uint8_t>) {
      out_.u8(v);
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      out_.u32(v);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      out_.u64(v);
    } else {
      value(v);
    }
  }
  template <std::size_t N, class Tag>
  void value(const Bytes<N, Tag>& v) {
    out_.raw(v);
  }
  template <std::size_t N, class Tag>
  void value(const Secret<N, Tag>& v) {
    out_.raw(v);
  }
  void value(const std::string& v) { out_.blob(v); }
  void value(const SecretVector& v) { out_.blob(v); }
  void value(const ByteVector& v) { out_.blob(v); }
  void value(Time v) { out_.i64(to_millis(v)); }
  void value(Seconds v) { out_.i64(v.count()); }
  void value(const Clocks& v) { (*this)(v.expires_after, v.burn_after); }
  void value(const RelayAddress& v) { out_.blob(v.url()); }
  void value(const Destination& v) { write(out_, v); }
  template <class T>
  void value(const std::optional<T>& v) {
    out_.flag(v.has_value());
    if (v) one(*v);
  }
  template <class T>
  void value(const std::vector<T>& v) {
    out_.length(static_cast<std::uint32_t>(v.size()));
    for (const T& entry : v) one(entry);
  }

  SecretWriter out_;
};

class FieldReader {
 public:
  static constexpr std::size_t kMaxBlob = std::size_t{1} << 20;
  static constexpr std::uint32_t kMaxList = 4096;

  explicit FieldReader(ByteView in) : in_(in) {}

  template <class... Ts>
  void operator()(Ts&... values) {
    (one(values), ...);
  }
  [[nodiscard]] bool done() const { return in_.done(); }

 private:
  template <class T>
  void one(T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      v = in_.flag();
    } else if constexpr (std::is_enum_v<T>) {
      v = static_cast<T>(in_.u8());
    } else if constexpr (std::is_same_v<T, std::uint8_t>) {
      v = in_.u8();
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      v = in_.u32();
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      v = in_.u64();
    } else {
      value(v);
    }
  }
  template <std::size_t N, class Tag>
  void value(Bytes<N, Tag>& v) {
    v = in_.take<Bytes<N, Tag>>();
  }
  template <std::size_t N, class Tag>
  void value(Secret<N, Tag>& v) {
    v = in_.take<Secret<N, Tag>>();
  }
  void value(std::string& v) { v = in_.text(kMaxBlob); }
  void value(SecretVector& v) { assign(v); }
  void value(ByteVector& v) { assign(v); }
  void value(Time& v) { v = from_millis(in_.i64()); }
  void value(Seconds& v) { v = Seconds(in_.i64()); }
  void value(Clocks& v) { (*this)(v.expires_after, v.burn_after); }
  void value(RelayAddress& v) {
    const auto relay = RelayAddress::parse(in_.text(RelayAddress::kMaxLength));
    if (!relay) return in_.fail();
    v = *relay;
  }
  void value(Destination& v) { v = read_destination(in_); }
  template <class T>
  void value(std::optional<T>& v) {
    if (in_.flag()) one(v.emplace());
  }
  template <class T>
  void value(std::vector<T>& v) {
    for (std::uint32_t n = in_.length(kMaxList); n > 0 && in_.ok(); --n) one(v.emplace_back());
  }
  template <class Blob>
  void assign(Blob& v) {
    const ByteView bytes = in_.blob(kMaxBlob);
    v.assign(bytes.begin(), bytes.end());
  }

  Reader in_;
};

}  // namespace tacet::client
