// What a relay counts of its own work: enough to run it, nothing about anyone. Safe from any thread; other
// numbers may be a moment newer than the one just read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <variant>

#include "relay/store/counts.h"
#include "wire/messages.h"

namespace tacet::relay {

struct Metrics {
  // Requests by what was asked (wire::Request's order; last: what could not be read) and by what was answered
  // (wire::Code's value; 0: it was done).
  static constexpr std::size_t kTypes = std::variant_size_v<wire::Request> + 1;
  static constexpr std::size_t kUnreadable = kTypes - 1;
  static constexpr std::size_t kResults = 16;
  std::array<std::array<Counter, kResults>, kTypes> requests;

  Counter stored;                            // envelopes
  Counter repeats;                           // envelopes that were stored before
  Counter delivered;                         // envelopes pushed to their owners, repeats included
  Counter displaced;                         // connections closed because a newer one reads the same mailbox
  Counter turned_away;                       // connections over the cap
  std::atomic<std::int64_t> connections{0};  // open, of any kind
  std::atomic<std::int64_t> sockets{0};      // of those, WebSockets
  std::array<Counter, 6> pages;              // HTTP answers by the first digit of their status
};

}  // namespace tacet::relay
