// One function per command. Each returns the program's exit code (README.md beside this file).
#pragma once

#include <memory>
#include <optional>

#include "cli/host.h"
#include "cli/options.h"
#include "cli/terminal.h"

namespace tacet::cli {

enum ExitCode : int {
  done = 0,
  wrong_usage = 2,
  no_vault = 3,  // none there, one there already, in use, or it does not open
  not_yet = 4,   // the relay did not answer in time: kept, and sent by a later command
  refused = 5,   // cannot be done, and trying again will not help
};

// An open vault, or the exit code after having said why not.
struct Unlocked {
  std::unique_ptr<Host> host;
  int exit_code = done;
  SecretVector typed{};  // what opened it
};
[[nodiscard]] Unlocked unlock(const Options& options, const Terminal& terminal);

// By the name that is shown or the first digits of the number. Nothing after having said why.
[[nodiscard]] const client::ConversationView* find_contact(const client::View& view, std::string_view wanted,
                                                           const Terminal& terminal);

[[nodiscard]] int create(const Options& options, const Terminal& terminal);
[[nodiscard]] int invite(const Options& options, const Terminal& terminal);
[[nodiscard]] int accept(const Options& options, const Terminal& terminal);
[[nodiscard]] int requests(const Options& options, const Terminal& terminal);
[[nodiscard]] int approve(const Options& options, const Terminal& terminal);
[[nodiscard]] int decline(const Options& options, const Terminal& terminal);
[[nodiscard]] int contacts(const Options& options, const Terminal& terminal);
[[nodiscard]] int send(const Options& options, const Terminal& terminal);
[[nodiscard]] int receive(const Options& options, const Terminal& terminal);
[[nodiscard]] int show(const Options& options, const Terminal& terminal);
[[nodiscard]] int change_passphrase(const Options& options, const Terminal& terminal);
[[nodiscard]] int back_up(const Options& options, const Terminal& terminal);
[[nodiscard]] int restore(const Options& options, const Terminal& terminal);
[[nodiscard]] int share(const Options& options, const Terminal& terminal);
[[nodiscard]] int listen(const Options& options, const Terminal& terminal);

}  // namespace tacet::cli
