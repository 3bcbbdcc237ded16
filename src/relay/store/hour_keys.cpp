#include "relay/store/hour_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/codec.h"
#include "crypto/hash.h"

namespace tacet::relay {
namespace {

constexpr std::size_t kSlots = 1024;
constexpr std::size_t kSlotSize = 64;
constexpr std::size_t kCheckSize = 24;

using Slot = Secret<kSlotSize>;

std::size_t place_of(std::int64_t hour) {
  return static_cast<std::size_t>(hour) % kSlots * kSlotSize;
}

// Everything or nothing; a signal does not cut it.
bool write_all(int file, ByteView bytes, std::size_t at) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    at += static_cast<std::size_t>(n);
  }
  return true;
}

Slot slot_for(std::int64_t hour, const HourKey& key) {
  SecretWriter out;
  out.i64(hour).raw(key);
  const crypto::Hash check = crypto::blake2b(std::string_view("tacet-hour"), out.view());
  out.raw(check.view().first(kCheckSize));
  return *Slot::from(out.view());
}

}  // namespace

std::int64_t hour_of(Time time) {
  return std::chrono::floor<Hours>(time).time_since_epoch().count();
}

Result<std::unique_ptr<HourKeys>, std::string> HourKeys::open(const std::string& path, Random& random) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return unexpected("The file " + path + " cannot be opened: " + std::strerror(errno) + ".");
  std::unique_ptr<HourKeys> keys(new HourKeys(file, random));
  if (!keys->load()) return unexpected("The file " + path + " cannot be read or written.");
  return keys;
}

HourKeys::~HourKeys() {
  ::close(file_);
}

bool HourKeys::load() {
  struct stat info {};
  if (::fstat(file_, &info) != 0) return false;
  // Full size from the start: it never grows again, so its blocks never move.
  const auto have = static_cast<std::size_t>(info.st_size);
  if (have < kSlots * kSlotSize) {
    const ByteVector zeros(kSlots * kSlotSize - have);
    if (!write_all(file_, zeros, have) || ::fsync(file_) != 0) return false;
  }
  for (std::size_t i = 0; i < kSlots; ++i) {
    Slot slot;
    if (::pread(file_, slot.data(), kSlotSize, static_cast<off_t>(i * kSlotSize)) != kSlotSize) return false;
    Reader in(slot.view());
    const std::int64_t hour = in.i64();
    const auto key = in.take<HourKey>();
    if (slot_for(hour, key) == slot) keys_.emplace(hour, key);
  }
  return true;
}

std::optional<HourKey> HourKeys::make(std::int64_t hour) {
  if (auto key = find(hour)) return key;
  const auto key = random_.draw<HourKey>();
  if (!write_all(file_, slot_for(hour, key).view(), place_of(hour)) || ::fdatasync(file_) != 0) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  return keys_.emplace(hour, key).first->second;
}

std::optional<HourKey> HourKeys::find(std::int64_t hour) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(hour);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

bool HourKeys::destroy_before(std::int64_t hour) {
  const std::lock_guard lock(mutex_);
  const auto end = keys_.lower_bound(hour);
  if (end == keys_.begin()) return true;
  for (auto old = keys_.begin(); old != end; ++old) {
    // Its slot may have gone to a later hour, when destroying failed for weeks: then it is destroyed already.
    if (keys_.count(old->first + static_cast<std::int64_t>(kSlots)) != 0) continue;
    if (!write_all(file_, Slot().view(), place_of(old->first))) return false;
  }
  if (::fdatasync(file_) != 0) return false;
  keys_.erase(keys_.begin(), end);
  return true;
}

}  // namespace tacet::relay
