// How everything src/ratchet stores begins: kind u8 ‖ version u8 (README.md). Internal.
#pragma once

#include "base/codec.h"
#include "ratchet/error.h"

namespace tacet::ratchet {

enum class StoredKind : std::uint8_t {
  identity = 0x21,
  signed_prekey = 0x22,
  last_resort = 0x23,
  one_time = 0x24,
  session = 0x25,
};

inline constexpr std::uint8_t kStoredVersion = 1;

[[nodiscard]] inline SecretWriter begin_stored(StoredKind kind) {
  SecretWriter out;
  out.u8(static_cast<std::uint8_t>(kind)).u8(kStoredVersion);
  return out;
}

// A reader that stands after the version.
[[nodiscard]] inline Result<Reader, Error> open_stored(ByteView bytes, StoredKind kind) {
  Reader reader(bytes);
  const bool right_kind = reader.u8() == static_cast<std::uint8_t>(kind);
  const std::uint8_t version = reader.u8();
  if (!right_kind || !reader.ok()) return unexpected(Error::bad_state);
  if (version < kStoredVersion) return unexpected(Error::older_version);
  if (version > kStoredVersion) return unexpected(Error::newer_version);
  return reader;
}

}  // namespace tacet::ratchet
