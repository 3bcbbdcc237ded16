#include "client/journal.h"

namespace tacet::client {
namespace {

constexpr Seconds kRetry{3};
constexpr Seconds kTidyPause{1};

template <class T>
void move_to_end(std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

std::vector<vault::RecordInfo> Journal::records(Kind kind) const {
  const auto number = static_cast<std::uint8_t>(kind);
  std::vector<vault::RecordInfo> out = vault_.records(number);
  std::erase_if(out, [&](const vault::RecordInfo& info) { return pending_.contains(info.key); });
  for (const auto& [key, put] : pending_) {
    if (put && key.kind == number) out.push_back({key, put->expires_at});
  }
  return out;
}

std::optional<SecretVector> Journal::value(const vault::RecordKey& key) const {
  const auto found = pending_.find(key);
  if (found != pending_.end()) return found->second ? std::optional(found->second->value) : std::nullopt;
  auto value = vault_.read(key);
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

void Journal::flush() {
  // Actions may put more, which is committed in the next round.
  for (;;) {
    if (problem_ && context_.uptime < retry_at_) return;
    if ((!pending_.empty() || touched_) && !commit()) return;
    move_to_end(waiting_, written_);
    if (in_flight_) return;
    if (dirty_ && !in_memory_) return start_sync();
    if (dirty_) {
      vault_.sync_starting();
      dirty_ = vault_.synced();
    }
    if (written_.empty()) return;
    run(std::exchange(written_, {}));
  }
}

bool Journal::commit() {
  vault::Batch batch;
  for (const auto& [key, put] : pending_) {
    if (put) {
      batch.puts.push_back(*put);
    } else {
      batch.erases.push_back(key);
    }
  }
  const auto done = vault_.commit(batch);
  if (!done) {
    failed(done.error() == vault::Error::no_space ? Problem::storage_full : Problem::vault_io);
    return false;
  }
  pending_.clear();
  touched_ = false;
  dirty_ = true;
  return true;
}

void Journal::start_sync() {
  vault_.sync_starting();
  dirty_ = false;
  in_flight_ = true;
  ticket_ = context_.next_ticket++;
  syncing_ = std::exchange(written_, {});
  context_.effects.push_back(Sync{ticket_});
}

void Journal::synced(const Synced& event) {
  if (!in_flight_ || event.ticket != ticket_) return;
  in_flight_ = false;
  if (event.failure) {
    dirty_ = true;
    move_to_end(written_, syncing_);
    written_ = std::exchange(syncing_, {});
    return failed(*event.failure == vault::FileError::no_space ? Problem::storage_full : Problem::vault_io);
  }
  problem_.reset();
  if (vault_.synced()) dirty_ = true;
  run(std::exchange(syncing_, {}));
}

void Journal::tidy() {
  if (in_flight_ || problem_ || context_.uptime < tidy_at_ || !vault_.wants_tidy()) return;
  tidy_at_ = context_.uptime + kTidyPause;
  const auto wrote = vault_.tidy();
  if (wrote && *wrote) dirty_ = true;
}

Time Journal::due() const {
  if (problem_) return retry_at_;
  return vault_.wants_tidy() ? tidy_at_ : kNever;
}

void Journal::failed(Problem problem) {
  problem_ = problem;
  retry_at_ = context_.uptime + kRetry;
}

void Journal::run(const Actions& actions) {
  for (const auto& action : actions) action();
}

}  // namespace tacet::client
