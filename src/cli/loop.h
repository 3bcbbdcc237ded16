// The terminal client's event loop: WebSockets, one timer, lines of standard input. The only part of it that
// knows Boost. Everything is called back from step(), on the thread that calls it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/event.h"

namespace tacet::cli {

class Loop {
 public:
  // `on_event` gets Connected, Disconnected, BlockArrived and TimePassed.
  explicit Loop(std::function<void(client::Event)> on_event);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Ends in Connected or Disconnected; later in Disconnected when the connection breaks.
  void connect(client::ConnectionId id, const client::RelayAddress& address);
  void transmit(client::ConnectionId id, ByteVector block);  // unknown id: nothing
  void hangup(client::ConnectionId id);                      // no event for it follows
  void wake_at(Time at);                                     // TimePassed then; replaces the previous wish

  // From now on every line of standard input, without its end; nothing: it has ended.
  void read_lines(std::function<void(std::optional<std::string>)> on_line);

  // Waits until something happens, at most until `deadline`, and handles it.
  void step(Time deadline);

  [[nodiscard]] static Time now();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tacet::cli
