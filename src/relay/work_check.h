// Checks the work that New brings (wire/work.h), on a thread of its own and one at a time: it costs memory
// and milliseconds.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "relay/store/store.h"
#include "relay/store/work_queue.h"

namespace tacet::relay {

class WorkCheck {
 public:
  // Checks that wait; more are busy.
  static constexpr std::size_t kMaxWaiting = 64;

  // Whether it is done; nothing when that cannot be checked now.
  using Done = std::function<void(std::optional<bool>)>;

  explicit WorkCheck(Executor executor);
  ~WorkCheck();

  // `done` is called once, through the executor.
  void check(const wire::ServerKey& relay, const wire::MailboxId& mailbox, wire::Work work,
             const wire::WorkWanted& wanted, Done done);

 private:
  struct Check {
    wire::ServerKey relay;
    wire::MailboxId mailbox;
    wire::Work work;
    wire::WorkWanted wanted;
    Done done;
  };
  void loop();

  Executor executor_;
  WorkQueue<Check> queue_;
  std::thread thread_;
};

}  // namespace tacet::relay
