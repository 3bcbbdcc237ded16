#include "vault/catalog.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace tacet::vault {
namespace {

constexpr Millis kPatience = Hours{24};

bool in_order(const RecordKey& a, const RecordKey& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  return std::memcmp(a.id.data(), b.id.data(), 32) < 0;
}

Entry entry_of(const RecordHeader& header, SegmentNumber segment, std::uint64_t body_at) {
  Entry entry;
  entry.sequence = header.sequence;
  entry.expires_at = header.expires_at;
  entry.segment = segment;
  entry.body_at = static_cast<std::uint32_t>(body_at);
  entry.body_length = header.body_length;
  entry.state = header.state;
  entry.leaf = header.leaf;
  return entry;
}

}  // namespace

SegmentNumber Catalog::add_segment(const SegmentId& id) {
  const SegmentNumber number = next_segment_++;
  segments_[number].id = id;
  return number;
}

std::optional<Time> Segment::due() const {
  if (!dead_since) return std::nullopt;
  return *dead_since + kPatience;
}

bool Segment::wasteful() const {
  return 2 * dead >= records || 2 * dead_bytes >= size;
}

void Catalog::note_dead(SegmentNumber number, std::uint32_t body_length, Time since) {
  const auto it = segments_.find(number);
  if (it == segments_.end()) return;  // the segment went, and this record with it: it was damaged
  Segment& segment = it->second;
  ++segment.dead;
  segment.dead_bytes += body_length;
  segment.dead_since = std::min(since, segment.dead_since.value_or(since));
}

void Catalog::tell(Time now) {
  while (const auto expired = dead_leaves_.next_expired(now)) {
    const Entry& entry = entries_.at(expired->record);
    if (entry.leaf == expired->leaf) note_dead(entry.segment, entry.body_length, expired->at);
  }
}

void Catalog::add(const Group& group, SegmentNumber number, Time now) {
  segments_.at(number).records += static_cast<std::uint32_t>(group.headers.size());
  std::uint64_t body_at = group.bodies_at;
  for (const RecordHeader& header : group.headers) {
    Entry fresh = entry_of(header, number, body_at);
    body_at += header.body_length;
    if (header.key.kind == kNodeKind && header.sequence > nodes_until_) {
      orphans_.push_back(header.key);
      continue;
    }
    const auto [at, inserted] = entries_.insert(header.key, fresh);
    if (fresh.state == State::expiring && fresh.leaf) {
      dead_leaves_.expires(*fresh.leaf, at, fresh.expires_at);
    }
    if (inserted) continue;
    Entry& old = entries_.at(at);
    const std::uint32_t stale = old.stale + 1;
    if (fresh.sequence > old.sequence) std::swap(fresh, old);
    if (fresh.body_length > 0) note_dead(fresh.segment, fresh.body_length, now);
    if (fresh.leaf) dead_leaves_.replaced(*fresh.leaf, old.sequence, now);
    old.stale = stale;
  }
}

std::vector<RecordKey> Catalog::take_orphans() {
  nodes_until_ = UINT64_MAX;
  for (const RecordKey& key : orphans_) {
    // Counted as what the header that is going to replace it makes stale.
    Entry erased;
    erased.state = State::erased;
    const auto [at, inserted] = entries_.insert(key, erased);
    if (!inserted) ++entries_.at(at).stale;
  }
  return std::exchange(orphans_, {});
}

std::uint64_t Catalog::bytes() const {
  std::uint64_t total = 0;
  for (const auto& [number, segment] : segments_) total += segment.size;
  return total;
}

const Entry* Catalog::find(const RecordKey& key) const {
  return entries_.find(key);
}

std::vector<RecordInfo> Catalog::records(std::uint8_t kind) const {
  std::vector<RecordInfo> out;
  out.reserve(entries_.count(kind));
  entries_.each(kind, [&](const RecordKey& key, const Entry& entry) {
    if (entry.state == State::erased) return;
    out.push_back(
        {key, entry.state == State::value ? std::nullopt : std::optional(entry.expires_at), entry.sequence});
  });
  const auto written_earlier = [](const RecordInfo& a, const RecordInfo& b) {
    return a.sequence != b.sequence ? a.sequence < b.sequence : in_order(a.key, b.key);
  };
  // Often so, as they were read.
  if (!std::is_sorted(out.begin(), out.end(), written_earlier)) {
    std::sort(out.begin(), out.end(), written_earlier);
  }
  return out;
}

std::vector<RecordKey> Catalog::expired(std::uint8_t kind, Time now) const {
  std::vector<RecordKey> out;
  entries_.each(kind, [&](const RecordKey& key, const Entry& entry) {
    const bool over = entry.state == State::expired || entry.state == State::expiring;
    if (over && entry.expires_at <= now) out.push_back(key);
  });
  std::sort(out.begin(), out.end(), in_order);
  return out;
}

std::vector<RecordKey> Catalog::in_tree() const {
  std::vector<RecordKey> out;
  entries_.each([&](const RecordKey& key, const Entry& entry) {
    if (entry.leaf) out.push_back(key);
  });
  return out;
}

void Catalog::moved(const RecordKey& key, std::uint64_t sequence, SegmentNumber to, std::uint32_t body_at,
                    std::uint32_t body_length, bool as_expired, Time now) {
  Entry* const found = entries_.find(key);
  assert(found != nullptr);
  Entry& entry = *found;
  if (entry.sequence != sequence) {  // replaced since it was copied: the copy is as stale as the original was
    if (!as_expired && body_length > 0) note_dead(to, body_length, now);
    return;
  }
  entry.segment = to;
  entry.body_at = body_at;
  if (as_expired) {
    entry.state = State::expired;
    entry.body_length = 0;
    entry.leaf.reset();
  } else if (entry.state == State::expiring && entry.expires_at <= now) {
    note_dead(to, body_length, now);
  }
}

void Catalog::dropped(const RecordKey& key, std::uint64_t sequence) {
  Entry* const found = entries_.find(key);
  assert(found != nullptr);
  Entry& entry = *found;
  if (entry.sequence == sequence) {
    assert(entry.state == State::erased && entry.stale == 0);
    entries_.erase(key);
  } else {
    assert(entry.stale > 0);
    --entry.stale;
  }
}

}  // namespace tacet::vault
