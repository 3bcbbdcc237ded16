// What lies inside a ratchet message (README.md, "Contents").
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "base/time.h"
#include "client/clocks.h"
#include "client/ids.h"
#include "client/relay_address.h"

namespace tacet::client {

// Where somebody can be written to.
struct Destination {
  RelayAddress relay;
  wire::MailboxId mailbox;
  wire::SendToken token;
  bool operator==(const Destination&) const = default;
};

struct TextContent {
  MessageId id;
  Time sent_at;
  Time expires_at;
  Seconds burn_after{0};  // 0: off
  SecretVector text;      // UTF-8, 1 to 10 000 bytes
};
struct ReceiptContent {
  static constexpr std::size_t kMaxIds = 40;  // in each list
  struct Read {
    MessageId id;
    Time at;
  };
  std::vector<MessageId> delivered;
  std::vector<Read> read;
};
struct IntroductionContent {
  TextContent text;
  std::string name;
  Destination mailbox;
};
struct MailboxContent {
  MessageId id;
  std::string name;
  Destination mailbox;
  bool restored = false;  // in a handshake: who writes has come back from a backup and has no older session
};
struct ProfileContent {
  MessageId id;
  std::string name;
};
struct UnknownContent {};  // a kind of 0x80 or higher from a newer Tacet: passed over

using Content = std::variant<TextContent, ReceiptContent, IntroductionContent, MailboxContent, ProfileContent,
                             UnknownContent>;

enum class ContentError : std::uint8_t { malformed, newer };

[[nodiscard]] SecretVector encode(const Content& content);
[[nodiscard]] Result<Content, ContentError> decode_content(ByteView bytes);

// blob relay URL ‖ mailbox 16 ‖ token 32, in contents and in records.
void write(SecretWriter& out, const Destination& destination);
[[nodiscard]] Destination read_destination(Reader& in);

}  // namespace tacet::client
