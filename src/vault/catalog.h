// What the vault knows without the disk: where the newest header of every key is, and the segments.
#pragma once

#include <map>

#include "vault/dead_leaves.h"

namespace tacet::vault {

struct Segment {
  SegmentId id;
  std::uint64_t size = 0;
  std::uint32_t records = 0;  // headers in it, also those that no longer count
  std::uint32_t dead = 0;     // of them, those with a body that nobody reads any more
  std::uint64_t dead_bytes = 0;
  std::optional<Time> dead_since;

  // From then on what is dead in it must go (README.md, "Maintenance").
  [[nodiscard]] std::optional<Time> due() const;
  // Half of it is dead.
  [[nodiscard]] bool wasteful() const;
};

class Catalog {
 public:
  explicit Catalog(Random& random) : entries_(random) {}

  SegmentNumber add_segment(const SegmentId& id);
  void remove_segment(SegmentNumber number) { segments_.erase(number); }
  [[nodiscard]] Segment& segment(SegmentNumber number) { return segments_.at(number); }
  [[nodiscard]] const Segment& segment(SegmentNumber number) const { return segments_.at(number); }
  [[nodiscard]] const std::map<SegmentNumber, Segment>& segments() const { return segments_; }

  [[nodiscard]] std::uint64_t bytes() const;  // of all segments

  [[nodiscard]] DeadLeaves& dead_leaves() { return dead_leaves_; }
  [[nodiscard]] const DeadLeaves& dead_leaves() const { return dead_leaves_; }

  // A group of `segment` was read or written: of every key the header with the highest sequence counts.
  void add(const Group& group, SegmentNumber segment, Time now);

  // Nodes with a higher sequence were written for an epoch that never came: while opening they are passed
  // over.
  void pass_over_nodes_after(std::uint64_t sequence) { nodes_until_ = sequence; }
  [[nodiscard]] std::vector<RecordKey> take_orphans();

  // Null when there is none; may be erased or expired.
  [[nodiscard]] const Entry* find(const RecordKey& key) const;
  [[nodiscard]] std::vector<RecordInfo> records(std::uint8_t kind) const;
  [[nodiscard]] std::vector<RecordKey> expired(std::uint8_t kind, Time now) const;
  // Those whose bodies need the tree of keys.
  [[nodiscard]] std::vector<RecordKey> in_tree() const;

  // Time has passed: notes what has expired.
  void tell(Time now);

  // Compaction copied the header with this sequence to `to`, with its body at `body_at`; or, as expired, left
  // the body out.
  void moved(const RecordKey& key, std::uint64_t sequence, SegmentNumber to, std::uint32_t body_at,
             std::uint32_t body_length, bool as_expired, Time now);
  // Compaction left the header with this sequence out: it was stale, or erased with nothing older left.
  void dropped(const RecordKey& key, std::uint64_t sequence);

 private:
  void note_dead(SegmentNumber segment, std::uint32_t body_length, Time since);

  std::map<SegmentNumber, Segment> segments_;
  RecordTable entries_;
  DeadLeaves dead_leaves_;
  std::uint64_t nodes_until_ = UINT64_MAX;
  std::vector<RecordKey> orphans_;
  SegmentNumber next_segment_ = 1;
};

}  // namespace tacet::vault
