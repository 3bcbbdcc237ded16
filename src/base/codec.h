// The one byte codec of Tacet: little-endian integers, raw bytes, and byte strings behind a minimal LEB128
// length. Reading is bounded and canonical: a value has exactly one encoding, anything else is an error.
#pragma once

#include <string>

#include "base/bytes.h"

namespace tacet {

// Appends to a buffer of its own. `Buffer` is ByteVector, or SecretVector for what must be wiped.
template <class Buffer>
class BasicWriter {
 public:
  BasicWriter& u8(std::uint8_t v) { return integer(v); }
  BasicWriter& u16(std::uint16_t v) { return integer(v); }
  BasicWriter& u32(std::uint32_t v) { return integer(v); }
  BasicWriter& u64(std::uint64_t v) { return integer(v); }
  BasicWriter& i64(std::int64_t v) { return integer(static_cast<std::uint64_t>(v)); }
  BasicWriter& flag(bool v) { return integer(static_cast<std::uint8_t>(v ? 1 : 0)); }

  // The bytes alone, for fields of a fixed size.
  template <class Container>
  BasicWriter& raw(const Container& bytes) {
    const ByteView view = view_of(bytes);
    out_.insert(out_.end(), view.begin(), view.end());
    return *this;
  }
  // An LEB128 length, then the bytes.
  template <class Container>
  BasicWriter& blob(const Container& bytes) {
    const ByteView view = view_of(bytes);
    length(static_cast<std::uint32_t>(view.size()));
    return raw(view);
  }
  BasicWriter& length(std::uint32_t v) {
    while (v >= 0x80) {
      out_.push_back(static_cast<Byte>(v | 0x80));
      v >>= 7;
    }
    out_.push_back(static_cast<Byte>(v));
    return *this;
  }
  BasicWriter& zeros(std::size_t n) {
    out_.resize(out_.size() + n);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] ByteView view() const { return out_; }
  [[nodiscard]] Buffer take() { return std::move(out_); }

 private:
  template <class T>
  BasicWriter& integer(T v) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out_.push_back(static_cast<Byte>(v >> (8 * i)));
    return *this;
  }

  Buffer out_;
};

using Writer = BasicWriter<ByteVector>;
using SecretWriter = BasicWriter<SecretVector>;

// Reads from a view it does not own. The first error sticks: every later read gives zeros or nothing, so that
// a parser reads all its fields and asks ok() or done() once.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  std::uint8_t u8() { return integer<std::uint8_t>(); }
  std::uint16_t u16() { return integer<std::uint16_t>(); }
  std::uint32_t u32() { return integer<std::uint32_t>(); }
  std::uint64_t u64() { return integer<std::uint64_t>(); }
  std::int64_t i64() { return static_cast<std::int64_t>(integer<std::uint64_t>()); }
  bool flag();  // 0 or 1, else an error

  ByteView raw(std::size_t n);
  ByteView blob(std::size_t max);           // LEB128 length ≤ max, then the bytes
  std::string text(std::size_t max);        // a blob that is valid UTF-8
  std::uint32_t length(std::uint32_t max);  // a minimal LEB128 number ≤ max

  // A Bytes<N> or Secret<N>.
  template <class Container>
  Container take() {
    return Container::from(raw(Container::size)).value_or(Container{});
  }

  void fail() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && in_.empty(); }  // everything read, nothing left over
  [[nodiscard]] std::size_t left() const { return ok_ ? in_.size() : 0; }
  [[nodiscard]] bool rest_is_zero();  // consumes the rest

 private:
  template <class T>
  T integer() {
    const ByteView bytes = raw(sizeof(T));
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) v |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return static_cast<T>(v);
  }

  ByteView in_;
  bool ok_ = true;
};

}  // namespace tacet
