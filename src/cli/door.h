// What every command that opens or makes a vault needs.
#pragma once

#include "cli/commands.h"
#include "cli/home.h"

namespace tacet::cli {

[[nodiscard]] std::string home_of(const Options& options);

// From the file, or typed. Nothing after having said why.
[[nodiscard]] std::optional<SecretVector> passphrase(const std::string& file, const Terminal& terminal,
                                                     words::Word prompt);
// The same, typed twice.
[[nodiscard]] std::optional<SecretVector> new_passphrase(const std::string& file, const Terminal& terminal,
                                                         words::Word prompt);

// A messenger that has looked for its vault.
[[nodiscard]] Unlocked start(const Home& home, const Place& place, const Terminal& terminal);

// The same in a folder that must not have a vault yet, at the relay that the options name.
[[nodiscard]] Unlocked start_anew(const Options& options, const Terminal& terminal);

// Until it is open, with the recovery code confirmed, or came to nothing, which is said.
[[nodiscard]] bool arrive(Host& host, const Terminal& terminal);

}  // namespace tacet::cli
