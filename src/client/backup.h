// What goes into a backup, and what becomes of it in a new vault (README.md, "Backups").
#pragma once

#include <optional>

#include "client/records.h"
#include "vault/backup.h"

namespace tacet::client {

struct Parts;

// Everything that a backup holds, the record that says when it was made aside.
[[nodiscard]] std::vector<vault::RecordInfo> records_for_backup(const Parts& parts, bool history);
// The first record.
void begin_backup(const Parts& parts, vault::BackupWriter& out);
// One of records_for_backup(); nothing when its time is over meanwhile.
void add_to_backup(const Parts& parts, const vault::RecordInfo& record, vault::BackupWriter& out);

// Makes a new vault's records from those of a backup.
class BackupImport {
 public:
  // `local`: the host's clock. What is over by then, or was when the backup was made, is left out.
  explicit BackupImport(Time local) : now_(local) {}

  // False when a backup cannot hold this.
  [[nodiscard]] bool add(const vault::BackupRecord& record, vault::Batch& out);
  // After the last: the identity was there.
  [[nodiscard]] bool complete() const { return account_; }
  // Nothing before the first record.
  [[nodiscard]] std::optional<Time> made_at() const { return made_at_; }

 private:
  template <class Record, class Change>
  [[nodiscard]] bool take(const vault::BackupRecord& record, vault::Batch& out, Change change);
  template <class Record>
  [[nodiscard]] bool keep(const vault::BackupRecord& record, vault::Batch& out);

  Time now_;
  std::optional<Time> made_at_;
  bool account_ = false;
};

}  // namespace tacet::client
