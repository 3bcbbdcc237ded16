// One rewrite: the living records of some segments go to a new one (README.md, "Compaction").
#pragma once

#include <deque>

#include "vault/catalog.h"
#include "vault/segment_scanner.h"

namespace tacet::vault {

// The closed segments that are worth rewriting now, none when there are none. `open`: the active one.
[[nodiscard]] std::vector<SegmentNumber> choose_inputs(const Catalog& catalog, SegmentNumber open, Time now);

class Compaction {
 public:
  struct Context {
    Files& files;
    Random& random;
    const VaultKey& key;
    const VaultId& vault;
    Catalog& catalog;
  };

  // Inputs oldest first, so that an erased record's header meets what it erased.
  Compaction(Context context, std::vector<SegmentNumber> inputs);

  // Copies the next piece to the output. Changes nothing that counts. False when everything is copied.
  [[nodiscard]] Result<bool, FileError> copy(Time now);

  // Tells the catalog about the next piece of what was copied. False when it knows all. Only after the
  // output, and a manifest with it and without the inputs, are durable.
  [[nodiscard]] bool apply(Time now);

  [[nodiscard]] const std::vector<SegmentNumber>& inputs() const { return inputs_; }
  [[nodiscard]] bool is_input(SegmentNumber number) const;
  [[nodiscard]] SegmentNumber output() const { return output_; }  // in the catalog; may stay empty

 private:
  enum class Fate : std::uint8_t { moved, expired, dropped };
  struct Outcome {
    RecordKey key;
    std::uint64_t sequence;
    std::uint32_t body_at;
    std::uint32_t body_length;
    Fate fate;
  };
  // Bodies that follow each other in an input.
  struct Extent {
    SegmentNumber input;
    std::uint64_t from;
    std::uint64_t length;
  };
  // One group of the output.
  struct Piece {
    std::vector<RecordHeader> headers;
    std::vector<Extent> extents;
    std::size_t bodies = 0;  // bytes of them
    std::size_t first_outcome = 0;
    GroupFrame frame;
    bool begun = false;      // the front is written,
    std::size_t extent = 0;  // and the extents before this one
  };

  Fate fate_of(const RecordHeader& header, const Entry& current, Time now);
  Result<void, FileError> plan(Time now);
  void take(const RecordHeader& header, Piece& piece, Time now);
  Result<void, FileError> write_some();
  void open_input();

  Context context_;
  std::vector<SegmentNumber> inputs_;
  SegmentNumber output_;
  std::size_t input_ = 0;
  std::optional<SegmentScanner> scanner_;
  std::optional<Group> group_;  // of the input, partly taken
  std::size_t next_header_ = 0;
  std::uint64_t next_body_at_ = 0;
  std::optional<Piece> piece_;    // partly written
  std::deque<Outcome> outcomes_;  // many, and growing must not copy them
  std::size_t applied_ = 0;
  std::map<RecordKey, std::uint32_t> stale_dropped_;
};

}  // namespace tacet::vault
