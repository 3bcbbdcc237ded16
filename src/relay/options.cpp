#include "relay/options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace tacet::relay {
namespace {

constexpr int kWrongUsage = 2;

// XDG Base Directory: state is what should survive but belongs to no document.
std::string default_data() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/tacet-relay";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return std::string(home) + "/.local/state/tacet-relay";
  return "tacet-relay-data";
}

}  // namespace

Result<Options, int> parse_options(int argc, char** argv) {
  Options options;
  options.data = default_data();
  CLI::App app("Keeps sealed envelopes for people who are away.", "tacet-relay");
  app.set_version_flag("--version", "tacet-relay " TACET_VERSION);
  app.add_option("--port", options.address.port, "Port to listen on; 0: any free one")->capture_default_str();
  app.add_option("--address", options.address.ip, "IP address to listen on")->capture_default_str();
  app.add_option("--data", options.data, "Folder for what is kept")->capture_default_str();
  app.add_option("--web", options.web, "Folder with the web bundle to serve")->check(CLI::ExistingDirectory);
  app.add_option("--host", options.hosts, "Name people reach this relay under, with its port if unusual");
  app.add_option("--quota-envelopes", options.quota.envelopes, "Envelopes in one mailbox")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--quota-bytes", options.quota.bytes, "Bytes of envelopes in one mailbox")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return unexpected(app.exit(error) == 0 ? 0 : kWrongUsage);
  }
  // What a client signs is in lower case.
  for (std::string& host : options.hosts) {
    for (char& c : host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return options;
}

}  // namespace tacet::relay
