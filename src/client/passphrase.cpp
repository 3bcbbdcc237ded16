#include "client/passphrase.h"

#include <algorithm>

#include "base/text.h"
#include "client/messenger.h"

namespace tacet::client {

bool good_passphrase(ByteView passphrase) {
  const auto code_points =
      std::count_if(passphrase.begin(), passphrase.end(), [](Byte b) { return (b & 0xC0) != 0x80; });
  return is_utf8(as_text(passphrase)) && static_cast<std::size_t>(code_points) >= Messenger::kMinPassphrase;
}

std::optional<vault::Stretching> weaker(vault::Stretching stretching) {
  constexpr std::uint32_t kMiddleKib = 64 * 1024;
  if (stretching.memory_kib > kMiddleKib) {
    stretching.memory_kib = kMiddleKib;
    return stretching;
  }
  if (stretching.memory_kib > vault::Stretching::kFloorKib) {
    stretching.memory_kib = vault::Stretching::kFloorKib;
    return stretching;
  }
  return std::nullopt;
}

Problem problem_of(vault::Error error) {
  switch (error) {
    case vault::Error::no_space:
      return Problem::storage_full;
    case vault::Error::damaged_slots:
      return Problem::vault_slots_damaged;
    case vault::Error::foreign:
      return Problem::vault_foreign;
    case vault::Error::newer_version:
      return Problem::vault_newer;
    case vault::Error::wrong_key:
      return Problem::wrong_passphrase;
    case vault::Error::io:
      return Problem::vault_io;
    default:
      return Problem::vault_damaged;
  }
}

}  // namespace tacet::client
