// What time it is, injected so that tests can travel.
#pragma once

#include <algorithm>
#include <atomic>

#include "base/time.h"

namespace tacet::relay {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() = 0;  // safe from any thread
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
};

// Another clock that never runs backwards: what was due stays due when the operator sets the time.
class ForwardClock final : public Clock {
 public:
  explicit ForwardClock(Clock& inner) : inner_(inner) {}  // which must outlive it
  [[nodiscard]] Time now() override {
    const std::int64_t read = to_millis(inner_.now());
    std::int64_t last = last_.load();
    while (read > last && !last_.compare_exchange_weak(last, read)) {
    }
    return from_millis(std::max(read, last));
  }

 private:
  Clock& inner_;
  std::atomic<std::int64_t> last_{0};
};

}  // namespace tacet::relay
