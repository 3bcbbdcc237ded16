#include "relay/store/postgres_writer.h"

#include <spdlog/spdlog.h>

#include "relay/store/postgres_schema.h"

namespace tacet::relay {
namespace {

constexpr std::int64_t kSweepChunk = 500;
// Days that have partitions: as far as anything can fall due, and two more for a night without maintenance.
constexpr std::int64_t kDaysAhead = wire::kMaxRetentionHours / 24 + 2;
// How far the clocks of nodes may differ before a day that is over for one is dropped under another's feet.
constexpr Hours kGrace{1};

}  // namespace

PgWriter::PgWriter(PgLink link, HourChain& hour_keys, Random& random, Clock& clock, const Quota& quota,
                   Millis tolerance, const NodeId& node, StoreCounts& counts, Executor executor,
                   std::function<void()> recovered)
    : link_(std::move(link)),
      hour_keys_(hour_keys),
      clock_(clock),
      tolerance_(tolerance),
      counts_(counts),
      executor_(std::move(executor)),
      recovered_(std::move(recovered)),
      tables_(hour_keys, random, quota, node),
      thread_([this] { loop(); }) {}

PgWriter::~PgWriter() {
  queue_.close();
  thread_.join();
}

void PgWriter::submit(Work work, std::size_t bytes) {
  if (queue_.push(work, bytes)) return;
  if (work.change) return executor_(std::move(work.refuse));
  executor_([done = std::move(work.tidied)] { done(false); });
}

void PgWriter::loop() {
  tick();
  for (;;) {
    std::vector<Work> batch = queue_.take(kMaxBatch, kGather, kTick);
    if (batch.empty() && queue_.closed()) return;
    if (!batch.empty()) carry_out(batch);
    if (std::chrono::steady_clock::now() >= next_tick_) tick();
  }
}

void PgWriter::carry_out(std::vector<Work>& batch) {
  std::vector<Answer> answers;
  try {
    PgConnection& database = ready();
    const auto began = std::chrono::steady_clock::now();
    const Time now = clock_.now();
    move_on(database, now);
    std::vector<wire::MailboxId> mailboxes;
    for (const Work& work : batch) {
      mailboxes.insert(mailboxes.end(), work.mailboxes.begin(), work.mailboxes.end());
    }
    tables_.begin(database, now, mailboxes);
    for (Work& work : batch) {
      if (work.change) work.change(tables_);
    }
    tables_.commit();
    counts_.batch.add(static_cast<double>(batch.size()));
    counts_.commit.add(seconds_since(began));
    for (Work& work : batch) {
      if (work.change) answers.push_back(std::move(work.answer));
    }
  } catch (const PgError& error) {
    failed(error.what());
    for (Work& work : batch) {
      if (work.change) answers.push_back(std::move(work.refuse));
    }
  }
  for (Work& work : batch) {
    if (!work.change) answers.emplace_back([done = std::move(work.tidied), ok = tidy()] { done(ok); });
  }
  executor_([answers = std::move(answers)] {
    for (const Answer& answer : answers) answer();
  });
}

PgConnection& PgWriter::ready() {
  const bool fresh = !link_.connected();
  PgConnection& database = link_.get();
  if (!fresh && healthy_) return database;
  check_clock(database);
  // Commits of ours that still wait for a standby would only be joined by another.
  const PgRows waiting = database.run(
      "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database()"
      " AND wait_event = 'SyncRep' AND query_start < now() - interval '5 seconds'");
  if (waiting.integer(0, 0) > 0) throw PgError("it waits for its standby");
  database.run(
      "INSERT INTO meta VALUES ('probe', ''::bytea) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
  link_.works();
  if (!healthy_.exchange(true)) {
    spdlog::info("the store can write again");
    executor_(recovered_);
  }
  return database;
}

void PgWriter::check_clock(PgConnection& database) {
  // A node that is ahead would drop what is not due, and destroy its keys.
  const PgRows rows = database.run("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  const Millis apart(to_millis(clock_.now()) - rows.integer(0, 0));
  if (apart > tolerance_ || apart < -tolerance_) {
    throw PgError("the clock of this machine and the database's differ by " +
                  std::to_string(std::chrono::duration_cast<Minutes>(apart).count()) + " minutes");
  }
}

void PgWriter::move_on(PgConnection& database, Time now) {
  if (hour_of(now) > hour_) {
    // Before anything is destroyed for good.
    check_clock(database);
    if (!hour_keys_.destroy_before(hour_of(now))) throw PgError("the hour keys cannot be written");
    hour_ = hour_of(now);
  }
  const std::int64_t today = day_of(now);
  const std::int64_t last = today + kDaysAhead;
  // The last two are in reserve: a node that is a little ahead must not hold up the others at midnight.
  if (days_made_ >= last - 1) return;
  make_days(database, std::max(days_made_ + 1, today), last);
  days_made_ = last;
}

void PgWriter::tick() {
  const auto now = std::chrono::steady_clock::now();
  next_tick_ = now + kTick;
  try {
    move_on(ready(), clock_.now());
  } catch (const PgError& error) {
    failed(error.what());
    return;
  }
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepEvery;
  tidy();
}

bool PgWriter::tidy() {
  try {
    PgConnection& database = ready();
    check_clock(database);
    const Time now = clock_.now();
    move_on(database, now);
    while (PgTables::sweep(database, now, kSweepChunk)) {
    }
    drop_days_before(database, day_of(now - kGrace));
    return true;
  } catch (const PgError& error) {
    // Perhaps someone reads a table for long that is to be dropped. Requests find out whether it is more than
    // that.
    spdlog::warn("clearing up has to wait: {}", error.what());
    link_.renew();
    return false;
  }
}

void PgWriter::failed(const char* what) {
  counts_.failures.add();
  link_.lost();
  if (healthy_.exchange(false)) spdlog::error("the store cannot keep anything now: {}", what);
}

}  // namespace tacet::relay
