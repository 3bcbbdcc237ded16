// Blocks: one binary WebSocket message of exactly 512, 4352, 16640 or 65792 bytes, zero-padded (README.md).
#pragma once

#include <string_view>

#include "base/result.h"
#include "wire/messages.h"

namespace tacet::wire {

inline constexpr std::size_t kBlockSizes[] = {512, 4352, 16640, 65792};
inline constexpr std::size_t kMaxBlock = 65792;
inline constexpr std::uint8_t kVersion = 1;

enum class BlockError : std::uint8_t {
  wrong_size,     // not one of kBlockSizes
  newer_version,  // made by a newer Tacet
  unknown_type,   // a type this side does not know
  malformed,      // a field is cut, too long, out of range, not minimal, or bytes are left over
  not_padded,     // the padding is not zero
};

// The smallest block that holds it. What the decoder would refuse (a bound broken, a request id missing) is
// misuse and asserted.
[[nodiscard]] ByteVector encode(const ClientBlock& block);
[[nodiscard]] ByteVector encode(const ServerBlock& block);

[[nodiscard]] Result<ClientBlock, BlockError> decode_client(ByteView block);
[[nodiscard]] Result<ServerBlock, BlockError> decode_server(ByteView block);

// The request id of a block that cannot be decoded, so that the answer can name it: the first six bytes mean
// the same in every version. 0 when there are not that many.
[[nodiscard]] std::uint32_t peek_request_id(ByteView block);

// What Subscribe signs: "tacet-auth" ‖ host ‖ server nonce ‖ client nonce ‖ mailbox.
[[nodiscard]] ByteVector subscribe_proof(std::string_view host, const Nonce& server, const Nonce& client,
                                         const MailboxId& mailbox);

}  // namespace tacet::wire
