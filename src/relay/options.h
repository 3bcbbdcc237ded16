// The command line (README.md, "Running it"). It wins over the configuration file.
#pragma once

#include "relay/config.h"
#include "relay/invites.h"

namespace tacet::relay {

struct Options {
  std::string file;                       // the configuration; empty: none
  std::optional<std::string> check;       // a file to be looked at only
  std::optional<InvitesCommand> invites;  // something to ask a relay that runs

  std::optional<std::string> ip, data, web, database;
  std::optional<std::uint16_t> port;
  std::optional<std::vector<std::string>> hosts;
  std::optional<std::uint32_t> quota_envelopes;
  std::optional<std::uint64_t> quota_bytes;

  // The file as it is now, and the command line over it; else what is wrong with the file.
  [[nodiscard]] Result<Config, std::string> config() const;
};

// An exit code when there is nothing to do: help or version was asked for, or the arguments are wrong; then
// the person has been told.
[[nodiscard]] Result<Options, int> parse_options(int argc, char** argv);

inline constexpr int kWrongUsage = 2;

}  // namespace tacet::relay
