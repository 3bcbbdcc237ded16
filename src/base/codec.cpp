#include "base/codec.h"

#include "base/text.h"

namespace tacet {

bool Reader::flag() {
  const std::uint8_t v = u8();
  if (v > 1) fail();
  return ok_ && v == 1;
}

ByteView Reader::raw(std::size_t n) {
  if (!ok_ || n > in_.size()) {
    fail();
    return {};
  }
  const ByteView out = in_.first(n);
  in_ = in_.subspan(n);
  return out;
}

std::uint32_t Reader::length(std::uint32_t max) {
  std::uint64_t v = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    const std::uint8_t b = u8();
    v |= static_cast<std::uint64_t>(b & 0x7F) << shift;
    if ((b & 0x80) != 0) continue;
    const bool minimal = b != 0 || shift == 0;
    if (!ok_ || !minimal || v > max) break;
    return static_cast<std::uint32_t>(v);
  }
  fail();
  return 0;
}

ByteView Reader::blob(std::size_t max) {
  const std::uint32_t n = length(static_cast<std::uint32_t>(std::min<std::size_t>(max, UINT32_MAX)));
  return raw(n);
}

std::string Reader::text(std::size_t max) {
  const std::string_view view = as_text(blob(max));
  if (!is_utf8(view)) {
    fail();
    return {};
  }
  return std::string(view);
}

bool Reader::rest_is_zero() {
  Byte any = 0;
  for (const Byte b : raw(left())) any = static_cast<Byte>(any | b);
  return ok_ && any == 0;
}

}  // namespace tacet
