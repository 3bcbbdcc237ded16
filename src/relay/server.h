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

class Server {
 public:
  // How long stopping may take before connections are cut.
  static constexpr std::chrono::seconds kDrain{3};

  // Both must outlive it.
  Server(boost::asio::io_context& io, Relay& relay, StaticFiles files);
  ~Server();

  // The URL it is reached under, or a sentence: what is wrong and what to do.
  [[nodiscard]] Result<std::string, std::string> listen(const Address& address);

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
