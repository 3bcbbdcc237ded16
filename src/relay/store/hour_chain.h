// Hour keys that many nodes share without talking about them: each hour's key follows from the hour's before,
// and every node moves on with the time (README.md one folder up, "Many nodes").
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "relay/store/hour_keys.h"

namespace tacet::relay {

class HourChain {
 public:
  // Opens the file, or begins a new chain with this hour. Else a sentence for the operator.
  [[nodiscard]] static Result<std::unique_ptr<HourChain>, std::string> open(const std::string& path,
                                                                            Random& random,
                                                                            std::int64_t hour);

  // Whether open() made a new one.
  [[nodiscard]] bool fresh() const { return fresh_; }

  // The same in every copy of one chain, and different in any other.
  [[nodiscard]] ByteView name() const { return name_.key.view(); }

  // Nothing for an hour whose key was destroyed, or for one so far away that nothing falls due in it.
  [[nodiscard]] std::optional<HourKey> find(std::int64_t hour) const;

  // Moves on to that hour and overwrites what could lead to an earlier one's key. False if the file could not
  // be written: try again.
  bool destroy_before(std::int64_t hour);

 private:
  HourChain(std::unique_ptr<KeyFile> file, bool fresh) : file_(std::move(file)), fresh_(fresh) {}
  bool load(Random& random, std::int64_t hour);

  const std::unique_ptr<KeyFile> file_;
  bool fresh_;
  mutable std::mutex mutex_;
  HourSlot name_;
  HourSlot here_;          // the link that is stored
  std::size_t place_ = 0;  // which of the file's two slots holds it
  mutable HourSlot end_;   // the last link that was followed
  mutable std::map<std::int64_t, HourKey> keys_;
};

}  // namespace tacet::relay
