// The one thread and connection of a node that write to PostgreSQL. Requests are taken in batches into one
// transaction and answered after its commit.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "relay/clock.h"
#include "relay/store/postgres_link.h"
#include "relay/store/postgres_tables.h"
#include "relay/store/work_queue.h"

namespace tacet::relay {

class PgWriter {
 public:
  static constexpr std::size_t kMaxBatch = 128;
  static constexpr std::chrono::milliseconds kGather{2};
  static constexpr std::chrono::milliseconds kTick{1000};
  static constexpr std::chrono::seconds kSweepEvery{60};

  using Answer = std::function<void()>;
  struct Work {
    std::vector<wire::MailboxId> mailboxes;  // that it changes
    std::function<void(PgTables&)> change;   // nothing: tidy
    Answer answer;                           // after the commit
    Answer refuse;                           // when it could not be done
    std::function<void(bool)> tidied;
  };

  // All references must outlive it. `recovered` is called, through the executor, when it can write again
  // after it could not: whatever was under way may have happened or not.
  PgWriter(PgLink link, HourChain& hour_keys, Random& random, Clock& clock, const Quota& quota,
           Millis tolerance, const NodeId& node, StoreCounts& counts, Executor executor,
           std::function<void()> recovered);
  // Carries out what was submitted.
  ~PgWriter();

  // `bytes`: what the work keeps alive.
  void submit(Work work, std::size_t bytes);
  void set_quota(const Quota& quota) { tables_.set_quota(quota); }
  [[nodiscard]] bool healthy() const { return healthy_; }

 private:
  void loop();
  void carry_out(std::vector<Work>& batch);
  void tick();
  bool tidy();
  PgConnection& ready();
  void check_clock(PgConnection& database);
  // Destroys the keys of hours that are over, and sees to it that there are partitions to write to.
  void move_on(PgConnection& database, Time now);
  void failed(const char* what);

  PgLink link_;
  HourChain& hour_keys_;
  Clock& clock_;
  const Millis tolerance_;
  StoreCounts& counts_;
  Executor executor_;
  std::function<void()> recovered_;
  PgTables tables_;
  WorkQueue<Work> queue_;
  std::atomic<bool> healthy_{true};
  std::int64_t hour_ = 0;       // the hour keys were moved on to
  std::int64_t days_made_ = 0;  // partitions are there up to and including this day
  std::chrono::steady_clock::time_point next_tick_{};
  std::chrono::steady_clock::time_point next_sweep_{};
  std::thread thread_;
};

}  // namespace tacet::relay
