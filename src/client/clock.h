// Effective time (README.md, "Time"): what expiry and everything stored goes by.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace tacet::client {

class Clock {
 public:
  // How far two clocks may differ before one of them is called wrong, and the most a relay can move ours.
  static constexpr Minutes kTolerance{10};

  explicit Clock(Time mark) : now_(mark), stamp_(mark) {}

  void tell(Time local) {
    local_ = local;
    now_ = std::max(now_, local_ + ahead_);
  }
  // False when the relay's clock is too far from the host's: then it counts for nothing.
  bool relay_says(Time relay) {
    const Millis difference = relay - local_;
    const bool sane = difference <= kTolerance && difference >= -kTolerance;
    ahead_ = sane ? std::max(difference, Millis(0)) : Millis(0);
    tell(local_);
    return sane;
  }

  [[nodiscard]] Time now() const { return now_; }  // never runs backwards

  // now() made unique: rises with every call, so that it can serve as an order.
  [[nodiscard]] Time stamp() {
    stamp_ = std::max(stamp_ + Millis(1), now_);
    return stamp_;
  }
  void stamp_seen(Time stamp) { stamp_ = std::max(stamp_, stamp); }

 private:
  Time local_{};
  Time now_;
  Time stamp_;
  Millis ahead_{0};
};

}  // namespace tacet::client
