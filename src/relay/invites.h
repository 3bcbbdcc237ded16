// `tacet-relay invites …`: gives out, lists and takes back the codes that let people make mailboxes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tacet::relay {

struct InvitesCommand {
  std::string what;  // "add", "list" or "remove"
  std::string label;
  std::int64_t mailboxes = 0;
  std::optional<std::int64_t> days;
};

// Asks the relay that uses this folder and says what came of it. The exit code: 0, or 1 when it was refused.
[[nodiscard]] int run_invites(const InvitesCommand& command, const std::string& folder);

}  // namespace tacet::relay
