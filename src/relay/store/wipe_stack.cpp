#include "relay/store/wipe_stack.h"

#include <array>

#include "base/bytes.h"

namespace tacet::relay {

[[gnu::noinline]] void wipe_stack() {
  std::array<Byte, 128 << 10> below;  // NOLINT(cppcoreguidelines-pro-type-member-init): that is the point
  wipe(below);
}

}  // namespace tacet::relay
