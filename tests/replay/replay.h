// Runs a transcript against src/ratchet and compares every byte and every result.
#pragma once

#include "replay/transcript.h"

namespace tacet::replay {

// The number of steps that ran, or where the first difference is: step, field, byte.
[[nodiscard]] Result<std::size_t, std::string> replay(const Transcript& transcript);

}  // namespace tacet::replay
