// The wire of one ratchet message (RATCHET.md section 6): its sizes, its header, and contents that commit to
// their key. Knows nothing of chains and steps. Everything but the sizes is internal to src/ratchet.
//
//   hnonce 24 ‖ EH 2336 ‖ com 32 ‖ tag 16 ‖ c
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "ratchet/state.h"

namespace tacet::ratchet {

// The three sizes a wire can have, in bytes.
enum class MessageClass : std::uint32_t { small = 4096, medium = 16384, large = 65536 };

// Most data a message of this class carries: 1684, 13972 or 63124 bytes.
[[nodiscard]] constexpr std::size_t max_data(MessageClass size) {
  return static_cast<std::size_t>(size) - 2412;
}

// The smallest class that holds `data_size` bytes; nothing above 63124.
[[nodiscard]] std::optional<MessageClass> class_for(std::size_t data_size);

// The class of a wire by its length.
[[nodiscard]] std::optional<MessageClass> class_of(std::size_t wire_size);

// Message numbers and chain lengths stay below this.
inline constexpr std::uint32_t kNumberLimit = std::uint32_t{1} << 31;

using HeaderNonce = Bytes<24, struct HeaderNonceTag>;      // hnonce
using HeaderBytes = Bytes<2320, struct HeaderBytesTag>;    // header, in the clear
using SealedHeader = Bytes<2336, struct SealedHeaderTag>;  // EH

struct Header {
  std::uint32_t previous = 0;  // PN
  std::uint32_t number = 0;    // n
  crypto::X25519Public dh;
  crypto::MlKemPublic kem;
  std::optional<crypto::MlKemCiphertext> ciphertext;

  [[nodiscard]] HeaderBytes encode() const;
  // Nothing when flags > 1, padding or an absent ct is not zero, or a number is at the limit.
  [[nodiscard]] static std::optional<Header> parse(const HeaderBytes& bytes);
};

// The parts of a wire, pointing into it.
struct WireView {
  ByteView nonce;       // 24
  ByteView header;      // 2336
  ByteView commitment;  // 32
  ByteView tag;         // 16
  ByteView contents;    // class − 2408

  explicit WireView(ByteView wire);  // of a size that class_of() knows
};

// EH of a wire, opened. Nothing when `key` is not its key.
[[nodiscard]] std::optional<HeaderBytes> open_header(const HeaderKey& key, const SessionId& id,
                                                     const WireView& wire);

// The whole wire of one message. `data` fits the class.
[[nodiscard]] ByteVector seal_message(MessageClass size, const HeaderNonce& nonce,
                                      const HeaderKey& header_key, const Header& header,
                                      const MessageKey& key, const SessionId& id, ByteView data);

// The data of a message. Nothing when com, AEAD, length or padding are wrong.
[[nodiscard]] std::optional<SecretVector> open_contents(const MessageKey& key, const SessionId& id,
                                                        const WireView& wire);

}  // namespace tacet::ratchet
