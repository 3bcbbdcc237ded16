// An honest guess at how hard a passphrase is to guess. It errs low: what looks like a word counts as a word.
#pragma once

#include <cstdint>
#include <string_view>

namespace tacet::ui {

enum class Strength : std::uint8_t { empty, too_short, weak, fair, strong, excellent };

// About the number of bits an attacker has to try who knows how people choose. `utf8`: the passphrase.
[[nodiscard]] double estimated_bits(std::string_view utf8);
// One try costs an attacker what unlocking costs here (Argon2id, 256 MiB), so 10,000 tries a second are a
// farm: 30 bits fall within a day, 45 within a century, 60 never.
[[nodiscard]] Strength strength_of(std::string_view utf8);
[[nodiscard]] std::size_t code_points(std::string_view utf8);

}  // namespace tacet::ui
