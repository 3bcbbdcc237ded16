#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "relay/upgrade.h"

namespace tacet::relay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// Pinged after half of this silence, closed after all of it.
constexpr std::chrono::seconds kIdle{90};
constexpr std::chrono::seconds kHandshake{10};

std::string lower_case(beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

// Lets a coroutine sleep until it is rung for. A ring while nobody sleeps is not remembered: whoever sleeps
// looks first.
class Bell {
 public:
  explicit Bell(const asio::any_io_executor& executor)
      : timer_(executor, asio::steady_timer::time_point::max()) {}
  void ring() { timer_.cancel(); }
  asio::awaitable<void> wait() {
    error_code ignored;
    co_await timer_.async_wait(into(ignored));
  }

 private:
  asio::steady_timer timer_;
};

// One WebSocket and its session. Kept alive by its two coroutines.
class Socket final : public Link, public OpenSocket, public std::enable_shared_from_this<Socket> {
 public:
  Socket(AnyStream stream, Serving& serving)
      : serving_(serving),
        stream_(std::move(stream)),
        may_read_(stream_.get_executor()),
        may_write_(stream_.get_executor()) {
    serving_.sockets.insert(this);
    ++serving_.relay.metrics.sockets;
  }
  ~Socket() override {
    session_ = nullptr;
    serving_.sockets.erase(this);
    --serving_.relay.metrics.sockets;
    serving_.socket_closed();
  }

  // True if the client is now connected.
  template <class Request>
  asio::awaitable<bool> accept(const Request& request) {
    websocket::stream_base::timeout timeout{kHandshake, kIdle, true};
    stream_.set_option(timeout);
    stream_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(beast::http::field::server, "tacet-relay"); }));
    stream_.read_message_max(wire::kMaxBlock);
    stream_.binary(true);
    stream_.auto_fragment(false);
    error_code error;
    co_await stream_.async_accept(request, into(error));
    if (error) co_return false;
    session_ =
        std::make_shared<Session>(serving_.relay, *this, lower_case(request[beast::http::field::host]));
    session_->start();
    co_return true;
  }

  asio::awaitable<void> read() {
    beast::flat_buffer buffer;
    error_code error;
    while (!gone_) {
      if (!session_->wants_more() && !closing_) {
        co_await may_read_.wait();
        continue;
      }
      co_await stream_.async_read(buffer, into(error));
      if (error) break;
      if (!stream_.got_binary()) {
        session_->stop(Close::text_refused, "only binary messages");
      } else {
        const auto data = buffer.cdata();
        session_->receive({static_cast<const Byte*>(data.data()), data.size()});
      }
      wipe({static_cast<Byte*>(buffer.data().data()), buffer.size()});
      buffer.consume(buffer.size());
    }
    gone_ = true;
    may_write_.ring();
  }

  asio::awaitable<void> write() {
    error_code error;
    while (!gone_) {
      const auto block = session_->next();
      if (block) {
        co_await stream_.async_write(asio::buffer(*block), into(error));
        may_read_.ring();
      } else if (closing_) {
        co_await stream_.async_close(*closing_, into(error));
        break;
      } else {
        co_await may_write_.wait();
      }
      if (error) break;
    }
    gone_ = true;
    may_read_.ring();
    // The reader may be waiting for a message that no longer matters.
    stream_.next_layer().cancel();
  }

  void wake() override {
    may_write_.ring();
    may_read_.ring();
  }
  void close(Close code, std::string_view reason) override {
    if (closing_) return;
    closing_ = websocket::close_reason(static_cast<websocket::close_code>(code),
                                       beast::string_view(reason.data(), reason.size()));
    wake();
  }
  void go_away() override {
    if (session_) session_->go_away(kReconnectAfter);
  }
  void cut() override {
    gone_ = true;
    stream_.next_layer().close();
    wake();
  }

 private:
  Serving& serving_;
  websocket::stream<AnyStream, false> stream_;
  Bell may_read_;
  Bell may_write_;
  std::shared_ptr<Session> session_;
  std::optional<websocket::close_reason> closing_;
  bool gone_ = false;  // no more reading or writing
};

}  // namespace

asio::awaitable<void> serve_socket(AnyStream stream, beast::http::request<beast::http::string_body> request,
                                   Serving& serving) {
  const auto executor = stream.get_executor();
  const auto socket = std::make_shared<Socket>(std::move(stream), serving);
  if (!co_await socket->accept(request)) co_return;
  request = {};
  asio::co_spawn(
      executor, [socket]() -> asio::awaitable<void> { co_await socket->write(); }, asio::detached);
  co_await socket->read();
}

}  // namespace tacet::relay
