#include "relay/options.h"

#include <CLI/CLI.hpp>

#include "relay/store/postgres.h"

namespace tacet::relay {

Result<Config, std::string> Options::config() const {
  Config out;
  if (!file.empty()) {
    auto loaded = load_config(file);
    if (!loaded) return loaded;
    out = std::move(*loaded);
  }
  if (ip) out.listen.ip = *ip;
  if (port) out.listen.port = *port;
  if (data) out.data = *data;
  if (database) out.database = *database;
  if (web) out.web = *web;
  if (quota_envelopes) out.quota.envelopes = *quota_envelopes;
  if (quota_bytes) out.quota.bytes = *quota_bytes;
  if (hosts) {
    out.hosts.clear();
    for (const std::string& host : *hosts) out.hosts.push_back(lower_case(host));
  }
  if (out.data.empty()) out.data = default_data();
  if (out.web.empty()) out.web = default_web();
  return out;
}

Result<Options, int> parse_options(int argc, char** argv) {
  Options options;
  std::string checked;
  CLI::App app("Keeps sealed envelopes for people who are away.", "tacet-relay");
  app.set_version_flag("--version", "tacet-relay " TACET_VERSION);
  app.add_option("--config", options.file,
                 "TOML file with the configuration; what is said here wins over it");
  app.add_option("--port", options.port, "Port to listen on; 0: any free one; 8080 unless said");
  app.add_option("--address", options.ip, "IP address to listen on; 127.0.0.1 unless said");
  app.add_option("--data", options.data, "Folder for what is kept; " + default_data() + " unless said");
  app.add_option(
         "--database", options.database,
         "PostgreSQL to keep everything in, such as postgresql://relay@db.example/tacet, instead of a file")
      ->check([](const std::string& where) {
        return has_password(where)
                   ? "a password here could be read by everyone on this machine. Write it into the "
                     "configuration, a password file or a service file."
                   : "";
      });
  app.add_option("--web", options.web, "Folder with the web bundle to serve")->check(CLI::ExistingDirectory);
  app.add_option("--host", options.hosts, "Name people reach this relay under, with its port if unusual");
  app.add_option("--quota-envelopes", options.quota_envelopes, "Envelopes in one mailbox; 1000 unless said")
      ->check(CLI::PositiveNumber);
  app.add_option("--quota-bytes", options.quota_bytes,
                 "Bytes of envelopes in one mailbox; 33554432 unless said")
      ->check(CLI::PositiveNumber);
  CLI::App* check =
      app.add_subcommand("check-config", "Say \"ok\", or what is wrong with a configuration file");
  check->add_option("FILE", checked)->required();
  InvitesCommand invites;
  CLI::App* codes = app.add_subcommand(
      "invites", "Codes that let people make mailboxes at the relay that runs on the data folder");
  codes->require_subcommand(1);
  CLI::App* add = codes->add_subcommand("add", "Make a code and print it, this once");
  add->add_option("LABEL", invites.label, "What you call it, such as who gets it")->required();
  add->add_option("--mailboxes", invites.mailboxes,
                  "How many mailboxes it is good for; a person needs one per contact")
      ->required();
  add->add_option("--days", invites.days, "How long it lasts; for ever unless said");
  codes->add_subcommand("list", "What codes there are, and what they are still good for");
  CLI::App* remove = codes->add_subcommand("remove", "End a code; the mailboxes that were made with it stay");
  remove->add_option("LABEL", invites.label)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return unexpected(app.exit(error) == 0 ? 0 : kWrongUsage);
  }
  if (*check) options.check = checked;
  if (*codes) {
    invites.what = codes->get_subcommands().front()->get_name();
    options.invites = invites;
  }
  return options;
}

}  // namespace tacet::relay
