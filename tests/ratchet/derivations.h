// Counts what costs: every HMAC (of which HKDF is made), Diffie-Hellman and KEM operation of the whole
// program. The linker puts derivations.cpp between the core and libsodium (--wrap in CMakeLists.txt).
#pragma once

#include <cstddef>

namespace tacet::test {

[[nodiscard]] std::size_t derivations();  // since the program began

}  // namespace tacet::test
