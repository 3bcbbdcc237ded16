#include "relay/store/hour_keys.h"

#include "base/codec.h"
#include "crypto/hash.h"

namespace tacet::relay {
namespace {

constexpr std::size_t kSlots = 1024;
constexpr std::size_t kCheckSize = 24;

using Slot = Secret<HourSlot::kSize>;

std::size_t place_of(std::int64_t hour) {
  return static_cast<std::size_t>(hour) % kSlots;
}

Slot slot_for(std::int64_t hour, const HourKey& key) {
  SecretWriter out;
  out.i64(hour).raw(key);
  const crypto::Hash check = crypto::blake2b(std::string_view("tacet-hour"), out.view());
  out.raw(check.view().first(kCheckSize));
  return *Slot::from(out.view());
}

}  // namespace

bool HourSlot::read(KeyFile& file, std::size_t place, std::optional<HourSlot>& slot) {
  Slot bytes;
  if (!file.read(place * kSize, bytes.span())) return false;
  Reader in(bytes.view());
  HourSlot found;
  found.hour = in.i64();
  found.key = in.take<HourKey>();
  slot.reset();
  if (slot_for(found.hour, found.key) == bytes) slot = std::move(found);
  return true;
}

bool HourSlot::write(KeyFile& file, std::size_t place) const {
  return file.write(place * kSize, slot_for(hour, key).view());
}

bool HourSlot::clear(KeyFile& file, std::size_t place) {
  return file.write(place * kSize, Slot().view());
}

std::int64_t hour_of(Time time) {
  return std::chrono::floor<Hours>(time).time_since_epoch().count();
}

Result<std::unique_ptr<HourKeys>, std::string> HourKeys::open(const std::string& path, Random& random,
                                                              const OpenKeyFile& open_file) {
  auto file = open_file(path);
  if (!file) return unexpected(file.error());
  std::unique_ptr<HourKeys> keys(new HourKeys(std::move(*file), random));
  if (!keys->load()) return unexpected("The file " + path + " cannot be read or written.");
  return keys;
}

bool HourKeys::load() {
  const auto have = file_->size();
  if (!have) return false;
  // Full size from the start: it never grows again, so its blocks never move.
  if (*have < kSlots * HourSlot::kSize) {
    const ByteVector zeros(kSlots * HourSlot::kSize - *have);
    if (!file_->write(*have, zeros) || !file_->sync()) return false;
  }
  for (std::size_t i = 0; i < kSlots; ++i) {
    std::optional<HourSlot> slot;
    if (!HourSlot::read(*file_, i, slot)) return false;
    if (slot) keys_.emplace(slot->hour, slot->key);
  }
  return true;
}

std::optional<HourKey> HourKeys::make(std::int64_t hour) {
  if (auto key = find(hour)) return key;
  const auto key = random_.draw<HourKey>();
  if (!HourSlot{hour, key}.write(*file_, place_of(hour)) || !file_->sync()) return std::nullopt;
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
    if (!HourSlot::clear(*file_, place_of(old->first))) return false;
  }
  if (!file_->sync()) return false;
  keys_.erase(keys_.begin(), end);
  return true;
}

}  // namespace tacet::relay
