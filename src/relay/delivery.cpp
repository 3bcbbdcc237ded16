#include "relay/delivery.h"

#include <algorithm>

namespace tacet::relay {
namespace {

// Read from the store in one go; bounds what a connection holds of envelopes.
constexpr std::size_t kPageEnvelopes = 8;
constexpr std::size_t kPageBytes = 64 << 10;

}  // namespace

void Delivery::subscribe(const wire::MailboxId& mailbox, std::uint64_t after) {
  Lane& lane = lanes_[mailbox];
  const bool in_line = lane.in_line;
  lane = Lane{};
  lane.subscription = ++last_subscription_;
  lane.pushed = after;
  lane.in_line = in_line;
  line_up(mailbox, lane);
}

void Delivery::unsubscribe(const wire::MailboxId& mailbox) {
  if (lanes_.erase(mailbox) == 0) return;
  line_.remove(mailbox);
}

void Delivery::arrived(const wire::MailboxId& mailbox) {
  const auto found = lanes_.find(mailbox);
  if (found == lanes_.end()) return;
  found->second.may_have_more = true;
  line_up(mailbox, found->second);
}

bool Delivery::has_credit(const Lane& lane) {
  return lane.under_way.empty() ||
         (lane.under_way.size() < kWindowEnvelopes && lane.bytes_under_way < kWindowBytes);
}

void Delivery::line_up(const wire::MailboxId& mailbox, Lane& lane) {
  if (lane.in_line || !lane.may_have_more || !has_credit(lane)) return;
  lane.in_line = true;
  line_.push_back(mailbox);
}

std::optional<Delivery::Wanted> Delivery::take_turn() {
  while (!line_.empty()) {
    const wire::MailboxId mailbox = line_.front();
    line_.pop_front();
    Lane& lane = lanes_.at(mailbox);
    lane.in_line = false;
    // What was pushed while it stood in line has used up its credit: it lines up again when there is some.
    if (!has_credit(lane)) continue;
    lane.may_have_more = false;
    return Wanted{mailbox, lane.subscription, lane.pushed,
                  std::min(kPageEnvelopes, kWindowEnvelopes - lane.under_way.size()),
                  std::min(kPageBytes, kWindowBytes - lane.bytes_under_way)};
  }
  return std::nullopt;
}

bool Delivery::current(const Wanted& wanted) const {
  const auto found = lanes_.find(wanted.mailbox);
  return found != lanes_.end() && found->second.subscription == wanted.subscription;
}

void Delivery::pushed(const wire::MailboxId& mailbox, std::uint64_t number, std::size_t bytes) {
  Lane& lane = lanes_.at(mailbox);
  lane.pushed = number;
  lane.under_way.push_back({number, bytes});
  lane.bytes_under_way += bytes;
}

std::uint64_t Delivery::acknowledged(const wire::MailboxId& mailbox, std::uint64_t number) {
  Lane& lane = lanes_.at(mailbox);
  const std::uint64_t upto = std::min(number, lane.pushed);
  while (!lane.under_way.empty() && lane.under_way.front().number <= upto) {
    lane.bytes_under_way -= lane.under_way.front().bytes;
    lane.under_way.pop_front();
  }
  line_up(mailbox, lane);
  return upto;
}

}  // namespace tacet::relay
