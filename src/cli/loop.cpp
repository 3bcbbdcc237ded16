#include "cli/loop.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/system_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <map>
#include <thread>
#include <type_traits>

#include "wire/block.h"

namespace tacet::cli {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Code = beast::error_code;
using OnEvent = std::function<void(client::Event)>;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto kPatience = std::chrono::seconds(30);  // for each step of getting connected

// The system's clock counts nanoseconds and cannot say "never".
Time within_reach(Time at) {
  return std::min(at, Loop::now() + Days(365));
}

struct HostAndPort {
  std::string host;
  std::string port;
};

HostAndPort split(const client::RelayAddress& address) {
  const std::string usual = address.secure ? "443" : "80";
  const std::string& text = address.host;
  const std::size_t after_brackets = text.starts_with('[') ? text.find(']') + 1 : 0;
  const std::size_t colon = text.find(':', after_brackets);
  std::string host = text.substr(0, colon);
  if (after_brackets != 0) host = text.substr(1, after_brackets - 2);
  return {host, colon == std::string::npos ? usual : text.substr(colon + 1)};
}

class Socket {
 public:
  virtual ~Socket() = default;
  virtual void open() = 0;
  virtual void transmit(ByteVector block) = 0;
  virtual void abandon() = 0;
};

// One WebSocket over TCP or TLS. It owns itself through the handlers under way.
template <class Stream>
class WebSocket final : public Socket, public std::enable_shared_from_this<WebSocket<Stream>> {
 public:
  template <class... Context>
  WebSocket(asio::io_context& io, client::ConnectionId id, client::RelayAddress address, OnEvent on_event,
            Context&... context)
      : id_(id),
        address_(std::move(address)),
        on_event_(std::move(on_event)),
        resolver_(io),
        socket_(io, context...) {}

  void open() override {
    const auto [host, port] = split(address_);
    resolver_.async_resolve(host, port, [self = this->shared_from_this()](Code error, auto found) {
      if (self->over(error)) return;
      beast::get_lowest_layer(self->socket_).expires_after(kPatience);
      beast::get_lowest_layer(self->socket_).async_connect(found, [self](Code connect_error, const auto&) {
        if (!self->over(connect_error)) self->connected();
      });
    });
  }

  void transmit(ByteVector block) override {
    waiting_.push_back(std::move(block));
    if (waiting_.size() == 1) write();
  }

  void abandon() override {
    done_ = true;
    resolver_.cancel();
    beast::get_lowest_layer(socket_).close();
  }

 private:
  // After an error nothing more is done here; the messenger hears of it once.
  bool over(Code error) {
    if (done_) return true;
    if (!error) return false;
    done_ = true;
    beast::get_lowest_layer(socket_).close();
    on_event_(client::Disconnected{id_});
    return true;
  }

  void connected() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      TlsStream& tls = socket_.next_layer();
      const std::string host = split(address_).host;
      tls.set_verify_mode(asio::ssl::verify_peer);
      tls.set_verify_callback(asio::ssl::host_name_verification(host));
      if (SSL_set_tlsext_host_name(tls.native_handle(), host.c_str()) != 1) {
        over(asio::error::invalid_argument);
        return;
      }
      tls.async_handshake(asio::ssl::stream_base::client, [self = this->shared_from_this()](Code error) {
        if (!self->over(error)) self->upgrade();
      });
    } else {
      upgrade();
    }
  }

  void upgrade() {
    beast::get_lowest_layer(socket_).expires_never();
    auto timeouts = websocket::stream_base::timeout::suggested(beast::role_type::client);
    timeouts.idle_timeout = std::chrono::seconds(60);
    timeouts.keep_alive_pings = true;
    socket_.set_option(timeouts);
    socket_.binary(true);
    socket_.auto_fragment(false);
    socket_.read_message_max(wire::kMaxBlock);
    socket_.async_handshake(address_.host, address_.path, [self = this->shared_from_this()](Code error) {
      if (self->over(error)) return;
      self->on_event_(client::Connected{self->id_});
      self->read();
    });
  }

  void read() {
    if (done_) return;
    socket_.async_read(incoming_, [self = this->shared_from_this()](Code error, std::size_t) {
      if (self->over(error)) return;
      const auto bytes = self->incoming_.cdata();
      const auto* begin = static_cast<const Byte*>(bytes.data());
      ByteVector block(begin, begin + bytes.size());
      self->incoming_.clear();
      self->on_event_(client::BlockArrived{self->id_, std::move(block)});
      self->read();
    });
  }

  void write() {
    socket_.async_write(asio::buffer(waiting_.front()),
                        [self = this->shared_from_this()](Code error, std::size_t) {
                          if (self->over(error)) return;
                          self->waiting_.pop_front();
                          if (!self->waiting_.empty()) self->write();
                        });
  }

  client::ConnectionId id_;
  client::RelayAddress address_;
  OnEvent on_event_;
  asio::ip::tcp::resolver resolver_;
  websocket::stream<Stream> socket_;
  beast::flat_buffer incoming_;
  std::deque<ByteVector> waiting_;  // the first is being written
  bool done_ = false;               // broken or abandoned: nothing is reported any more
};

}  // namespace

class Loop::Impl {
 public:
  explicit Impl(OnEvent on_event)
      : io_(std::make_shared<asio::io_context>(1)), work_(io_->get_executor()), timer_(*io_) {
    tls_.set_default_verify_paths();
    on_event_ = [this, on_event = std::move(on_event)](client::Event event) {
      if (const auto* gone = std::get_if<client::Disconnected>(&event)) sockets_.erase(gone->connection);
      on_event(std::move(event));
    };
  }

  ~Impl() {
    for (const auto& [id, socket] : sockets_) socket->abandon();
    sockets_.clear();
    timer_.cancel();
    work_.reset();
    io_->poll();  // lets what was cancelled go
  }

  void connect(client::ConnectionId id, const client::RelayAddress& address) {
    std::shared_ptr<Socket> socket;
    if (address.secure) {
      socket = std::make_shared<WebSocket<TlsStream>>(*io_, id, address, on_event_, tls_);
    } else {
      socket = std::make_shared<WebSocket<beast::tcp_stream>>(*io_, id, address, on_event_);
    }
    sockets_.emplace(id, socket);
    socket->open();
  }

  void transmit(client::ConnectionId id, ByteVector block) {
    const auto found = sockets_.find(id);
    if (found != sockets_.end()) found->second->transmit(std::move(block));
  }

  void hangup(client::ConnectionId id) {
    const auto found = sockets_.find(id);
    if (found == sockets_.end()) return;
    found->second->abandon();
    sockets_.erase(found);
  }

  void wake_at(Time at) {
    timer_.expires_at(within_reach(at));
    timer_.async_wait([this](Code error) {
      if (!error) on_event_(client::TimePassed{});
    });
  }

  // A thread, because epoll does not take files, and a bot's commands may come from one. It may be asleep in
  // read() when the program ends, so it is not waited for and keeps the loop's memory alive itself.
  void read_lines(std::function<void(std::optional<std::string>)> on_line) {
    std::thread([io = io_, on_line = std::move(on_line)] {
      std::string line;
      char piece[4096];
      for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, piece, sizeof piece);
        if (got <= 0) break;
        for (const char c : std::string_view(piece, static_cast<std::size_t>(got))) {
          if (c != '\n') {
            line += c;
            continue;
          }
          asio::post(*io, [on_line, whole = std::move(line)] { on_line(whole); });
          line.clear();
        }
      }
      asio::post(*io, [on_line] { on_line(std::nullopt); });
    }).detach();
  }

  void step(Time deadline) { io_->run_one_until(within_reach(deadline)); }

 private:
  std::shared_ptr<asio::io_context> io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::system_timer timer_;
  OnEvent on_event_;
  std::map<client::ConnectionId, std::shared_ptr<Socket>> sockets_;
};

Loop::Loop(std::function<void(client::Event)> on_event)
    : impl_(std::make_unique<Impl>(std::move(on_event))) {}
Loop::~Loop() = default;

void Loop::connect(client::ConnectionId id, const client::RelayAddress& address) {
  impl_->connect(id, address);
}
void Loop::transmit(client::ConnectionId id, ByteVector block) {
  impl_->transmit(id, std::move(block));
}
void Loop::hangup(client::ConnectionId id) {
  impl_->hangup(id);
}
void Loop::wake_at(Time at) {
  impl_->wake_at(at);
}
void Loop::read_lines(std::function<void(std::optional<std::string>)> on_line) {
  impl_->read_lines(std::move(on_line));
}
void Loop::step(Time deadline) {
  impl_->step(deadline);
}
Time Loop::now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

}  // namespace tacet::cli
