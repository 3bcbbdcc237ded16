// The relay on a port: listens, serves pages and sockets, and stops as it should. One network thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "relay/session.h"
#include "relay/static_files.h"

namespace boost::asio {
class io_context;
}

namespace tacet::relay {

struct Address {
  std::string ip = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
};

// A certificate chain and its private key in PEM files; both empty: no TLS.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

class Server {
 public:
  struct Limits {
    std::uint32_t connections = 10'000;  // more are turned away
    std::chrono::seconds drain{3};       // how long stopping may take before connections are cut
  };

  // Both must outlive it.
  Server(boost::asio::io_context& io, Relay& relay, StaticFiles files, const Limits& limits);
  ~Server();

  // The URL it is reached under, or a sentence: what is wrong and what to do.
  [[nodiscard]] Result<std::string, std::string> listen(const Address& address);

  // The same on a socket that listens already, which this then owns.
  [[nodiscard]] Result<std::string, std::string> listen(int socket);

  // Whether a server could use them; else a sentence for the operator.
  [[nodiscard]] static Result<void, std::string> check_tls(const TlsFiles& files);

  // Before listening: TLS and nothing else. Later: for connections from then on. Else a sentence for the
  // operator; then what was before stays.
  [[nodiscard]] Result<void, std::string> use_tls(const TlsFiles& files);

  // To be called on SIGHUP, on the network thread.
  void on_hangup(std::function<void()> reload);

  void set_limits(const Limits& limits);

  // Tells every client to come back, and so to hear Hello again.
  void greet_again();

  // Serves until SIGTERM or SIGINT, or until stop(), and then until everyone was told.
  void run();

  // Tells every client to come back, finishes what is under way and makes run() return. On the network
  // thread.
  void stop();

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace tacet::relay
