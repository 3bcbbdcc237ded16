// The one thread and connection that write and checkpoint. Requests are taken in batches into one transaction
// and answered after its commit.
#pragma once

#include <atomic>
#include <thread>

#include "relay/clock.h"
#include "relay/store/chunk_tables.h"
#include "relay/store/key_tables.h"
#include "relay/store/work_queue.h"

namespace tacet::relay {

// What a change may change.
struct Tables {
  MailboxTables mailboxes;
  KeyTables keys;
  ChunkTables chunks;
  InviteTable invites;
};

class Writer {
 public:
  static constexpr std::size_t kMaxBatch = 128;
  static constexpr std::chrono::milliseconds kGather{2};
  static constexpr std::chrono::milliseconds kTick{1000};
  // How long after a deletion the log is emptied; a reader in the way can delay it by some ticks more.
  static constexpr std::chrono::seconds kCheckpointAfter{20};

  using Answer = std::function<void()>;
  // Changes the tables and returns what to say once that is committed. Throws SqliteError.
  using Change = std::function<Answer(Tables&, Time)>;

  // Throws SqliteError when the database cannot be used. All references must outlive it.
  Writer(const std::string& path, HourKeys& hour_keys, Random& random, Clock& clock, const Quota& quota,
         StoreCounts& counts, Executor executor);
  // Carries out what was submitted and empties the log.
  ~Writer();

  // Begins to work. Before that, and only then, the relay's own key may be asked for.
  void start();
  [[nodiscard]] Secret<32> seed(std::string_view name);

  // `refuse` is what to say when it could not be done. `bytes`: what the change keeps alive.
  void submit(Change change, Answer refuse, std::size_t bytes);
  // Sweeps, destroys past keys and checkpoints; tells whether all of it worked.
  void tidy(std::function<void(bool)> done);

  [[nodiscard]] bool healthy() const { return healthy_; }

 private:
  struct Work {
    Change change;  // nothing: tidy
    Answer refuse;
    std::function<void(bool)> tidied;
  };

  void loop();
  void carry_out(std::vector<Work>& batch);
  void note_deletions();
  void tick();
  bool sweep_all();
  bool sweep_some(bool& more);
  bool empty_log();
  void probe();
  void failed(const char* what);

  Database database_;
  HourKeys& hour_keys_;
  Clock& clock_;
  StoreCounts& counts_;
  Executor executor_;
  Tables tables_;
  WorkQueue<Work> queue_;
  std::atomic<bool> healthy_{true};
  std::chrono::steady_clock::time_point next_tick_{};
  std::optional<std::chrono::steady_clock::time_point> deleted_at_;  // the first since the log was emptied
  std::thread thread_;
};

}  // namespace tacet::relay
