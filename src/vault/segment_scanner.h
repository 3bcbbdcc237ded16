// Reads a segment group by group, past whatever is damaged (README.md, "Opening").
#pragma once

#include "vault/files.h"
#include "vault/group.h"

namespace tacet::vault {

[[nodiscard]] std::string segment_file_name(const SegmentId& id);
[[nodiscard]] std::optional<SegmentId> parse_segment_file_name(std::string_view name);

class SegmentScanner {
 public:
  // `size`: how much of the file counts. `active`: whether its end may be torn.
  SegmentScanner(Files& files, const VaultKey& key, const VaultId& vault, const SegmentId& segment,
                 std::uint64_t size, bool active);

  // The next group whose index opens, nothing at the end. `files` and `key` are used until then.
  [[nodiscard]] Result<std::optional<Group>, FileError> next();

  // After the end:
  [[nodiscard]] std::uint64_t end() const { return at_; }         // where the last whole group ends
  [[nodiscard]] bool torn() const { return torn_; }               // the file holds more than that
  [[nodiscard]] std::size_t damaged() const { return damaged_; }  // stretches that belong to no group

 private:
  // A view of part of the segment, valid until the next call; shorter at the end.
  Result<ByteView, FileError> view(std::uint64_t offset, std::size_t length);
  Result<std::optional<Group>, FileError> group_with_head_at(std::uint64_t offset);
  Result<std::optional<Group>, FileError> group_with_tail_at(std::uint64_t tail);
  Result<std::optional<Group>, FileError> search();
  Result<bool, FileError> incomplete(const Group& group);
  void finish_at(std::uint64_t end);

  Files& files_;
  const VaultKey& key_;
  VaultId vault_;
  SegmentId segment_;
  std::string name_;
  std::uint64_t size_;
  bool active_;

  std::uint64_t at_ = 0;
  bool done_ = false;
  bool torn_ = false;
  std::size_t damaged_ = 0;
  ByteVector window_;
  std::uint64_t window_at_ = 0;
};

}  // namespace tacet::vault
