#include "relay/work_check.h"

#include "wire/work.h"

namespace tacet::relay {

WorkCheck::WorkCheck(Executor executor) : executor_(std::move(executor)), thread_([this] { loop(); }) {}

WorkCheck::~WorkCheck() {
  queue_.close();
  thread_.join();
}

void WorkCheck::check(const wire::ServerKey& relay, const wire::MailboxId& mailbox, wire::Work work,
                      const wire::WorkWanted& wanted, Done done) {
  Check check{relay, mailbox, work, wanted, std::move(done)};
  if (!queue_.push(check, WorkQueue<Check>::kMaxBytes / kMaxWaiting)) {
    executor_([done = std::move(check.done)] { done(std::nullopt); });
  }
}

void WorkCheck::loop() {
  for (;;) {
    std::vector<Check> checks = queue_.take(1, std::chrono::milliseconds(0), std::chrono::hours(1));
    if (checks.empty() && queue_.closed()) return;
    for (Check& check : checks) {
      const auto bits = wire::work_bits(check.relay, check.mailbox, check.work, check.wanted);
      std::optional<bool> good;
      if (bits) good = *bits >= check.wanted.bits;
      executor_([done = std::move(check.done), good] { done(good); });
    }
  }
}

}  // namespace tacet::relay
