// What the server's parts know of each other. Private to server.cpp, http.cpp and socket.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "relay/session.h"
#include "relay/static_files.h"
#include "relay/stream.h"

namespace tacet::relay {

inline constexpr std::string_view kVersion = TACET_VERSION;
inline constexpr std::string_view kSocketPath = "/relay";
inline constexpr std::uint32_t kReconnectAfter = 2;  // seconds, in GoAway

// To co_await an operation whose error is a value.
[[nodiscard]] inline auto into(boost::system::error_code& error) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, error);
}

// A WebSocket that is open.
class OpenSocket {
 public:
  virtual ~OpenSocket() = default;
  virtual void go_away() = 0;
  virtual void cut() = 0;  // without another word
};

struct Serving {
  Relay& relay;
  StaticFiles& files;
  std::set<OpenSocket*> sockets;
  bool stopping = false;
  std::function<void()> socket_closed;  // the set has become smaller
};

// Serves one connection until it is closed or becomes a WebSocket, and then that.
boost::asio::awaitable<void> serve_connection(AnyStream stream, Serving& serving);

}  // namespace tacet::relay
