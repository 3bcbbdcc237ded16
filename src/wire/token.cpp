#include "wire/token.h"

#include "crypto/hash.h"

namespace tacet::wire {

TokenHash token_hash(const SendToken& token) {
  return {crypto::blake2b(std::string_view("tacet-token"), token).raw};
}

InviteHash invite_hash(const InviteCode& code) {
  return {crypto::blake2b(std::string_view("tacet-invite"), code).raw};
}

}  // namespace tacet::wire
