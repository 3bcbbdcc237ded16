#include "relay/store/hour_chain.h"

#include <unistd.h>

#include <cerrno>

#include "crypto/hash.h"

namespace tacet::relay {
namespace {

// Retention ends within 720 hours; the rest is for clocks that differ.
constexpr std::int64_t kReach = 1024;
// Where things lie in the file: what tells this chain from any other, and two places for links.
constexpr std::size_t kName = 0;
constexpr std::size_t kLinks = 1;

HourKey derived(const HourKey& link, std::string_view what) {
  return *HourKey::from(crypto::blake2b_keyed(*crypto::MacKey::from(link.view()), what).view());
}

void follow(HourSlot& slot) {
  slot.key = derived(slot.key, "tacet-hour-next");
  ++slot.hour;
}

}  // namespace

Result<std::unique_ptr<HourChain>, std::string> HourChain::open(const std::string& path, Random& random,
                                                                std::int64_t hour) {
  const bool fresh = ::access(path.c_str(), F_OK) != 0 && errno == ENOENT;
  auto file = open_key_file(path);
  if (!file) return unexpected(file.error());
  std::unique_ptr<HourChain> chain(new HourChain(std::move(*file), fresh));
  if (!chain->load(random, hour)) {
    return unexpected("The file " + path +
                      " is not whole, or cannot be read or written. Copy it from another node.");
  }
  return chain;
}

bool HourChain::load(Random& random, std::int64_t hour) {
  if (fresh_) {
    name_ = {0, random.draw<HourKey>()};
    here_ = {hour, random.draw<HourKey>()};
    if (!name_.write(*file_, kName) || !HourSlot::clear(*file_, kLinks + 1) || !here_.write(*file_, kLinks) ||
        !file_->sync()) {
      return false;
    }
  } else {
    std::optional<HourSlot> name;
    std::optional<HourSlot> links[2];
    for (std::size_t i = 0; i < 2; ++i) {
      if (!HourSlot::read(*file_, kLinks + i, links[i])) return false;
    }
    if (!HourSlot::read(*file_, kName, name) || !name || (!links[0] && !links[1])) return false;
    name_ = *name;
    place_ = !links[0] || (links[1] && links[1]->hour > links[0]->hour) ? 1 : 0;
    here_ = *links[place_];
    // A crash between writing the one and clearing the other.
    const std::size_t other = kLinks + 1 - place_;
    if (links[1 - place_] && (!HourSlot::clear(*file_, other) || !file_->sync())) return false;
  }
  end_ = here_;
  return true;
}

std::optional<HourKey> HourChain::find(std::int64_t hour) const {
  const std::lock_guard lock(mutex_);
  if (hour < here_.hour || hour > here_.hour + kReach) return std::nullopt;
  for (; end_.hour <= hour; follow(end_)) keys_.emplace(end_.hour, derived(end_.key, "tacet-hour-key"));
  return keys_.at(hour);
}

bool HourChain::destroy_before(std::int64_t hour) {
  const std::lock_guard lock(mutex_);
  if (hour <= here_.hour) return true;
  HourSlot next = here_;
  while (next.hour < hour) follow(next);
  // The new link is durable before the old one goes: without either, nothing could be opened any more.
  if (!next.write(*file_, kLinks + 1 - place_) || !file_->sync()) return false;
  if (!HourSlot::clear(*file_, kLinks + place_) || !file_->sync()) return false;
  place_ = 1 - place_;
  here_ = next;
  if (end_.hour < hour) end_ = here_;
  keys_.erase(keys_.begin(), keys_.lower_bound(hour));
  return true;
}

}  // namespace tacet::relay
