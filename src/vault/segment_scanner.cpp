#include "vault/segment_scanner.h"

#include "base/text.h"

namespace tacet::vault {
namespace {

constexpr std::size_t kWindow = 128 * 1024;

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](Byte b) { return b == 0; });
}

}  // namespace

std::string segment_file_name(const SegmentId& id) {
  return to_hex(id.view());
}

std::optional<SegmentId> parse_segment_file_name(std::string_view name) {
  const auto bytes = from_hex(name);
  if (!bytes) return std::nullopt;
  return SegmentId::from(*bytes);
}

SegmentScanner::SegmentScanner(Files& files, const VaultKey& key, const VaultId& vault,
                               const SegmentId& segment, std::uint64_t size, bool active)
    : files_(files),
      key_(key),
      vault_(vault),
      segment_(segment),
      name_(segment_file_name(segment)),
      size_(size),
      active_(active) {}

Result<ByteView, FileError> SegmentScanner::view(std::uint64_t offset, std::size_t length) {
  const std::uint64_t left = offset < size_ ? size_ - offset : 0;
  length = static_cast<std::size_t>(std::min<std::uint64_t>(length, left));
  const bool inside = offset >= window_at_ && offset + length <= window_at_ + window_.size();
  if (!inside) {
    const auto wanted = std::min<std::uint64_t>(std::max(length, kWindow), left);
    auto read = files_.read(name_, offset, static_cast<std::size_t>(wanted));
    if (!read) return unexpected(read.error());
    window_ = std::move(*read);
    window_at_ = offset;
    length = std::min(length, window_.size());
  }
  return ByteView(window_).subspan(static_cast<std::size_t>(offset - window_at_), length);
}

Result<std::optional<Group>, FileError> SegmentScanner::next() {
  if (done_ || at_ >= size_) return std::nullopt;
  auto group = group_with_head_at(at_);
  if (group && !*group) group = search();
  if (!group) return group;
  if (!*group) {
    finish_at(at_);
    return group;
  }
  const auto cut = incomplete(**group);
  if (!cut) return unexpected(cut.error());
  if (*cut && active_) {
    finish_at((*group)->place.offset);
    return std::nullopt;
  }
  if (*cut) ++damaged_;  // what is left of the bodies can still be read
  at_ = std::min((*group)->end, size_);
  return group;
}

// Nothing that opens follows `end`.
void SegmentScanner::finish_at(std::uint64_t end) {
  done_ = true;
  at_ = end;
  if (active_) {
    torn_ = end < size_;
  } else {
    ++damaged_;
  }
}

Result<bool, FileError> SegmentScanner::incomplete(const Group& group) {
  if (group.end > size_) return true;
  if (!active_ || group.end < size_) return false;
  const auto tail = view(group.end - kMark, kMark);
  if (!tail) return unexpected(tail.error());
  return all_zero(*tail);  // a file system may lengthen a file before it writes it
}

Result<std::optional<Group>, FileError> SegmentScanner::group_with_head_at(std::uint64_t offset) {
  const auto head = view(offset, kMark);
  if (!head) return unexpected(head.error());
  const auto frame = decode_head(*head);
  if (!frame || frame->index_length > size_ - offset) return std::nullopt;
  const auto sealed = view(offset + kMark, frame->index_length);
  if (!sealed) return unexpected(sealed.error());
  return open_index(key_, {vault_, segment_, offset}, 0, *frame, *sealed);
}

Result<std::optional<Group>, FileError> SegmentScanner::group_with_tail_at(std::uint64_t tail) {
  const auto mark = view(tail, kMark);
  if (!mark) return unexpected(mark.error());
  const auto frame = decode_tail(*mark);
  if (!frame || frame->total() > tail + kMark - at_) return std::nullopt;
  const std::uint64_t start = tail + kMark - frame->total();
  const auto sealed = view(tail - frame->index_length, frame->index_length);
  if (!sealed) return unexpected(sealed.error());
  return open_index(key_, {vault_, segment_, start}, 1, *frame, *sealed);
}

// Copy 0 at at_ does not open: the next thing that does is the tail of this group, or a later group.
Result<std::optional<Group>, FileError> SegmentScanner::search() {
  const auto rest = files_.read(name_, at_, static_cast<std::size_t>(size_ - at_));
  if (!rest) return unexpected(rest.error());
  const std::string_view text = as_text(*rest);
  for (std::size_t i = text.find("TVg"); i != std::string_view::npos; i = text.find("TVg", i + 1)) {
    const std::string_view magic = text.substr(i, kHeadMagic.size());
    Result<std::optional<Group>, FileError> found = std::nullopt;
    if (magic == kHeadMagic && i > 0) found = group_with_head_at(at_ + i);
    if (magic == kTailMagic && i + kTailMagic.size() >= kMark) {
      found = group_with_tail_at(at_ + i + kTailMagic.size() - kMark);
    }
    if (!found) return found;
    if (!*found) continue;
    if ((*found)->place.offset > at_) ++damaged_;
    return found;
  }
  return std::nullopt;
}

}  // namespace tacet::vault
