#include "relay/server.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "relay/serve.h"

namespace tacet::relay {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// After a failed accept (no file descriptors left), before the next.
constexpr std::chrono::milliseconds kAcceptPause{100};

// For a client to begin with TLS.
constexpr std::chrono::seconds kHandshake{10};

}  // namespace

class Server::Core {
 public:
  Core(asio::io_context& io, Relay& relay, StaticFiles files, const Limits& limits)
      : io_(io),
        files_(std::move(files)),
        serving_{relay, files_, {}, false, [this] { finish_if_empty(); }},
        acceptor_(io),
        limits_(limits),
        signals_(io, SIGTERM, SIGINT),
        hangup_(io, SIGHUP),
        deadline_(io) {}

  Result<std::string, std::string> listen(const Address& address) {
    error_code error;
    const auto ip = asio::ip::make_address(address.ip, error);
    if (error) return unexpected("\"" + address.ip + "\" is not an IP address. Give one with --address.");
    const tcp::endpoint endpoint(ip, address.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) return url();
    const std::string place = "port " + std::to_string(address.port) + " on " + address.ip;
    if (error == asio::error::address_in_use) {
      return unexpected("Another program is using " + place +
                        ". Stop it, or choose another port with --port.");
    }
    if (error == asio::error::access_denied) {
      return unexpected("This user may not listen on " + place + ". Choose a port above 1023 with --port.");
    }
    return unexpected("Cannot listen on " + place + ": " + error.message() + ".");
  }

  Result<std::string, std::string> listen(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        (address.ss_family != AF_INET && address.ss_family != AF_INET6)) {
      return unexpected(
          std::string("The socket that systemd passed on is none for TCP. See ListenStream= in its unit."));
    }
    error_code error;
    acceptor_.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), socket, error);
    if (!error) return url();
    return unexpected("Cannot listen on the socket that systemd passed on: " + error.message() + ".");
  }

  void on_hangup(std::function<void()> reload) {
    hangup_.async_wait([this, reload = std::move(reload)](const error_code& error, int) {
      if (error || serving_.stopping) return;
      reload();
      on_hangup(reload);
    });
  }

  Result<void, std::string> use_tls(const TlsFiles& files) {
    auto loaded = Certificate::load(files);
    if (!loaded) return unexpected(loaded.error());
    certificate_ = std::move(*loaded);
    return {};
  }

  void set_limits(const Limits& limits) { limits_ = limits; }

  void greet_again() {
    const auto sockets = serving_.sockets;
    for (OpenSocket* socket : sockets) socket->go_away();
  }

  void run() {
    asio::co_spawn(io_, accept(), asio::detached);
    signals_.async_wait([this](const error_code& error, int) {
      if (!error) stop();
    });
    io_.run();
  }

  void stop() {
    if (serving_.stopping) return;
    spdlog::info("stopping");
    serving_.stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    signals_.cancel(ignored);
    hangup_.cancel(ignored);
    greet_again();
    deadline_.expires_after(limits_.drain);
    deadline_.async_wait([this](const error_code& error) {
      if (error) return;
      const auto slow = serving_.sockets;
      for (OpenSocket* socket : slow) socket->cut();
    });
    finish_if_empty();
  }

 private:
  asio::awaitable<void> accept() {
    error_code error;
    while (acceptor_.is_open()) {
      tcp::socket socket(io_);
      co_await acceptor_.async_accept(socket, into(error));
      if (error) {
        asio::steady_timer pause(io_, kAcceptPause);
        co_await pause.async_wait(into(error));
        continue;
      }
      Metrics& metrics = serving_.relay.metrics;
      if (metrics.connections >= limits_.connections) {
        metrics.turned_away.add();
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      ++metrics.connections;
      asio::co_spawn(io_, serve(std::move(socket)), [&metrics](const std::exception_ptr& problem) {
        --metrics.connections;
        if (problem) spdlog::error("a connection ended by an exception");
      });
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    if (!certificate_) {
      co_await serve_connection(plain_stream(std::move(socket)), serving_);
    } else if (auto stream = co_await tls_stream(std::move(socket), *certificate_, kHandshake)) {
      co_await serve_connection(std::move(*stream), serving_);
    }
  }

  [[nodiscard]] std::string url() const {
    const tcp::endpoint endpoint = acceptor_.local_endpoint();
    const std::string ip = endpoint.address().to_string();
    return (certificate_ ? "https://" : "http://") + (endpoint.address().is_v6() ? "[" + ip + "]" : ip) +
           ":" + std::to_string(endpoint.port()) + "/";
  }

  void finish_if_empty() {
    if (serving_.stopping && serving_.sockets.empty()) io_.stop();
  }

  asio::io_context& io_;
  StaticFiles files_;
  Serving serving_;
  tcp::acceptor acceptor_;
  std::optional<Certificate> certificate_;
  Limits limits_;
  asio::signal_set signals_;
  asio::signal_set hangup_;
  asio::steady_timer deadline_;
};

Server::Server(asio::io_context& io, Relay& relay, StaticFiles files, const Limits& limits)
    : core_(std::make_unique<Core>(io, relay, std::move(files), limits)) {}
Server::~Server() = default;

Result<std::string, std::string> Server::listen(const Address& address) {
  return core_->listen(address);
}

Result<std::string, std::string> Server::listen(int socket) {
  return core_->listen(socket);
}

void Server::on_hangup(std::function<void()> reload) {
  core_->on_hangup(std::move(reload));
}

Result<void, std::string> Server::check_tls(const TlsFiles& files) {
  return Certificate::load(files).map([](const Certificate&) {});
}

Result<void, std::string> Server::use_tls(const TlsFiles& files) {
  return core_->use_tls(files);
}

void Server::set_limits(const Limits& limits) {
  core_->set_limits(limits);
}

void Server::greet_again() {
  core_->greet_again();
}

void Server::run() {
  core_->run();
}

void Server::stop() {
  core_->stop();
}

}  // namespace tacet::relay
