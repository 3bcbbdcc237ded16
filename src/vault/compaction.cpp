#include "vault/compaction.h"

#include <algorithm>

namespace tacet::vault {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;       // of bodies, in one group of the output, or one body
constexpr std::size_t kPieceRecords = 256;           // in one group of the output
constexpr std::size_t kPieceGroups = 64;             // of inputs, opened for it
constexpr std::size_t kLooked = 1024;                // headers of inputs looked at for one piece
constexpr std::size_t kAtOnce = 96 * 1024;           // bytes copied in one step
constexpr std::size_t kAppliedAtOnce = 1024;         // outcomes
constexpr std::uint64_t kAtOnceBytes = 2048 * 1024;  // of wasteful segments, rewritten together
constexpr std::size_t kFew = 4;     // so many of them, and a crowd shrinks enough without others
constexpr std::size_t kCrowd = 32;  // so many segments, and some are merged

using Sized = std::vector<std::pair<std::uint64_t, SegmentNumber>>;

// The first of them, which together have at most so many bytes, but at least one; oldest first.
std::vector<SegmentNumber> first_of(const Sized& sorted, std::uint64_t most_bytes) {
  std::vector<SegmentNumber> out;
  std::uint64_t total = 0;
  for (const auto& [size, number] : sorted) {
    total += size;
    if (!out.empty() && total > most_bytes) break;
    out.push_back(number);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// How many bytes of the smallest to merge, so that the fewest are copied for each file that goes. A few have
// to go: with one at a time the same bytes would be copied again and again.
std::uint64_t cheapest(const Sized& sorted) {
  std::uint64_t total = sorted[0].first;
  std::uint64_t best = 0;
  std::uint64_t best_price = UINT64_MAX;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    total += sorted[i].first;
    const std::uint64_t price = total / i;
    if (i >= kFew && price < best_price) best = total, best_price = price;
  }
  return best;
}

}  // namespace

std::vector<SegmentNumber> choose_inputs(const Catalog& catalog, SegmentNumber open, Time now) {
  Sized all;
  Sized worth_it;  // due or wasteful
  std::uint64_t waiting = 0;
  bool due = false;
  for (const auto& [number, segment] : catalog.segments()) {
    if (number == open) continue;
    all.emplace_back(segment.size, number);
    const auto from = segment.due();
    const bool is_due = from && *from <= now;
    due = due || is_due;
    if (!is_due && !segment.wasteful()) continue;
    worth_it.emplace_back(segment.size, number);
    waiting += segment.size;
  }
  const bool crowd = all.size() >= kCrowd;
  if (due || waiting >= kAtOnceBytes || (crowd && worth_it.size() >= kFew)) {
    std::sort(worth_it.begin(), worth_it.end());
    return first_of(worth_it, kAtOnceBytes);
  }
  if (!crowd) return {};
  std::sort(all.begin(), all.end());
  return first_of(all, cheapest(all));
}

Compaction::Compaction(Context context, std::vector<SegmentNumber> inputs)
    : context_(context),
      inputs_(std::move(inputs)),
      output_(context.catalog.add_segment(context.random.draw<SegmentId>())) {
  open_input();
}

bool Compaction::is_input(SegmentNumber number) const {
  return std::find(inputs_.begin(), inputs_.end(), number) != inputs_.end();
}

void Compaction::open_input() {
  scanner_.reset();
  if (input_ == inputs_.size()) return;
  const Segment& segment = context_.catalog.segment(inputs_[input_]);
  scanner_.emplace(context_.files, context_.key, context_.vault, segment.id, segment.size, false);
}

Result<bool, FileError> Compaction::copy(Time now) {
  if (!piece_) {
    if (const auto planned = plan(now); !planned) return unexpected(planned.error());
    if (!piece_) return scanner_.has_value();
  }
  if (const auto written = write_some(); !written) return unexpected(written.error());
  return piece_.has_value() || scanner_.has_value();
}

// Gathers headers for the next group of the output, if there are any left that matter.
Result<void, FileError> Compaction::plan(Time now) {
  Piece piece;
  piece.first_outcome = outcomes_.size();
  std::size_t looked = 0;
  std::size_t groups = 0;
  while (scanner_ && piece.bodies < kPieceBytes && piece.headers.size() < kPieceRecords && looked < kLooked &&
         groups < kPieceGroups) {
    if (!group_) {
      auto group = scanner_->next();
      if (!group) return unexpected(group.error());
      if (!*group) {
        ++input_;
        open_input();
        continue;
      }
      group_ = std::move(**group);
      next_header_ = 0;
      next_body_at_ = group_->bodies_at;
      ++groups;
    }
    for (; next_header_ < group_->headers.size() && piece.bodies < kPieceBytes &&
           piece.headers.size() < kPieceRecords && looked < kLooked;
         ++next_header_, ++looked) {
      take(group_->headers[next_header_], piece, now);
    }
    if (next_header_ == group_->headers.size()) group_.reset();
  }
  if (piece.headers.empty()) return {};
  const Segment& segment = context_.catalog.segment(output_);
  const Place place{context_.vault, segment.id, segment.size};
  piece.frame = frame_group(context_.key, place, now, piece.headers, piece.bodies, context_.random);
  for (std::size_t i = piece.first_outcome; i < outcomes_.size(); ++i) {
    outcomes_[i].body_at += static_cast<std::uint32_t>(segment.size + piece.frame.front.size());
  }
  piece_ = std::move(piece);
  return {};
}

Compaction::Fate Compaction::fate_of(const RecordHeader& header, const Entry& current, Time now) {
  // Its key is still to be destroyed: until then nobody may forget which it is.
  if (header.leaf && context_.catalog.dead_leaves().pending(*header.leaf)) return Fate::moved;
  if (current.sequence != header.sequence) {
    ++stale_dropped_[header.key];
    return Fate::dropped;
  }
  if (header.state == State::erased) {
    const auto it = stale_dropped_.find(header.key);
    const std::uint32_t dropped = it == stale_dropped_.end() ? 0 : it->second;
    return current.stale == dropped ? Fate::dropped : Fate::moved;
  }
  if (header.state == State::expired) return Fate::expired;
  if (header.state == State::expiring && header.expires_at <= now) return Fate::expired;
  return Fate::moved;
}

void Compaction::take(const RecordHeader& header, Piece& piece, Time now) {
  const std::uint64_t from = next_body_at_;
  next_body_at_ += header.body_length;
  const Entry* current = context_.catalog.find(header.key);
  if (current == nullptr || header.sequence > current->sequence) return;  // was unreadable when opening
  const Fate fate = fate_of(header, *current, now);
  outcomes_.push_back(
      {header.key, header.sequence, static_cast<std::uint32_t>(piece.bodies), header.body_length, fate});
  if (fate == Fate::dropped) return;
  piece.headers.push_back(header);
  if (fate == Fate::expired) {
    RecordHeader& copy = piece.headers.back();
    copy.state = State::expired;
    copy.body_length = 0;
    copy.leaf.reset();
  } else if (header.body_length > 0) {
    const SegmentNumber input = inputs_[input_];
    std::vector<Extent>& extents = piece.extents;
    if (!extents.empty() && extents.back().input == input &&
        extents.back().from + extents.back().length == from) {
      extents.back().length += header.body_length;
    } else {
      extents.push_back({input, from, header.body_length});
    }
    piece.bodies += header.body_length;
  }
}

// Appends the next part of the piece: no more than kAtOnce bytes of bodies.
Result<void, FileError> Compaction::write_some() {
  Piece& piece = *piece_;
  Segment& segment = context_.catalog.segment(output_);
  ByteVector out;
  if (!piece.begun) out = piece.frame.front;
  std::size_t room = kAtOnce;
  while (piece.extent < piece.extents.size() && room > 0) {
    Extent& extent = piece.extents[piece.extent];
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(extent.length, room));
    const std::string name = segment_file_name(context_.catalog.segment(extent.input).id);
    const auto bodies = context_.files.read(name, extent.from, length);
    if (!bodies) return unexpected(bodies.error());
    out.insert(out.end(), bodies->begin(), bodies->end());
    // Where the medium lost the end, the record stays what it was: damaged.
    out.resize(out.size() + length - bodies->size());
    extent.from += length;
    extent.length -= length;
    room -= length;
    if (extent.length == 0) ++piece.extent;
  }
  const bool whole = piece.extent == piece.extents.size();
  if (whole) out.insert(out.end(), piece.frame.back.begin(), piece.frame.back.end());
  if (const auto written = context_.files.append(segment_file_name(segment.id), out); !written) {
    return unexpected(written.error());
  }
  piece.begun = true;
  if (!whole) return {};
  segment.size += piece.frame.front.size() + piece.bodies + piece.frame.back.size();
  segment.records += static_cast<std::uint32_t>(piece.headers.size());
  piece_.reset();
  return {};
}

bool Compaction::apply(Time now) {
  const std::size_t until = std::min(outcomes_.size(), applied_ + kAppliedAtOnce);
  for (; applied_ < until; ++applied_) {
    const Outcome& outcome = outcomes_[applied_];
    if (outcome.fate == Fate::dropped) {
      context_.catalog.dropped(outcome.key, outcome.sequence);
    } else {
      context_.catalog.moved(outcome.key, outcome.sequence, output_, outcome.body_at, outcome.body_length,
                             outcome.fate == Fate::expired, now);
    }
  }
  return applied_ < outcomes_.size();
}

}  // namespace tacet::vault
