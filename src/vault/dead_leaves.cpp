#include "vault/dead_leaves.h"

#include <algorithm>

namespace tacet::vault {

void DeadLeaves::replaced(Leaf leaf, std::uint64_t killer, Time now) {
  if (killer <= sequence_ || doomed_.count(leaf) > 0) return;
  dead_.insert(leaf);
  since_ = std::min(since_, now);
}

void DeadLeaves::expires(Leaf leaf, RecordAt record, Time at) {
  if (at <= clock_) return;
  expiries_.push_back({at, record, leaf});
  std::push_heap(expiries_.begin(), expiries_.end());
}

std::optional<DeadLeaves::Expiry> DeadLeaves::next_expired(Time now) {
  if (expiries_.empty() || expiries_.front().at > now) return std::nullopt;
  const Expiry due = expiries_.front();
  std::pop_heap(expiries_.begin(), expiries_.end());
  expiries_.pop_back();
  if (doomed_.count(due.leaf) == 0 && dead_.insert(due.leaf).second) since_ = std::min(since_, due.at);
  return due;
}

std::optional<Time> DeadLeaves::since() const {
  if (dead_.empty()) return std::nullopt;
  return since_;
}

std::vector<Leaf> DeadLeaves::begin_epoch() {
  std::vector<Leaf> out(dead_.begin(), dead_.end());
  std::sort(out.begin(), out.end());
  doomed_ = std::exchange(dead_, {});
  since_ = Time::max();
  return out;
}

void DeadLeaves::forget_all() {
  expiries_.clear();
  dead_.clear();
  doomed_.clear();
}

}  // namespace tacet::vault
