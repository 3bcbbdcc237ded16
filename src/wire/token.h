// What a relay keeps of send tokens and invite codes (README.md, "Proofs and tokens", "Admission").
#pragma once

#include "wire/messages.h"

namespace tacet::wire {

// BLAKE2b-256("tacet-token" ‖ token).
[[nodiscard]] TokenHash token_hash(const SendToken& token);

// BLAKE2b-256("tacet-invite" ‖ code).
using InviteHash = Bytes<32, struct InviteHashTag>;
[[nodiscard]] InviteHash invite_hash(const InviteCode& code);

}  // namespace tacet::wire
