#include "client/link.h"

#include <cassert>

#include "base/codec.h"

namespace tacet::client {
namespace {

constexpr Seconds kGreeting{20};   // from Connect to Hello
constexpr Seconds kPatience{30};   // for one answer
constexpr Seconds kPingAfter{30};  // and up to half as much again
constexpr Seconds kLongestWait{60};
constexpr Seconds kStrangeRelay{60};  // before a relay that speaks another language is tried again

}  // namespace

void Link::connect() {
  if (state_ == RelayView::State::connecting || online()) return;
  state_ = RelayView::State::connecting;
  connection_ = context_.next_connection++;
  deadline_ = context_.uptime + kGreeting;
  context_.effects.push_back(Connect{connection_, address_});
  owner_.link_changed(*this);
}

void Link::hang_up() {
  if (state_ == RelayView::State::connecting || online()) context_.effects.push_back(Hangup{connection_});
  state_ = RelayView::State::idle;
  connection_ = 0;
  const auto pending = std::exchange(pending_, {});
  for (const auto& [id, request] : pending) request.callback(nullptr);
  owner_.link_offline(*this);
  owner_.link_changed(*this);
}

void Link::connected() {}  // the relay speaks first

void Link::disconnected() {
  connection_ = 0;  // nothing to hang up
  drop(Problem::relay_unreachable);
}

void Link::drop(std::optional<Problem> problem, std::optional<Seconds> retry_after) {
  if (connection_ != 0) context_.effects.push_back(Hangup{connection_});
  connection_ = 0;
  const bool was_online = online();
  if (was_online && greeted_) failures_ = 0;
  state_ = RelayView::State::waiting;
  const auto doubled = Seconds(std::int64_t{1} << std::min(failures_, 6U));
  ++failures_;
  deadline_ = context_.uptime + Millis(100) + retry_after.value_or(Seconds(0)) +
              random_below(std::min<Millis>(doubled, kLongestWait));
  // A connection that worked and ended is not yet a relay that cannot be reached.
  problem_ = was_online && problem == Problem::relay_unreachable ? std::nullopt : problem;
  const auto pending = std::exchange(pending_, {});
  for (const auto& [id, request] : pending) request.callback(nullptr);
  owner_.link_offline(*this);
  owner_.link_changed(*this);
}

void Link::arrived(ByteView block) {
  const auto decoded = wire::decode_server(block);
  if (!decoded) return drop(Problem::relay_speaks_other, kStrangeRelay);
  const wire::Answer& answer = decoded->answer;
  if (const auto* hello = std::get_if<wire::Hello>(&answer)) {
    if (state_ != RelayView::State::connecting) return drop(Problem::relay_speaks_other, kStrangeRelay);
    hello_ = *hello;
    state_ = RelayView::State::online;
    problem_.reset();
    greeted_ = false;
    deadline_ = context_.uptime + kPingAfter + random_below(kPingAfter / 2);
    owner_.link_clock(*this, from_millis(hello->clock_ms));
    owner_.link_online(*this);
    return owner_.link_changed(*this);
  }
  if (!online()) return drop(Problem::relay_speaks_other, kStrangeRelay);
  if (const auto* leaving = std::get_if<wire::GoAway>(&answer)) {
    const Seconds after(std::min<std::uint32_t>(leaving->reconnect_after_s, 60));
    return drop(std::nullopt, after);
  }
  if (decoded->request_id != 0) return answered(decoded->request_id, answer);
  if (std::holds_alternative<wire::Error>(answer)) return drop(Problem::relay_speaks_other, kStrangeRelay);
  owner_.link_unasked(*this, answer);
}

void Link::answered(std::uint32_t id, const wire::Answer& answer) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // not ours: nothing depends on it
  const Callback callback = std::move(found->second.callback);
  pending_.erase(found);
  greeted_ = true;
  if (const auto* pong = std::get_if<wire::Pong>(&answer)) {
    owner_.link_clock(*this, from_millis(pong->clock_ms));
  }
  const auto* error = std::get_if<wire::Error>(&answer);
  if (error && error->code == wire::Code::busy) {
    set_problem(Problem::relay_busy);
  } else if (!error && problem_ == Problem::relay_busy) {
    set_problem(std::nullopt);
  }
  callback(&answer);
  const bool strange =
      error && (error->code == wire::Code::malformed || error->code == wire::Code::unsupported);
  if (strange && online()) drop(Problem::relay_speaks_other, kStrangeRelay);
}

void Link::request(wire::Request request, Callback callback) {
  assert(online());
  const std::uint32_t id = next_request_++;
  if (next_request_ == 0) next_request_ = 1;
  pending_[id] = {context_.uptime, std::move(callback)};
  context_.effects.push_back(Transmit{connection_, wire::encode(wire::ClientBlock{id, std::move(request)})});
}

void Link::tick() {
  const bool waited_enough = context_.uptime >= deadline_;
  if (state_ == RelayView::State::waiting && waited_enough) return connect();
  if (state_ == RelayView::State::connecting && waited_enough) return drop(Problem::relay_unreachable);
  if (!online()) return;
  if (!pending_.empty() && context_.uptime >= pending_.begin()->second.since + kPatience) {
    return drop(Problem::relay_unreachable);
  }
  if (waited_enough) {
    deadline_ = context_.uptime + kPingAfter + random_below(kPingAfter / 2);
    request(wire::Ping{}, [](const wire::Answer*) {});
  }
}

Time Link::due() const {
  if (state_ == RelayView::State::idle) return kNever;
  if (online() && !pending_.empty()) return std::min(deadline_, pending_.begin()->second.since + kPatience);
  return deadline_;
}

RelayView Link::view() const {
  RelayView out{address_, state_, {}, problem_};
  if (state_ == RelayView::State::waiting) out.next_try = context_.local + (deadline_ - context_.uptime);
  return out;
}

void Link::set_problem(std::optional<Problem> problem) {
  if (problem_ == problem) return;
  problem_ = problem;
  owner_.link_changed(*this);
}

Millis Link::random_below(Millis limit) {
  const auto bytes = context_.random.draw<Bytes<8>>();
  Reader in(bytes.view());
  return Millis(static_cast<std::int64_t>(in.u64() % static_cast<std::uint64_t>(limit.count() + 1)));
}

}  // namespace tacet::client
