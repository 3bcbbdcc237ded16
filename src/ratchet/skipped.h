// Message keys kept for messages that were overtaken by later ones (RATCHET.md sections 5 to 7).
//
// Keys are only ever stored for the chain being received, so storage order is: the oldest replaced header
// key's keys first, the current header key's last, by message number within each. The limits rely on that
// order.
#pragma once

#include <cstdint>
#include <vector>

#include "base/codec.h"
#include "base/time.h"
#include "ratchet/state.h"

namespace tacet::ratchet {

inline constexpr std::size_t kMaxSkippedKeys = 2000;  // stored at once
inline constexpr std::size_t kMaxOldHeaderKeys = 5;
inline constexpr Days kSkippedLifetime{7};

struct SkippedKey {
  std::uint32_t number = 0;
  MessageKey key;
  Time expiry{};  // dead when now ≥ expiry
};

using SkippedRun = std::vector<SkippedKey, WipingAllocator<SkippedKey>>;  // by number, which is storage order

class SkippedKeys {
 public:
  // A header key that is no longer HKr, with at least one key. Oldest first.
  struct Old {
    HeaderKey header;
    SkippedRun keys;
    [[nodiscard]] bool living(Time now) const { return now < keys.back().expiry; }
  };

  // Where a stored key is: the index of an old header key, or kCurrent, and the index within its run. Valid
  // until the store changes.
  struct Place {
    std::size_t run;
    std::size_t index;
  };
  static constexpr std::size_t kCurrent = SIZE_MAX;

  [[nodiscard]] const std::vector<Old>& old() const { return old_; }
  [[nodiscard]] const SkippedRun& current() const { return current_; }
  [[nodiscard]] std::size_t size() const;

  // The living key of message `number`.
  [[nodiscard]] std::optional<Place> find(std::size_t run, std::uint32_t number, Time now) const;
  [[nodiscard]] const MessageKey& at(Place place) const;

  void erase(Place place);
  void append(const SkippedRun& keys);  // to the current header key's
  void replace_header(
      const HeaderKey& old);      // `old` was HKr until now; what is appended from here on is the next one's
  void enforce_limits();          // section 7, after a successful receive
  bool remove_expired(Time now);  // true when something went

  void write(SecretWriter& out) const;
  [[nodiscard]] static SkippedKeys read(
      Reader& in);  // fails the reader on anything write() cannot have written

 private:
  [[nodiscard]] const SkippedRun& run(std::size_t index) const {
    return index == kCurrent ? current_ : old_[index].keys;
  }

  std::vector<Old> old_;
  SkippedRun current_;
};

}  // namespace tacet::ratchet
