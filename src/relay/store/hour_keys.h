// The keys under which envelopes lie in the database, one for each hour in which envelopes fall due, in a
// file that is only ever overwritten in place (README.md one folder up, "Hour keys").
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "relay/store/key_file.h"

namespace tacet::relay {

using HourKey = Secret<32, struct HourKeyTag>;

// Unix time in whole hours, rounded down.
[[nodiscard]] std::int64_t hour_of(Time time);

// How a key of an hour lies in a file: 64 bytes that show whether they were written whole.
struct HourSlot {
  static constexpr std::size_t kSize = 64;
  std::int64_t hour = 0;
  HourKey key;

  // `slot`: what lies in that place, or nothing. False if the file cannot be read.
  [[nodiscard]] static bool read(KeyFile& file, std::size_t place, std::optional<HourSlot>& slot);
  // False if the file cannot be written. Not durable yet.
  [[nodiscard]] bool write(KeyFile& file, std::size_t place) const;
  [[nodiscard]] static bool clear(KeyFile& file, std::size_t place);
};

class HourKeys {
 public:
  // Opens the file or makes it. Else a sentence for the operator.
  [[nodiscard]] static Result<std::unique_ptr<HourKeys>, std::string> open(
      const std::string& path, Random& random, const OpenKeyFile& open_file = open_key_file);

  // The key of that hour, made and durable if there was none. Nothing if the file cannot be written.
  [[nodiscard]] std::optional<HourKey> make(std::int64_t hour);

  // Nothing if it was destroyed or never made.
  [[nodiscard]] std::optional<HourKey> find(std::int64_t hour) const;

  // Overwrites every key of an hour before this one. False if the file could not be written: try again.
  bool destroy_before(std::int64_t hour);

 private:
  HourKeys(std::unique_ptr<KeyFile> file, Random& random) : file_(std::move(file)), random_(random) {}
  bool load();

  const std::unique_ptr<KeyFile> file_;
  Random& random_;
  mutable std::mutex mutex_;  // the writer makes and destroys, the reader finds
  std::map<std::int64_t, HourKey> keys_;
};

}  // namespace tacet::relay
