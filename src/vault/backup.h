// A backup: records in one sealed file that belongs to no vault (README.md, "Backups").
#pragma once

#include "base/codec.h"
#include "vault/vault.h"

namespace tacet::vault {

struct BackupRecord {
  RecordKey key;
  std::optional<Time> expires_at;
  SecretVector value;  // at most kMaxBackupValue bytes
};
inline constexpr std::size_t kMaxBackupValue = std::size_t{1} << 20;

enum class BackupError : std::uint8_t {
  not_one,          // some other file
  newer_version,    // whole, and made by a newer Tacet
  truncated,        // its end is missing
  damaged,          // not what was written
  weak_parameters,  // key stretching below the floor or above the ceiling: not ours
  wrong_key,        // whole, and this is not the key
};

using BackupKey = Secret<32, struct BackupKeyTag>;

class BackupWriter {
 public:
  // `key`: what opens it, stretched as `stretching` says.
  BackupWriter(Random& random, const Stretching& stretching, const StretchedKey& key);

  void add(const BackupRecord& record);
  [[nodiscard]] ByteVector finish();  // the file; nothing can be added any more

 private:
  void seal_chunk();

  Random& random_;
  BackupKey key_;
  ByteVector file_;
  SecretWriter chunk_;
  std::uint32_t chunks_ = 0;
};

class BackupReader {
 public:
  // The file is whole, and says what it takes to open it.
  [[nodiscard]] static Result<BackupReader, BackupError> parse(ByteVector file);

  [[nodiscard]] const Stretching& stretching() const { return stretching_; }
  // Before next(). wrong_key when it does not open.
  [[nodiscard]] Result<void, BackupError> unlock(const StretchedKey& key);
  [[nodiscard]] bool more() const { return at_ < end_; }
  // The records of the next chunk. damaged.
  [[nodiscard]] Result<std::vector<BackupRecord>, BackupError> next();

 private:
  ByteVector file_;
  Stretching stretching_;
  BackupKey key_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint32_t chunk_ = 0;
};

}  // namespace tacet::vault
