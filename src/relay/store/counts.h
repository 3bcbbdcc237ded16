// What a store counts of its own work, about nobody. Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace tacet::relay {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// How many values were at most 2^0, 2^1, … times `unit`; the last counter holds what is larger than all of
// these.
class Histogram {
 public:
  static constexpr std::size_t kBounds = 16;
  explicit Histogram(double unit) : unit_(unit) {}

  void add(double value) {
    std::size_t at = 0;
    while (at < kBounds && value > bound(at)) ++at;
    counts_[at].add();
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  [[nodiscard]] double bound(std::size_t at) const { return unit_ * static_cast<double>(1ULL << at); }
  [[nodiscard]] std::uint64_t count(std::size_t at) const { return counts_[at].value(); }
  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const double unit_;
  std::array<Counter, kBounds + 1> counts_;
  std::atomic<double> sum_{0};
};

[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

struct StoreCounts {
  Histogram batch{1};             // requests in one transaction
  Histogram commit{0.000'25};     // seconds from its begin to its being on disk
  Histogram fetch{0.000'062'5};   // seconds to read a page of envelopes
  Histogram checkpoint{0.000'5};  // seconds to empty the log
  Counter failures;               // transactions, reads and checkpoints that did not work
};

}  // namespace tacet::relay
