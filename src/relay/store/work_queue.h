// What waits for one of the store's threads. Bounded in bytes, never blocking who submits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <vector>

namespace tacet::relay {

template <class Work>
class WorkQueue {
 public:
  static constexpr std::size_t kMaxBytes = 64 << 20;

  // False, and nothing taken, when too much waits or the queue is closed. `bytes`: what the work keeps alive.
  bool push(Work& work, std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || bytes_ + bytes > kMaxBytes) return false;
      waiting_.push_back({std::move(work), bytes});
      bytes_ += bytes;
    }
    changed_.notify_one();
    return true;
  }

  // Waits up to `idle` for the first, then up to `gather` for more, and takes at most `max`. Empty when
  // nothing came, and always once the queue is closed and drained.
  std::vector<Work> take(std::size_t max, std::chrono::milliseconds gather, std::chrono::milliseconds idle) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, idle, [&] { return closed_ || !waiting_.empty(); });
    if (!waiting_.empty() && gather.count() > 0) {
      changed_.wait_for(lock, gather, [&] { return closed_ || waiting_.size() >= max; });
    }
    std::vector<Work> out;
    while (!waiting_.empty() && out.size() < max) {
      out.push_back(std::move(waiting_.front().work));
      bytes_ -= waiting_.front().bytes;
      waiting_.pop_front();
    }
    return out;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  [[nodiscard]] bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  struct Waiting {
    Work work;
    std::size_t bytes;
  };

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Waiting> waiting_;  // gives back, and so wipes, what leaves it
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace tacet::relay
