#include <algorithm>
#include <map>

#include "vault/files.h"

namespace tacet::vault {
namespace {

class MemoryFiles final : public Files {
 public:
  Result<std::vector<std::string>, FileError> list() override {
    std::vector<std::string> names;
    for (const auto& [name, content] : files_) names.push_back(name);
    return names;
  }

  Result<std::uint64_t, FileError> size(std::string_view name) override {
    const auto it = files_.find(name);
    if (it == files_.end()) return unexpected(FileError::not_found);
    return it->second.size();
  }

  Result<ByteVector, FileError> read(std::string_view name, std::uint64_t offset,
                                     std::size_t length) override {
    const auto it = files_.find(name);
    if (it == files_.end()) return unexpected(FileError::not_found);
    const ByteView content = it->second;
    const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, content.size()));
    const ByteView part = content.subspan(from, std::min(length, content.size() - from));
    return ByteVector(part.begin(), part.end());
  }

  Result<void, FileError> append(std::string_view name, ByteView bytes) override {
    ByteVector& content = files_[std::string(name)];
    content.insert(content.end(), bytes.begin(), bytes.end());
    return {};
  }

  Result<void, FileError> replace(std::string_view name, ByteView bytes) override {
    files_[std::string(name)].assign(bytes.begin(), bytes.end());
    return {};
  }

  Result<void, FileError> remove(std::string_view name) override {
    const auto it = files_.find(name);
    if (it != files_.end()) files_.erase(it);
    return {};
  }

 private:
  std::map<std::string, ByteVector, std::less<>> files_;
};

}  // namespace

std::unique_ptr<Files> make_memory_files() {
  return std::make_unique<MemoryFiles>();
}

}  // namespace tacet::vault
