// What an operator can change about a relay: one TOML file, over it the command line (README.md, "Running
// it"; packaging/tacet-relay.toml has every key with its default).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "relay/server.h"
#include "relay/session.h"

namespace tacet::relay {

enum class LogLevel { debug, info, warning, error };

struct Config {
  Address listen;
  std::string data;                // empty: default_data()
  std::string database;            // how libpq reaches PostgreSQL; empty: SQLite in the data folder
  std::string web;                 // empty: default_web()
  std::vector<std::string> hosts;  // lower case
  TlsFiles tls;
  Quota quota;
  Terms terms;
  Server::Limits limits;
  std::uint64_t memory = 512 << 20;  // bytes; what connections and caches may use together
  std::optional<Address> metrics;    // loopback; nothing: none are served
  LogLevel log = LogLevel::info;
};

// The configuration in a file's text, or one line for each mistake: "NAME:LINE:COLUMN: KEY: what is wrong".
// Looks at the file system only to see whether what the text names is there.
[[nodiscard]] Result<Config, std::string> parse_config(std::string_view text, const std::string& name);
[[nodiscard]] Result<Config, std::string> load_config(const std::string& path);

// The names of what differs and takes effect only with the next start.
[[nodiscard]] std::vector<std::string> needs_restart(const Config& running, const Config& wanted);

// Where systemd says that state belongs, else where the XDG Base Directory Specification does.
[[nodiscard]] std::string default_data();
// The bundle that was installed with this program; empty if there is none.
[[nodiscard]] std::string default_web();

[[nodiscard]] std::string lower_case(std::string text);

}  // namespace tacet::relay
