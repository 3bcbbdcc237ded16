// What a relay keeps of a send token (README.md, "Proofs and tokens").
#pragma once

#include "wire/messages.h"

namespace tacet::wire {

// BLAKE2b-256("tacet-token" ‖ token).
[[nodiscard]] TokenHash token_hash(const SendToken& token);

}  // namespace tacet::wire
