// Files in a folder of a POSIX system, also Emscripten's file system. One process at a time.
#pragma once

#include <set>

#include "vault/files.h"

namespace tacet::posix {

enum class OpenError : std::uint8_t {
  in_use,    // another process, or another PosixFiles, has this folder
  no_space,  // the folder could not be made for lack of space
  failed,    // not a folder, no permission, a broken disk
};

class PosixFiles final : public vault::Files {
 public:
  // Makes the folder (mode 0700, its parent must exist) and locks it until destruction.
  [[nodiscard]] static Result<std::unique_ptr<PosixFiles>, OpenError> open(const std::string& folder);
  ~PosixFiles() override;
  PosixFiles(const PosixFiles&) = delete;
  PosixFiles& operator=(const PosixFiles&) = delete;

  Result<std::vector<std::string>, vault::FileError> list() override;
  Result<std::uint64_t, vault::FileError> size(std::string_view name) override;
  Result<ByteVector, vault::FileError> read(std::string_view name, std::uint64_t offset,
                                            std::size_t length) override;
  Result<void, vault::FileError> append(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> replace(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> remove(std::string_view name) override;

  // Everything written so far is durable afterwards. After an error every later sync fails, too: a system
  // that could not write forgets what it was, so that a second attempt would only seem to succeed. Open anew.
  [[nodiscard]] Result<void, vault::FileError> sync();

 private:
  explicit PosixFiles(int folder) : folder_(folder) {}

  int folder_;  // holds the lock
  bool sync_failed_ = false;
  std::set<std::string, std::less<>> dirty_;
};

}  // namespace tacet::posix
