// One relay, seen from here: a connection that is kept up, its Hello, the requests under way, and patience
// when it is away (exponential backoff with full jitter).
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "client/context.h"
#include "wire/block.h"

namespace tacet::client {

class Link;

// What a link tells its owner.
class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  virtual void link_online(Link& link) = 0;   // Hello has come
  virtual void link_offline(Link& link) = 0;  // after every request under way was told
  virtual void link_unasked(Link& link, const wire::Answer& answer) = 0;  // Msg, LowStock, QuotaReached
  virtual void link_clock(Link& link, Time relay) = 0;
  virtual void link_changed(Link& link) = 0;  // something its RelayView shows
};

class Link {
 public:
  // Called with the answer, or with nullptr when the connection went away before it came.
  using Callback = std::function<void(const wire::Answer*)>;

  Link(Context& context, LinkOwner& owner, RelayAddress address)
      : context_(context), owner_(owner), address_(std::move(address)) {}

  void connect();  // now, unless it is connecting or online
  void hang_up();  // for good, until connect()
  void connected();
  void disconnected();
  void arrived(ByteView block);
  void tick();
  [[nodiscard]] Time due() const;  // uptime

  // Only while online.
  void request(wire::Request request, Callback callback);

  [[nodiscard]] bool online() const { return state_ == RelayView::State::online; }
  [[nodiscard]] const wire::Hello& hello() const { return hello_; }
  [[nodiscard]] const RelayAddress& address() const { return address_; }
  [[nodiscard]] ConnectionId connection() const { return connection_; }
  [[nodiscard]] RelayView view() const;
  void set_problem(std::optional<Problem> problem);
  [[nodiscard]] std::optional<Problem> problem() const { return problem_; }

  Time last_used{};  // uptime; kept by the owner

 private:
  struct Pending {
    Time since;  // uptime
    Callback callback;
  };

  void drop(std::optional<Problem> problem, std::optional<Seconds> retry_after = {});
  void answered(std::uint32_t id, const wire::Answer& answer);
  [[nodiscard]] Millis random_below(Millis limit);

  Context& context_;
  LinkOwner& owner_;
  RelayAddress address_;
  RelayView::State state_ = RelayView::State::idle;
  std::optional<Problem> problem_;
  ConnectionId connection_ = 0;
  wire::Hello hello_;
  bool greeted_ = false;  // an answer came since Hello: the next failure starts at a short wait again
  std::map<std::uint32_t, Pending> pending_;  // by request id, oldest first
  std::uint32_t next_request_ = 1;
  unsigned failures_ = 0;
  Time deadline_{};  // uptime: connecting: give up; online: ping; waiting: try again
};

}  // namespace tacet::client
