#include "wire/token.h"

#include "crypto/hash.h"

namespace tacet::wire {

TokenHash token_hash(const SendToken& token) {
  return {crypto::blake2b(std::string_view("tacet-token"), token).raw};
}

}  // namespace tacet::wire
