#include "wire/chunk.h"

#include "crypto/hash.h"

namespace tacet::wire {

ChunkDigest chunk_digest(ByteView body) {
  return {crypto::blake2b(std::string_view("tacet-chunk"), body).raw};
}

}  // namespace tacet::wire
