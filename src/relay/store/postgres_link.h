// A connection to the database that is made again when it was lost: later and later, and never by all nodes
// at once.
#pragma once

#include <chrono>
#include <memory>
#include <random>
#include <string>

#include "base/random.h"
#include "relay/store/postgres.h"

namespace tacet::relay {

class PgLink {
 public:
  PgLink(std::string where, Random& random) : where_(std::move(where)) {
    Bytes<4> seed = random.draw<Bytes<4>>();
    jitter_.seed(
        static_cast<std::uint32_t>(seed.raw[0] | seed.raw[1] << 8 | seed.raw[2] << 16 | seed.raw[3] << 24));
  }

  // Connects if it is not and it is time to try. Throws PgError.
  PgConnection& get() {
    if (connection_ == nullptr) {
      if (!due()) throw PgError("the database is out of reach");
      try {
        connection_ = std::make_unique<PgConnection>(where_);
      } catch (const PgError&) {
        lost();
        throw;
      }
    }
    return *connection_;
  }
  [[nodiscard]] bool due() const { return std::chrono::steady_clock::now() >= next_try_; }
  [[nodiscard]] bool connected() const { return connection_ != nullptr; }
  // It works: the next loss begins with a short wait again.
  void works() { longest_wait_ = kShortest; }
  // After an error that says nothing about the database as a whole.
  void renew() { connection_.reset(); }
  // After an error. What was not committed is undone.
  void lost() {
    if (connection_ == nullptr && !due()) return;
    connection_.reset();
    std::uniform_int_distribution<std::int64_t> wait(0, longest_wait_.count());
    next_try_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait(jitter_));
    longest_wait_ = std::min(longest_wait_ * 2, kLongest);
  }

 private:
  static constexpr std::chrono::milliseconds kShortest{250};
  static constexpr std::chrono::milliseconds kLongest{8000};

  std::string where_;
  std::unique_ptr<PgConnection> connection_;
  std::minstd_rand jitter_;
  std::chrono::milliseconds longest_wait_ = kShortest;
  std::chrono::steady_clock::time_point next_try_{};
};

}  // namespace tacet::relay
