// Writes the codec's fixed-size fields into memory of a known size, without allocating.
#pragma once

#include <cassert>

#include "base/bytes.h"

namespace tacet {

class SpanWriter {
 public:
  explicit SpanWriter(MutableByteView out) : out_(out) {}

  SpanWriter& u8(std::uint8_t v) { return integer(v); }
  SpanWriter& u32(std::uint32_t v) { return integer(v); }
  SpanWriter& u64(std::uint64_t v) { return integer(v); }
  template <class Container>
  SpanWriter& raw(const Container& bytes) {
    const ByteView view = view_of(bytes);
    const MutableByteView to = take(view.size());
    std::copy(view.begin(), view.end(), to.begin());
    return *this;
  }
  SpanWriter& zeros(std::size_t n) {
    const MutableByteView to = take(n);
    std::fill(to.begin(), to.end(), Byte{0});
    return *this;
  }

  // The next n bytes, to be filled by the caller.
  MutableByteView take(std::size_t n) {
    assert(n <= out_.size());
    const MutableByteView to = out_.first(n);
    out_ = out_.subspan(n);
    return to;
  }
  [[nodiscard]] std::size_t left() const { return out_.size(); }

 private:
  template <class T>
  SpanWriter& integer(T v) {
    const MutableByteView to = take(sizeof(T));
    for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<Byte>(v >> (8 * i));
    return *this;
  }

  MutableByteView out_;
};

}  // namespace tacet
