// The whole operating system, as far as the vault can see it (LevelDB's Env, smaller). Names are plain file
// names in one flat folder. Writes reach the medium only when the host has synced (see Vault::synced): until
// then a power cut may keep any prefix of any file's unsynced appends, and any subset of replaced and removed
// files.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tacet::vault {

enum class FileError : std::uint8_t {
  not_found,
  no_space,  // the disk or the browser's quota is full
  failed,    // any other refusal of the system
};

class Files {
 public:
  virtual ~Files() = default;
  [[nodiscard]] virtual Result<std::vector<std::string>, FileError> list() = 0;
  [[nodiscard]] virtual Result<std::uint64_t, FileError> size(std::string_view name) = 0;
  // Fewer bytes than asked for only at the end of the file.
  [[nodiscard]] virtual Result<ByteVector, FileError> read(std::string_view name, std::uint64_t offset,
                                                           std::size_t length) = 0;
  [[nodiscard]] virtual Result<void, FileError> append(std::string_view name, ByteView bytes) = 0;
  // The whole file at once: after a crash the old content or the new one, never a mixture.
  [[nodiscard]] virtual Result<void, FileError> replace(std::string_view name, ByteView bytes) = 0;
  [[nodiscard]] virtual Result<void, FileError> remove(std::string_view name) = 0;  // absent is fine
};

// Everything in RAM: sessions that keep nothing, and tests.
[[nodiscard]] std::unique_ptr<Files> make_memory_files();

}  // namespace tacet::vault
