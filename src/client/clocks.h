// The two clocks of a message (DESIGN.md section 7). Burning can only shorten a life.
#pragma once

#include "base/time.h"

namespace tacet::client {

struct Clocks {
  static constexpr Seconds kMinExpiry = Minutes(1);
  static constexpr Seconds kMaxExpiry = Days(30);
  static constexpr Seconds kMinBurn{3};
  static constexpr Seconds kMaxBurn = Days(6);

  Seconds expires_after = Days(6);  // counted from sending; kMinExpiry to kMaxExpiry
  Seconds burn_after{0};            // counted from first being shown to the recipient; 0: off

  [[nodiscard]] bool in_range() const {
    const bool burns = burn_after == Seconds(0) || (burn_after >= kMinBurn && burn_after <= kMaxBurn);
    return burns && expires_after >= kMinExpiry && expires_after <= kMaxExpiry;
  }
  bool operator==(const Clocks&) const = default;
};

}  // namespace tacet::client
