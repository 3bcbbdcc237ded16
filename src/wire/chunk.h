// What a chunk is known by (README.md, "Files").
#pragma once

#include "wire/messages.h"

namespace tacet::wire {

// BLAKE2b-256("tacet-chunk" ‖ body).
[[nodiscard]] ChunkDigest chunk_digest(ByteView body);

}  // namespace tacet::wire
