// From a folder and a passphrase to an open vault.
#include "cli/door.h"

namespace tacet::cli {

using client::Phase;
using client::View;
using words::Word;

std::string home_of(const Options& options) {
  return options.home.empty() ? Home::usual() : options.home;
}

std::optional<SecretVector> passphrase(const std::string& file, const Terminal& terminal, Word prompt) {
  if (!file.empty()) {
    auto line = read_secret(file);
    if (!line) terminal.complain(Word::passphrase_file_unreadable, {file});
    return line;
  }
  if (terminal.interactive()) return terminal.ask_secret(prompt);
  terminal.complain(Word::no_passphrase);
  return std::nullopt;
}

std::optional<SecretVector> new_passphrase(const std::string& file, const Terminal& terminal, Word prompt) {
  auto secret = passphrase(file, terminal, prompt);
  if (!secret || !file.empty()) return secret;
  const auto again = terminal.ask_secret(Word::ask_passphrase_again);
  if (again && *again == *secret) return secret;
  terminal.complain(Word::passphrases_differ);
  return std::nullopt;
}

Unlocked start(const Home& home, const Place& place, const Terminal& terminal) {
  auto files = posix::PosixFiles::open(home.vault());
  if (!files) {
    switch (files.error()) {
      case posix::OpenError::in_use:
        terminal.complain(client::Problem::open_elsewhere);
        break;
      case posix::OpenError::no_space:
        terminal.complain(client::Problem::storage_full);
        break;
      case posix::OpenError::failed:
        terminal.complain(Word::folder_unusable, {home.vault()});
        break;
    }
    return {nullptr, no_vault};
  }
  client::Config config;
  config.home_relay = place.relay;
  config.link_base = place.page;
  auto host = std::make_unique<Host>(std::move(config), std::move(*files));
  host->tell(client::Started{});
  host->wait(Time::max(), [](const View& view) { return view.phase != Phase::starting; });
  if (host->view().phase == Phase::unusable) {
    terminal.complain(host->view().problem.value_or(client::Problem::vault_io));
    return {nullptr, no_vault};
  }
  return {std::move(host), done};
}

namespace {

// The code goes to standard output, and comes back by hand where there is somebody to type it.
bool confirm_recovery_code(Host& host, const Terminal& terminal) {
  const std::string code(as_text(host.view().recovery_code));
  terminal.print(code);
  if (terminal.interactive()) terminal.say(Word::recovery_text);
  while (host.view().phase == Phase::recovery) {
    const auto typed = terminal.interactive() ? terminal.ask(Word::ask_recovery) : code;
    if (!typed) return false;
    host.tell(client::ConfirmRecoveryCode{*typed});
    host.wait(Time::max(), [](const View& view) { return view.phase != Phase::recovery || view.problem; });
    if (host.view().phase == Phase::recovery && host.view().problem) terminal.complain(*host.view().problem);
    if (host.view().phase == Phase::recovery && !terminal.interactive()) return false;
  }
  return true;
}

}  // namespace

bool arrive(Host& host, const Terminal& terminal) {
  host.wait(Time::max(), [](const View& view) {
    const bool arrived = view.phase == Phase::open || view.phase == Phase::recovery ||
                         view.phase == Phase::unusable ||
                         (view.phase == Phase::awaiting_share && view.problem);
    const bool sent_back = (view.phase == Phase::welcome || view.phase == Phase::locked) && view.problem;
    return arrived || sent_back;
  });
  if (host.view().phase == Phase::recovery && !confirm_recovery_code(host, terminal)) return false;
  if (host.view().phase == Phase::open) {
    host.wait(Time::max(), [](const View& view) { return !view.recalling; });
    return true;
  }
  terminal.complain(host.view().problem.value_or(client::Problem::vault_io));
  return false;
}

Unlocked unlock(const Options& options, const Terminal& terminal) {
  const Home home(home_of(options));
  const auto place = home.place();
  if (!place) {
    terminal.complain(Word::vault_none, {home.folder()});
    return {nullptr, no_vault};
  }
  Unlocked out = start(home, *place, terminal);
  if (!out.host) return out;
  if (out.host->view().phase == Phase::welcome) {
    terminal.complain(Word::vault_none, {home.folder()});
    return {nullptr, no_vault};
  }
  auto secret = passphrase(options.passphrase_file, terminal, Word::ask_passphrase);
  if (!secret) return {nullptr, no_vault};
  terminal.one_moment();
  out.typed = *secret;
  out.host->tell(client::Unlock{std::move(*secret)});
  if (!arrive(*out.host, terminal)) return {nullptr, no_vault};
  return out;
}

Unlocked start_anew(const Options& options, const Terminal& terminal) {
  const auto place = Place::parse(options.relay, options.page);
  if (!place) {
    terminal.complain(client::Problem::relay_address_bad);
    return {nullptr, wrong_usage};
  }
  const Home home(home_of(options));
  if (home.folder().empty() || !home.make()) {
    terminal.complain(Word::folder_unusable, {home.folder()});
    return {nullptr, no_vault};
  }
  Unlocked made = start(home, *place, terminal);
  if (!made.host) return made;
  if (made.host->view().phase != Phase::welcome) {
    terminal.complain(Word::vault_exists, {home.folder()});
    return {nullptr, no_vault};
  }
  if (!home.keep(*place)) {
    terminal.complain(Word::folder_unusable, {home.folder()});
    return {nullptr, no_vault};
  }
  return made;
}

int create(const Options& options, const Terminal& terminal) {
  const Unlocked made = start_anew(options, terminal);
  if (!made.host) return made.exit_code;
  auto secret = new_passphrase(options.passphrase_file, terminal, Word::ask_passphrase);
  if (!secret) return no_vault;
  terminal.one_moment();
  made.host->tell(client::CreateVault{std::move(*secret)});
  if (!arrive(*made.host, terminal)) return no_vault;
  if (!options.name.empty()) {
    made.host->tell(client::SetMyName{options.name});
    made.host->wait(Loop::now() + Seconds(30), [](const View& view) { return !view.saving; });
  }
  if (terminal.interactive()) terminal.say(Word::vault_made, {home_of(options)});
  return done;
}

}  // namespace tacet::cli
