// A disk under the store that forgets what was not synced when the power goes, in part, torn and out of
// order, and that can be full or broken. As a VFS it sits between SQLite and the system, as a KeyFile under
// the hour keys; while it lives, every database of this process is opened through it. What a program sees
// meanwhile is in real files.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "relay/store/key_file.h"

struct sqlite3_vfs;

namespace tacet::relay::testing {

class FaultyDisk {
 public:
  enum class Fault { full, broken, unsynced };  // unsynced: writing works, making it durable does not

  explicit FaultyDisk(std::uint64_t seed);
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  enum class Keys { synced, never_synced };  // the latter only say that they are
  [[nodiscard]] OpenKeyFile key_files(Keys keys = Keys::synced);

  // The power goes at the call after so many more that would change a file or make it durable. From then on
  // nothing works.
  void cut_after(std::uint64_t calls);
  void cut_now() { cut_after(0); }
  [[nodiscard]] bool is_cut();
  // Everybody has closed their files. Leaves in them what the disk has kept.
  void power_back();

  // One call goes wrong, the one after so many more.
  void fail_after(std::uint64_t calls, Fault fault);
  // Calls go wrong, each with this chance, until mend().
  void fail_often(Fault fault, unsigned percent);
  void mend();
  [[nodiscard]] bool failed() const { return failures_ != 0; }  // since the last mend() or fail_…()
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  // For the VFS and the key file. Paths are whole.
  enum class Verdict { fine, no, full };
  Verdict write(const std::string& path, std::size_t at, ByteView bytes, std::size_t& taken);
  Verdict truncate(const std::string& path, std::size_t size);
  Verdict sync(const std::string& path, bool its_name_too);
  Verdict remove(const std::string& path, bool durably);
  void opened(const std::string& path);

 private:
  struct Change {
    bool truncates = false;
    std::size_t at = 0;  // or the new size
    ByteVector bytes;
  };
  struct File {
    ByteVector durable;
    std::vector<Change> pending;
    bool named = false;  // its name is durable
  };

  enum class What { writes, syncs, other };
  Verdict call(What what);
  void keep(ByteVector& image, const Change& change, unsigned percent);
  void settle(File& file, unsigned percent);
  void name_all();
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::mutex mutex_;
  std::mt19937_64 random_;
  sqlite3_vfs* vfs_ = nullptr;
  std::map<std::string, File> files_;
  std::map<std::string, File> removed_;  // which a power cut may bring back
  std::optional<std::uint64_t> cut_in_;
  bool cut_ = false;
  std::optional<std::uint64_t> fail_in_;
  Fault fault_ = Fault::full;
  unsigned fail_percent_ = 0;
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> calls_{0};
};

}  // namespace tacet::relay::testing
