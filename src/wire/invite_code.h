// An invite code as people write it: 26 characters of base32 in groups of four, the highest bit first, the
// last character's two spare bits zero.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/messages.h"

namespace tacet::wire {

[[nodiscard]] std::string text_of(const InviteCode& code);

// Forgiving as base32_value() is. Nothing when it cannot be a code.
[[nodiscard]] std::optional<InviteCode> invite_code_in(std::string_view typed);

}  // namespace tacet::wire
