// Every key the vault knows, by kind: a hash table that needs no allocation of its own for each record, so
// that opening a vault with a hundred thousand of them takes no longer than reading their headers.
#pragma once

#include <array>
#include <deque>
#include <map>

#include "vault/group.h"

namespace tacet::vault {

using SegmentNumber = std::uint32_t;  // counts up within one session of the vault

struct Entry {
  std::uint64_t sequence = 0;
  Time expires_at{};
  SegmentNumber segment = 0;
  std::uint32_t body_at = 0;
  std::uint32_t body_length = 0;
  std::uint32_t stale = 0;  // older headers of the same key that are still in some segment
  std::optional<Leaf> leaf;
  State state = State::value;
};

// Where a record stands in the table; its own until it is erased.
struct RecordAt {
  std::uint32_t slot = 0;
  std::uint8_t kind = 0;
};

class RecordTable {
 public:
  // Keys may be somebody else's choice: which of them meet in the table must not be.
  explicit RecordTable(Random& random);

  [[nodiscard]] Entry* find(const RecordKey& key);
  [[nodiscard]] const Entry* find(const RecordKey& key) const {
    return const_cast<RecordTable*>(this)->find(key);
  }
  // False: the key was there, and its entry stays as it is.
  std::pair<RecordAt, bool> insert(const RecordKey& key, const Entry& entry);
  // Where there is nothing any more, an entry without a leaf.
  [[nodiscard]] Entry& at(RecordAt at) { return kinds_.at(at.kind).records[at.slot].entry; }
  void erase(const RecordKey& key);

  [[nodiscard]] std::size_t count(std::uint8_t kind) const {
    const auto found = kinds_.find(kind);
    return found == kinds_.end() ? 0 : found->second.used;
  }
  // Calls use(key, entry) for every record, of a kind or of all, in no order.
  template <class Use>
  void each(std::uint8_t kind, Use use) const {
    const auto found = kinds_.find(kind);
    if (found != kinds_.end()) each_of(kind, found->second, use);
  }
  template <class Use>
  void each(Use use) const {
    for (const auto& [kind, all] : kinds_) each_of(kind, all, use);
  }

 private:
  static constexpr std::uint64_t kNobody = UINT64_MAX;  // sequence of an empty slot
  struct Record {
    Bytes<32> id;
    Entry entry;
  };
  struct Bucket {
    std::uint32_t slot_and_one = 0;  // 0: empty
    std::uint32_t hash = 0;
  };
  struct Kind {
    std::deque<Record> records;
    std::vector<std::uint32_t> empty;  // slots
    std::vector<Bucket> buckets;       // their number is a power of two
    std::size_t used = 0;
  };
  using Seed = std::array<std::uint64_t, 8>;

  [[nodiscard]] std::uint32_t hash(const Bytes<32>& id) const;
  [[nodiscard]] static std::size_t bucket_of(const Kind& all, const Bytes<32>& id, std::uint32_t hash);
  static void grow(Kind& all);

  template <class Use>
  static void each_of(std::uint8_t kind, const Kind& all, Use& use) {
    for (const Record& record : all.records) {
      if (record.entry.sequence != kNobody) use(RecordKey{kind, record.id}, record.entry);
    }
  }

  Seed seed_;
  std::map<std::uint8_t, Kind> kinds_;
};

}  // namespace tacet::vault
