#include "vault/compaction.h"

#include <algorithm>

namespace tacet::vault {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;      // of bodies, in one group of the output
constexpr std::size_t kPieceRecords = 512;          // in one group of the output
constexpr std::uint64_t kScanBytes = 128 * 1024;    // of an input, looked at in one piece
constexpr std::size_t kAppliedAtOnce = 2048;        // outcomes
constexpr std::uint64_t kSmallSegment = 64 * 1024;  // comes along with every rewrite
constexpr std::uint64_t kDueBytes = 1024 * 1024;    // due segments rewritten together
constexpr std::uint64_t kFirstClass = 512 * 1024;
constexpr std::size_t kPerClass = 8;  // segments of a size class, and the ratio of one class to the next

std::size_t size_class(std::uint64_t size) {
  std::size_t result = 0;
  for (std::uint64_t limit = kFirstClass; size >= limit; limit *= kPerClass) ++result;
  return result;
}

}  // namespace

std::vector<SegmentNumber> choose_inputs(const Catalog& catalog, SegmentNumber open, Time now) {
  std::vector<std::pair<std::uint64_t, SegmentNumber>> due;
  std::vector<SegmentNumber> small;
  std::map<std::size_t, std::vector<SegmentNumber>> classes;
  for (const auto& [number, segment] : catalog.segments()) {
    if (number == open) continue;
    if (segment.due && *segment.due <= now) {
      due.emplace_back(segment.size, number);
    } else if (segment.size < kSmallSegment) {
      small.push_back(number);
    }
    classes[size_class(segment.size)].push_back(number);
  }
  if (!due.empty()) {
    std::sort(due.begin(), due.end());
    std::vector<SegmentNumber> inputs = std::move(small);
    std::uint64_t total = 0;
    for (const auto& [size, number] : due) {
      inputs.push_back(number);
      total += size;
      if (total > kDueBytes) break;
    }
    std::sort(inputs.begin(), inputs.end());
    return inputs;
  }
  for (auto& [size, numbers] : classes) {
    if (numbers.size() >= kPerClass) return std::move(numbers);
  }
  return {};
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
  Piece piece;
  piece.first_outcome = outcomes_.size();
  std::uint64_t scanned = 0;
  while (scanner_ && piece.bodies.size() < kPieceBytes && piece.headers.size() < kPieceRecords &&
         scanned < kScanBytes) {
    const auto group = scanner_->next();
    if (!group) return unexpected(group.error());
    if (!*group) {
      ++input_;
      open_input();
      continue;
    }
    scanned += (*group)->end - (*group)->place.offset;
    if (const auto taken = take(**group, piece, now); !taken) return unexpected(taken.error());
  }
  if (!piece.headers.empty()) {
    if (const auto written = write(piece, now); !written) return unexpected(written.error());
  }
  return scanner_.has_value();
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

Result<void, FileError> Compaction::take(const Group& group, Piece& piece, Time now) {
  std::uint64_t body_at = group.bodies_at;
  const std::string name = segment_file_name(group.place.segment);
  for (const RecordHeader& header : group.headers) {
    const std::uint64_t from = body_at;
    body_at += header.body_length;
    const Entry* current = context_.catalog.find(header.key);
    if (current == nullptr || header.sequence > current->sequence) continue;  // was unreadable when opening
    const Fate fate = fate_of(header, *current, now);
    outcomes_.push_back({header.key, header.sequence, static_cast<std::uint32_t>(piece.bodies.size()), fate});
    if (fate == Fate::dropped) continue;
    piece.headers.push_back(header);
    RecordHeader& copy = piece.headers.back();
    if (fate == Fate::expired) {
      copy.state = State::expired;
      copy.body_length = 0;
      copy.leaf.reset();
    } else if (header.body_length > 0) {
      const auto body = context_.files.read(name, from, header.body_length);
      if (!body) return unexpected(body.error());
      piece.bodies.insert(piece.bodies.end(), body->begin(), body->end());
      // Where the medium lost the end, the record stays what it was: damaged.
      piece.bodies.resize(piece.bodies.size() + header.body_length - body->size());
    }
  }
  return {};
}

Result<void, FileError> Compaction::write(Piece& piece, Time now) {
  Segment& segment = context_.catalog.segment(output_);
  const Place place{context_.vault, segment.id, segment.size};
  const EncodedGroup group =
      encode_group(context_.key, place, now, piece.headers, piece.bodies, context_.random);
  const auto written = context_.files.append(segment_file_name(segment.id), group.bytes);
  if (!written) return written;
  for (std::size_t i = piece.first_outcome; i < outcomes_.size(); ++i) {
    outcomes_[i].body_at += static_cast<std::uint32_t>(group.bodies_at);
  }
  segment.size += group.bytes.size();
  segment.records += static_cast<std::uint32_t>(piece.headers.size());
  return {};
}

bool Compaction::apply(Time now) {
  const std::size_t until = std::min(outcomes_.size(), applied_ + kAppliedAtOnce);
  for (; applied_ < until; ++applied_) {
    const Outcome& outcome = outcomes_[applied_];
    if (outcome.fate == Fate::dropped) {
      context_.catalog.dropped(outcome.key, outcome.sequence);
    } else {
      context_.catalog.moved(outcome.key, outcome.sequence, output_, outcome.body_at,
                             outcome.fate == Fate::expired, now);
    }
  }
  return applied_ < outcomes_.size();
}

}  // namespace tacet::vault
