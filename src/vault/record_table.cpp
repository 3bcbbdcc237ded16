#include "vault/record_table.h"

#include <cassert>
#include <cstring>

namespace tacet::vault {

RecordTable::RecordTable(Random& random) {
  const auto drawn = random.draw<Bytes<sizeof(Seed)>>();
  std::memcpy(seed_.data(), drawn.data(), sizeof(Seed));
}

// Multiply-shift over pairs of 32-bit words: for two different ids, equal with a chance of about 2^-32.
std::uint32_t RecordTable::hash(const Bytes<32>& id) const {
  std::array<std::uint32_t, 8> words;
  std::memcpy(words.data(), id.data(), 32);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 8; i += 2) sum += (seed_[i] + words[i + 1]) * (seed_[i + 1] + words[i]);
  return static_cast<std::uint32_t>(sum >> 32);
}

// The one that leads to the id, or the empty one where it belongs.
std::size_t RecordTable::bucket_of(const Kind& all, const Bytes<32>& id, std::uint32_t hash) {
  const std::size_t mask = all.buckets.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Bucket& bucket = all.buckets[at];
    if (bucket.slot_and_one == 0) return at;
    if (bucket.hash == hash && all.records[bucket.slot_and_one - 1].id == id) return at;
  }
}

void RecordTable::grow(Kind& all) {
  std::vector<Bucket> before(std::max<std::size_t>(16, 2 * all.buckets.size()));
  before.swap(all.buckets);
  const std::size_t mask = all.buckets.size() - 1;
  for (const Bucket& bucket : before) {
    if (bucket.slot_and_one == 0) continue;
    std::size_t at = bucket.hash & mask;
    while (all.buckets[at].slot_and_one != 0) at = (at + 1) & mask;
    all.buckets[at] = bucket;
  }
}

Entry* RecordTable::find(const RecordKey& key) {
  const auto found = kinds_.find(key.kind);
  if (found == kinds_.end() || found->second.used == 0) return nullptr;
  Kind& all = found->second;
  const Bucket& bucket = all.buckets[bucket_of(all, key.id, hash(key.id))];
  return bucket.slot_and_one == 0 ? nullptr : &all.records[bucket.slot_and_one - 1].entry;
}

std::pair<RecordAt, bool> RecordTable::insert(const RecordKey& key, const Entry& entry) {
  Kind& all = kinds_[key.kind];
  if (4 * (all.used + 1) > 3 * all.buckets.size()) grow(all);
  const std::uint32_t hashed = hash(key.id);
  Bucket& bucket = all.buckets[bucket_of(all, key.id, hashed)];
  if (bucket.slot_and_one != 0) return {{bucket.slot_and_one - 1, key.kind}, false};
  auto slot = static_cast<std::uint32_t>(all.records.size());
  if (all.empty.empty()) {
    all.records.push_back({key.id, entry});
  } else {
    slot = all.empty.back();
    all.empty.pop_back();
    all.records[slot] = {key.id, entry};
  }
  bucket = {slot + 1, hashed};
  ++all.used;
  return {{slot, key.kind}, true};
}

void RecordTable::erase(const RecordKey& key) {
  Kind& all = kinds_.at(key.kind);
  const std::size_t mask = all.buckets.size() - 1;
  std::size_t hole = bucket_of(all, key.id, hash(key.id));
  assert(all.buckets[hole].slot_and_one != 0);
  const std::uint32_t slot = all.buckets[hole].slot_and_one - 1;
  all.records[slot] = {};
  all.records[slot].entry.sequence = kNobody;
  all.empty.push_back(slot);
  --all.used;
  // Whatever was pushed on by what stood here moves back: a search ends at the first empty bucket.
  for (std::size_t at = (hole + 1) & mask; all.buckets[at].slot_and_one != 0; at = (at + 1) & mask) {
    const std::size_t home = all.buckets[at].hash & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    all.buckets[hole] = all.buckets[at];
    hole = at;
  }
  all.buckets[hole] = {};
}

}  // namespace tacet::vault
