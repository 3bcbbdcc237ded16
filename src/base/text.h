// Bytes as text: hex, base64url without padding, UTF-8 checks. Decoders are strict: one text for one value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tacet {

[[nodiscard]] std::string to_hex(ByteView bytes);                         // lower case
[[nodiscard]] std::optional<ByteVector> from_hex(std::string_view text);  // lower case only
[[nodiscard]] std::string to_base64url(ByteView bytes);                   // RFC 4648 section 5, no padding
[[nodiscard]] std::optional<ByteVector> from_base64url(std::string_view text);  // no padding, no stray bits

// Crockford's base32, which people can read out and type: its 32 characters, and the value of one as it was
// typed (any case, O for 0, I and L for 1).
inline constexpr std::string_view kBase32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
[[nodiscard]] std::optional<unsigned> base32_value(char typed);
// What may stand between its characters: spaces, line ends and dashes.
[[nodiscard]] bool is_base32_gap(char typed);

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

// At most max_bytes of text, cut between code points.
[[nodiscard]] std::string_view clip_utf8(std::string_view text, std::size_t max_bytes);

}  // namespace tacet
