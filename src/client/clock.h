// Effective time (README.md, "Time"): what expiry and everything stored goes by.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace tacet::client {

class Clock {
 public:
  // How far two clocks may differ before one of them is called wrong, and the most a relay can move ours.
  static constexpr Minutes kTolerance{10};

  // A host's clock that moves further between two events, or since the vault was last written, may be wrong.
  static constexpr Hours kLongestPause{2};

  explicit Clock(Time mark) : now_(mark), stamp_(mark) {}

  void tell(Time local) {
    const Time before = local_ == Time{} ? now_ : local_;
    const Millis passed = std::max(local - before, Millis(0));
    if (passed > (local_ == Time{} ? Millis(kTolerance) : Millis(kLongestPause))) held_ = true;
    local_ = local;
    if (!held_) {
      now_ = std::max(now_, local_ + ahead_);
    } else if (passed <= kLongestPause) {
      now_ = std::min(now_ + passed, std::max(now_, local_));
    }
  }
  // False when the relay's clock is too far from the host's: then the host's is not believed where it is
  // ahead, nor the relay's.
  bool relay_says(Time relay) {
    const Millis difference = relay - local_;
    const bool sane = difference <= kTolerance && difference >= -kTolerance;
    ahead_ = sane ? std::max(difference, Millis(0)) : Millis(0);
    if (sane) held_ = false;
    if (held_) now_ = std::max(now_, std::min(relay, local_));  // both say that it is at least this late
    tell(local_);
    return sane;
  }

  [[nodiscard]] Time now() const { return now_; }  // never runs backwards
  // The host's clock has jumped ahead and no relay has confirmed it: now() goes on from where it was.
  [[nodiscard]] bool held() const { return held_; }
  // What the host's clock makes of it: nothing that would be over then is shown, and what is written or read
  // now begins to live or burn then (someone who was away does not write in the past).
  [[nodiscard]] Time claimed() const { return std::max(now_, local_ + ahead_); }

  // claimed() made unique: rises with every call, so that it can serve as an order. No life is counted from
  // it: a clock that was once ahead leaves it ahead.
  [[nodiscard]] Time stamp() {
    stamp_ = std::max(stamp_ + Millis(1), claimed());
    return stamp_;
  }
  void stamp_seen(Time stamp) { stamp_ = std::max(stamp_, stamp); }

 private:
  Time local_{};
  Time now_;
  Time stamp_;
  Millis ahead_{0};
  bool held_ = false;
};

}  // namespace tacet::client
