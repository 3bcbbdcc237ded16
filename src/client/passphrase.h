// What a passphrase must be, and how it is tried: shared by the door and by what asks for it again.
#pragma once

#include <optional>

#include "client/problem.h"
#include "vault/vault.h"

namespace tacet::client {

// UTF-8 of at least Messenger::kMinPassphrase code points.
[[nodiscard]] bool good_passphrase(ByteView passphrase);

// Less work for devices with little memory, down to the vault's floor (DESIGN.md section 5); nothing below
// it.
[[nodiscard]] std::optional<vault::Stretching> weaker(vault::Stretching stretching);

[[nodiscard]] Problem problem_of(vault::Error error);

}  // namespace tacet::client
