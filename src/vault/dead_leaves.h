// Which leaves of the tree of keys are to be destroyed, and since when (README.md, "Epochs").
#pragma once

#include <unordered_set>

#include "vault/record_table.h"

namespace tacet::vault {

class DeadLeaves {
 public:
  // What was destroyed already, as the manifest says.
  void destroyed_until(std::uint64_t sequence, Time clock) { sequence_ = sequence, clock_ = clock; }

  // `killer`: the sequence of what replaced or erased the leaf's record.
  void replaced(Leaf leaf, std::uint64_t killer, Time now);
  // `record`: whose body's key it is, for whoever asks next_expired().
  void expires(Leaf leaf, RecordAt record, Time at);
  struct Expiry {
    Time at;
    RecordAt record;
    Leaf leaf = 0;
    bool operator<(const Expiry& other) const { return at > other.at; }  // the earliest on top of the heap
  };
  // Moves what has expired by now among the dead, one by one; nothing when there is no more.
  std::optional<Expiry> next_expired(Time now);

  [[nodiscard]] bool empty() const { return dead_.empty() && doomed_.empty(); }
  // When the first of those that no epoch has taken died.
  [[nodiscard]] std::optional<Time> since() const;
  // Dead or dying, and an old key may still lead there.
  [[nodiscard]] bool pending(Leaf leaf) const { return dead_.count(leaf) > 0 || doomed_.count(leaf) > 0; }

  // Everything dead by now, for the epoch that begins.
  std::vector<Leaf> begin_epoch();
  // That epoch is durable.
  void epoch_done() { doomed_.clear(); }
  // Everything in the tree is given up.
  void forget_all();

 private:
  std::uint64_t sequence_ = 0;
  Time clock_ = Time::min();
  std::vector<Expiry> expiries_;  // a heap
  std::unordered_set<Leaf> dead_;
  std::unordered_set<Leaf> doomed_;  // taken by an epoch that is not durable yet
  Time since_ = Time::max();
};

}  // namespace tacet::vault
