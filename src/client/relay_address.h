// Where a relay is: `wss://host[:port]/path` or, for loopback and intranets, `ws://…`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tacet::client {

struct RelayAddress {
  static constexpr std::size_t kMaxLength = 200;

  bool secure = true;
  std::string host;  // lower case, with ":port" when it is not the scheme's own: what Subscribe signs
  std::string path;  // begins with '/'; usually "/relay"

  // Strict: no user, query or fragment; ASCII only.
  [[nodiscard]] static std::optional<RelayAddress> parse(std::string_view text);
  [[nodiscard]] std::string url() const;
  bool operator==(const RelayAddress&) const = default;
};

}  // namespace tacet::client
