#include "vault/fault_files.h"

namespace tacet::test {

using vault::FileError;

FaultFiles::FaultFiles(const FaultFiles* source) : content_(source->content_), durable_(source->content_) {}

bool FaultFiles::fails() {
  const std::size_t event = events_++;
  return event == fail_at_ || (for_good_ && event > fail_at_);
}

Result<std::vector<std::string>, FileError> FaultFiles::list() {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : content_) names.push_back(name);
  return names;
}

Result<std::uint64_t, FileError> FaultFiles::size(std::string_view name) {
  const auto it = content_.find(name);
  if (it == content_.end()) return unexpected(FileError::not_found);
  return it->second.size();
}

Result<ByteVector, FileError> FaultFiles::read(std::string_view name, std::uint64_t offset,
                                               std::size_t length) {
  const auto it = content_.find(name);
  if (it == content_.end()) return unexpected(FileError::not_found);
  const ByteView all = it->second;
  const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, all.size()));
  const ByteView part = all.subspan(from, std::min(length, all.size() - from));
  return ByteVector(part.begin(), part.end());
}

Result<void, FileError> FaultFiles::append(std::string_view name, ByteView bytes) {
  const bool failed = fails();
  const bool cut = failed && (for_good_ || error_ == FileError::no_space);
  if (cut) bytes = bytes.first(bytes.size() / 2);
  const bool gone = failed && for_good_ && events_ > fail_at_ + 1;
  if (!gone) {
    ByteVector& file = content_[std::string(name)];
    file.insert(file.end(), bytes.begin(), bytes.end());
    pending_[std::string(name)].push_back({Change::Kind::append, ByteVector(bytes.begin(), bytes.end())});
  }
  if (failed) return unexpected(error_);
  return {};
}

Result<void, FileError> FaultFiles::replace(std::string_view name, ByteView bytes) {
  if (fails()) return unexpected(error_);
  content_[std::string(name)].assign(bytes.begin(), bytes.end());
  pending_[std::string(name)].push_back({Change::Kind::replace, ByteVector(bytes.begin(), bytes.end())});
  return {};
}

Result<void, FileError> FaultFiles::remove(std::string_view name) {
  if (fails()) return unexpected(error_);
  content_.erase(std::string(name));
  pending_[std::string(name)].push_back({Change::Kind::remove, {}});
  return {};
}

void FaultFiles::begin_sync() {
  syncing_.clear();
  for (const auto& [name, changes] : pending_) syncing_[name] = changes.size();
}

bool FaultFiles::end_sync() {
  if (fails()) return false;
  for (const auto& [name, count] : syncing_) {
    std::vector<Change>& changes = pending_[name];
    const auto end = changes.begin() + static_cast<std::ptrdiff_t>(count);
    for (auto it = changes.begin(); it != end; ++it) make(*it, it->bytes.size(), name, durable_);
    changes.erase(changes.begin(), end);
  }
  return true;
}

void FaultFiles::make(const Change& change, std::size_t length, const std::string& name,
                      std::map<std::string, ByteVector, std::less<>>& content) {
  if (change.kind == Change::Kind::remove) {
    content.erase(name);
    return;
  }
  ByteVector& file = content[name];
  if (change.kind == Change::Kind::replace) file.clear();
  file.insert(file.end(), change.bytes.begin(), change.bytes.begin() + static_cast<std::ptrdiff_t>(length));
}

std::unique_ptr<FaultFiles> FaultFiles::after_power_cut(Kept kept, std::mt19937& random) const {
  auto out = std::make_unique<FaultFiles>();
  out->content_ = durable_;
  for (const auto& [name, changes] : pending_) {
    std::size_t count = 0;
    if (kept == Kept::everything) count = changes.size();
    if (kept == Kept::something) count = random() % (changes.size() + 1);
    for (std::size_t i = 0; i < count; ++i) {
      const Change& change = changes[i];
      std::size_t length = change.bytes.size();
      const bool may_tear = i + 1 == count && change.kind == Change::Kind::append;
      if (may_tear && kept == Kept::something) length = random() % (length + 1);
      make(change, length, name, out->content_);
    }
  }
  out->durable_ = out->content_;
  return out;
}

}  // namespace tacet::test
