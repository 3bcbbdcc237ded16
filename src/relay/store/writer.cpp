#include "relay/store/writer.h"

#include <spdlog/spdlog.h>

#include "relay/store/schema.h"
#include "relay/store/wipe_stack.h"

namespace tacet::relay {
namespace {

// Rows swept in one transaction, so that requests never wait long behind a large clearing.
constexpr std::int64_t kSweepChunk = 500;

Database opened(const std::string& path) {
  Database database(path, Database::Mode::write);
  prepare_writer(database);
  return database;
}

}  // namespace

Writer::Writer(const std::string& path, HourKeys& hour_keys, Random& random, Clock& clock, const Quota& quota,
               StoreCounts& counts, Executor executor)
    : database_(opened(path)),
      hour_keys_(hour_keys),
      clock_(clock),
      counts_(counts),
      executor_(std::move(executor)),
      tables_{{database_, hour_keys, random, quota},
              {database_, tables_.mailboxes},
              {database_, tables_.mailboxes, hour_keys, random},
              InviteTable(database_)} {}

Writer::~Writer() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void Writer::start() {
  thread_ = std::thread([this] { loop(); });
}

Secret<32> Writer::seed(std::string_view name) {
  Transaction transaction(database_);
  auto seed = tables_.mailboxes.seed(name);
  transaction.commit();
  return seed;
}

void Writer::submit(Change change, Answer refuse, std::size_t bytes) {
  Work work{std::move(change), std::move(refuse), {}};
  if (!queue_.push(work, bytes)) executor_(std::move(work.refuse));
}

void Writer::tidy(std::function<void(bool)> done) {
  Work work{{}, {}, std::move(done)};
  if (!queue_.push(work, 0)) executor_([done = std::move(work.tidied)] { done(false); });
}

void Writer::loop() {
  // What fell due while the relay was down goes before anything else happens, and so does what a crash left
  // in the log: a deletion may be in it, and what was deleted.
  deleted_at_ = std::chrono::steady_clock::now();
  sweep_all();
  empty_log();
  for (;;) {
    std::vector<Work> batch = queue_.take(kMaxBatch, kGather, kTick);
    if (batch.empty() && queue_.closed()) break;
    if (!batch.empty()) carry_out(batch);
    if (std::chrono::steady_clock::now() >= next_tick_) tick();
  }
  empty_log();
}

void Writer::carry_out(std::vector<Work>& batch) {
  std::vector<Answer> answers;
  const auto began = std::chrono::steady_clock::now();
  try {
    Transaction transaction(database_);
    const Time now = clock_.now();
    for (Work& work : batch) {
      if (work.change) answers.push_back(work.change(tables_, now));
    }
    transaction.commit();
    counts_.batch.add(static_cast<double>(batch.size()));
    counts_.commit.add(seconds_since(began));
    note_deletions();
  } catch (const SqliteError& error) {
    failed(error.what());
    answers.clear();
    for (Work& work : batch) {
      if (work.change) answers.push_back(std::move(work.refuse));
    }
  }
  for (Work& work : batch) {
    if (work.change) continue;
    const bool swept = sweep_all();
    const bool emptied = empty_log();
    if (swept && emptied && !healthy_) probe();
    answers.emplace_back([done = std::move(work.tidied), ok = swept && emptied] { done(ok); });
  }
  executor_([answers = std::move(answers)] {
    for (const Answer& answer : answers) answer();
  });
}

void Writer::note_deletions() {
  const bool envelopes = tables_.mailboxes.take_deleted();
  const bool chunks = tables_.chunks.take_deleted();
  if ((envelopes || chunks) && !deleted_at_) deleted_at_ = std::chrono::steady_clock::now();
}

void Writer::tick() {
  const auto now = std::chrono::steady_clock::now();
  next_tick_ = now + kTick;
  bool more = false;
  const bool swept = sweep_some(more);
  const bool late = deleted_at_ && now >= *deleted_at_ + kCheckpointAfter;
  const bool emptied = !late || empty_log();
  if (swept && emptied && !healthy_) probe();
  if (more) next_tick_ = now;
  wipe_stack();
}

bool Writer::sweep_all() {
  bool more = true;
  while (more) {
    if (!sweep_some(more)) return false;
  }
  return true;
}

bool Writer::sweep_some(bool& more) {
  more = false;
  const Time now = clock_.now();
  bool ok = true;
  try {
    Transaction transaction(database_);
    const bool envelopes_left = tables_.mailboxes.sweep(now, kSweepChunk);
    const bool keys_left = tables_.keys.sweep(now, kSweepChunk);
    const bool chunks_left = tables_.chunks.sweep(now, kSweepChunk);
    transaction.commit();
    more = envelopes_left || keys_left || chunks_left;
    note_deletions();
  } catch (const SqliteError& error) {
    failed(error.what());
    ok = false;
  }
  // Independent of the sweep: even an envelope that could not be deleted is unreadable from then on.
  if (!hour_keys_.destroy_before(hour_of(now))) {
    failed("the hour keys cannot be written");
    ok = false;
  }
  return ok;
}

bool Writer::empty_log() {
  try {
    const auto began = std::chrono::steady_clock::now();
    if (!checkpoint(database_)) return false;
    counts_.checkpoint.add(seconds_since(began));
    deleted_at_.reset();
    database_.forget_pages();
    return true;
  } catch (const SqliteError& error) {
    failed(error.what());
    return false;
  }
}

void Writer::probe() {
  try {
    Transaction transaction(database_);
    tables_.mailboxes.probe(clock_.now());
    transaction.commit();
    healthy_ = true;
    spdlog::info("the store can write again");
  } catch (const SqliteError&) {
    // Said once, in failed().
  }
}

void Writer::failed(const char* what) {
  counts_.failures.add();
  if (healthy_.exchange(false)) spdlog::error("the store cannot keep anything now: {}", what);
}

}  // namespace tacet::relay
