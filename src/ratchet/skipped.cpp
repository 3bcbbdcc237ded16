#include "ratchet/skipped.h"

#include <algorithm>
#include <cassert>

namespace tacet::ratchet {

namespace {

void drop_first(SkippedRun& run, std::size_t n) {
  run.erase(run.begin(), run.begin() + static_cast<SkippedRun::difference_type>(n));
}

bool remove_expired_from(SkippedRun& run, Time now) {
  const auto dead = [now](const SkippedKey& k) { return now >= k.expiry; };
  const auto first = std::remove_if(run.begin(), run.end(), dead);
  const bool any = first != run.end();
  run.erase(first, run.end());
  return any;
}

}  // namespace

std::size_t SkippedKeys::size() const {
  std::size_t n = current_.size();
  for (const Old& old : old_) n += old.keys.size();
  return n;
}

std::optional<SkippedKeys::Place> SkippedKeys::find(std::size_t run_index, std::uint32_t number,
                                                    Time now) const {
  const SkippedRun& keys = run(run_index);
  const auto at = std::lower_bound(keys.begin(), keys.end(), number,
                                   [](const SkippedKey& k, std::uint32_t n) { return k.number < n; });
  if (at == keys.end() || at->number != number || now >= at->expiry) return std::nullopt;
  return Place{run_index, static_cast<std::size_t>(at - keys.begin())};
}

const MessageKey& SkippedKeys::at(Place place) const {
  return run(place.run)[place.index].key;
}

void SkippedKeys::erase(Place place) {
  SkippedRun& keys = place.run == kCurrent ? current_ : old_[place.run].keys;
  keys.erase(keys.begin() + static_cast<SkippedRun::difference_type>(place.index));
  if (place.run != kCurrent && keys.empty()) {
    old_.erase(old_.begin() + static_cast<std::vector<Old>::difference_type>(place.run));
  }
}

void SkippedKeys::append(const SkippedRun& keys) {
  assert(keys.empty() || current_.empty() || current_.back().number < keys.front().number);
  current_.insert(current_.end(), keys.begin(), keys.end());
}

void SkippedKeys::replace_header(const HeaderKey& old) {
  if (current_.empty()) return;
  old_.push_back({old, std::move(current_)});
  current_.clear();
}

// Whether a header key whose keys are all dead still counts does not matter: keys die in storage order, so it
// is the first to go.
void SkippedKeys::enforce_limits() {
  while (old_.size() > kMaxOldHeaderKeys) old_.erase(old_.begin());
  const std::size_t stored = size();
  std::size_t excess = stored > kMaxSkippedKeys ? stored - kMaxSkippedKeys : 0;
  while (excess > 0 && !old_.empty()) {
    SkippedRun& keys = old_.front().keys;
    const std::size_t n = std::min(excess, keys.size());
    drop_first(keys, n);
    excess -= n;
    if (keys.empty()) old_.erase(old_.begin());
  }
  drop_first(current_, excess);
}

bool SkippedKeys::remove_expired(Time now) {
  bool any = remove_expired_from(current_, now);
  for (Old& old : old_) any = remove_expired_from(old.keys, now) || any;
  old_.erase(std::remove_if(old_.begin(), old_.end(), [](const Old& old) { return old.keys.empty(); }),
             old_.end());
  return any;
}

namespace {

void write_run(const SkippedRun& run, SecretWriter& out) {
  out.length(static_cast<std::uint32_t>(run.size()));
  for (const SkippedKey& k : run) out.u32(k.number).raw(k.key).i64(to_millis(k.expiry));
}

SkippedRun read_run(Reader& in, std::size_t max) {
  constexpr std::size_t kEntry = 4 + MessageKey::size + 8;
  const std::size_t count = in.length(static_cast<std::uint32_t>(max));
  if (count * kEntry > in.left()) in.fail();  // before any memory is taken for it
  SkippedRun run;
  if (!in.ok()) return run;
  run.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    SkippedKey k;
    k.number = in.u32();
    k.key = in.take<MessageKey>();
    k.expiry = from_millis(in.i64());
    if (!run.empty() && k.number <= run.back().number) in.fail();
    run.push_back(std::move(k));
  }
  return run;
}

}  // namespace

void SkippedKeys::write(SecretWriter& out) const {
  out.u8(static_cast<std::uint8_t>(old_.size()));
  for (const Old& old : old_) {
    out.raw(old.header);
    write_run(old.keys, out);
  }
  write_run(current_, out);
}

SkippedKeys SkippedKeys::read(Reader& in) {
  SkippedKeys out;
  std::size_t room = kMaxSkippedKeys;
  const std::size_t count = in.u8();
  if (count > kMaxOldHeaderKeys) in.fail();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    Old old;
    old.header = in.take<HeaderKey>();
    old.keys = read_run(in, room);
    if (old.keys.empty()) in.fail();
    room -= old.keys.size();
    out.old_.push_back(std::move(old));
  }
  out.current_ = read_run(in, room);
  return out;
}

}  // namespace tacet::ratchet
