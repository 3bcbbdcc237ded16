// What one connection still has to push: its subscriptions, taken in turns, each within its credit. Knows
// neither store nor socket.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <optional>

#include "wire/messages.h"

namespace tacet::relay {

// Of one mailbox, pushed and not yet acknowledged. One envelope may always be.
inline constexpr std::size_t kWindowEnvelopes = 256;
inline constexpr std::size_t kWindowBytes = 1 << 20;

class Delivery {
 public:
  // What to ask the store for.
  struct Wanted {
    wire::MailboxId mailbox;
    std::uint64_t subscription = 0;  // tells an answer for an earlier subscription from this one's
    std::uint64_t after = 0;
    std::size_t max_count = 0;
    std::size_t max_bytes = 0;
  };

  // Everything after `after` is to be pushed; the same mailbox again starts over.
  void subscribe(const wire::MailboxId& mailbox, std::uint64_t after);
  void unsubscribe(const wire::MailboxId& mailbox);
  [[nodiscard]] bool subscribed(const wire::MailboxId& mailbox) const { return lanes_.count(mailbox) != 0; }
  [[nodiscard]] std::size_t size() const { return lanes_.size(); }
  [[nodiscard]] const auto& lanes() const { return lanes_; }

  // The store may have more for this mailbox.
  void arrived(const wire::MailboxId& mailbox);

  // The next mailbox in turn that may have something and has credit for it. Its turn is over with that, until
  // arrived() is called or credit comes.
  [[nodiscard]] std::optional<Wanted> take_turn();

  // Whether an answer to `wanted` still counts.
  [[nodiscard]] bool current(const Wanted& wanted) const;

  // This envelope goes out now.
  void pushed(const wire::MailboxId& mailbox, std::uint64_t number, std::size_t bytes);

  // Frees credit. Returns the number up to which the store may delete: never beyond what was pushed.
  std::uint64_t acknowledged(const wire::MailboxId& mailbox, std::uint64_t number);

 private:
  struct Sent {
    std::uint64_t number;
    std::size_t bytes;
  };
  struct Lane {
    std::uint64_t subscription = 0;
    std::uint64_t pushed = 0;  // the last number pushed
    std::deque<Sent> under_way;
    std::size_t bytes_under_way = 0;
    bool may_have_more = true;
    bool in_line = false;
  };
  [[nodiscard]] static bool has_credit(const Lane& lane);
  void line_up(const wire::MailboxId& mailbox, Lane& lane);

  std::map<wire::MailboxId, Lane> lanes_;
  std::list<wire::MailboxId> line_;  // a list gives back, and so wipes, what leaves it
  std::uint64_t last_subscription_ = 0;
};

}  // namespace tacet::relay
