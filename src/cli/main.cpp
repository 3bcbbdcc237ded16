// tacet: the messenger with a terminal for a face.
#include <CLI/CLI.hpp>
#include <functional>

#include "cli/commands.h"

namespace {

using tacet::cli::Options;
using tacet::cli::Terminal;
using Command = std::function<int(const Options&, const Terminal&)>;

constexpr auto kFooter =
    "Passphrases are asked for, or read from a file; they are never taken from the command line or the "
    "environment,\n"
    "where other people on this machine could see them. A link and a text on the command line can be seen.\n"
    "Exit codes: 0 done, 2 wrong usage, 3 the vault does not open, 4 the relay did not answer in time, 5 "
    "refused.";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Tacet: messages that fall silent.", "tacet");
  app.set_version_flag("--version", "tacet " TACET_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);

  Options options;
  Command chosen;
  app.add_option("--home", options.home, "Folder of the identity (default: ~/.local/share/tacet)");
  app.add_option("--passphrase-file", options.passphrase_file,
                 "Read the passphrase from the first line of FILE");
  app.add_option("--wait", options.wait,
                 "Seconds the relay may take (default 30); receive: also how long to wait for a message")
      ->check(CLI::Range(0, 86400));

  const auto add = [&](const char* name, const char* help, Command run) {
    CLI::App* command = app.add_subcommand(name, help)->fallthrough();
    command->callback([&chosen, run = std::move(run)] { chosen = run; });
    return command;
  };
  const auto add_json = [&](CLI::App* command) {
    command->add_flag("--json", options.json, "One JSON object per line");
    return command;
  };
  const auto add_contact = [&](CLI::App* command) {
    command->add_option("contact", options.contact, "Name, or the first digits of the number")->required();
    return command;
  };

  CLI::App* create = add("create", "Make an identity; prints its recovery code", tacet::cli::create);
  create->add_option("--relay", options.relay, "Where it lives: wss://host[:port][/path]")->required();
  create->add_option("--page", options.page, "What invitation links begin with (default: the relay's host)");
  create->add_option("--name", options.name, "Shown to contacts");

  CLI::App* invite = add_json(add("invite", "Print an invitation link", tacet::cli::invite));
  invite->add_option("--label", options.label, "A note for whoever opens it");
  invite->add_option("--uses", options.uses, "How many people may use it (default 1; 0: no limit)");
  invite->add_option("--lifetime", options.lifetime, "How long the link works (default 7d)");

  CLI::App* accept = add_json(add("accept", "Answer an invitation with a first message", tacet::cli::accept));
  accept->add_option("link", options.link, "The invitation link")->required();
  accept->add_option("--message", options.text, "The first message")->required();

  add_json(add("requests", "Who has asked to write", tacet::cli::requests));
  add_json(add_contact(add("approve", "Accept a request", tacet::cli::approve)));
  add_json(add_contact(add("decline", "Refuse a request for good", tacet::cli::decline)));
  add_json(add("contacts", "List contacts", tacet::cli::contacts));

  const auto add_new_passphrase = [&](CLI::App* command) {
    command->add_option("--new-passphrase-file", options.new_passphrase_file,
                        "Read the new passphrase from the first line of FILE");
  };
  add_new_passphrase(add("passphrase", "Change the passphrase", tacet::cli::change_passphrase));

  CLI::App* back_up = add("backup", "Write a sealed backup file", tacet::cli::back_up);
  back_up->add_option("file", options.file, "Where to; must not exist")->required();
  back_up->add_flag("--without-history", options.without_history, "Leave the messages out");

  CLI::App* restore = add("restore", "Make an identity from a backup file", tacet::cli::restore);
  restore->add_option("file", options.file, "The backup")->required();
  restore->add_option("--relay", options.relay, "Where new mailboxes go: wss://host[:port][/path]")
      ->required();
  restore->add_option("--page", options.page, "What invitation links begin with (default: the relay's host)");
  add_new_passphrase(restore);

  CLI::App* share = add("share", "Whether the relay keeps half of the vault's key", tacet::cli::share);
  share->add_option("state", options.share, "on or off (default: say how it is)")
      ->check(CLI::IsMember({"on", "off"}));

  CLI::App* send = add_json(add_contact(add("send", "Send a message", tacet::cli::send)));
  send->add_option("text", options.text, "The message")->required();
  send->add_option("--expires", options.expires,
                   "Gone after sending: 5m, 2h, 6d (default: the conversation's)");
  send->add_option("--burn", options.burn, "Gone after being read: 30s, 5m (default: the conversation's)");

  CLI::App* receive =
      add_json(add("receive", "Print new messages and mark them as read", tacet::cli::receive));
  receive->add_flag("--mark-read", options.mark_read, "With --json: mark them as read, too");

  add_json(add_contact(add("show", "Print a conversation", tacet::cli::show)));
  add("listen", "For bots: JSON lines out, JSON commands in, until the input ends", tacet::cli::listen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(tacet::cli::wrong_usage);
  }
  return chosen(options, Terminal());
}
