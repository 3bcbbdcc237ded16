// A connection, with or without TLS, as one type: what is made of it (HTTP, WebSocket) is compiled once, and
// OpenSSL is known to stream.cpp alone.
#pragma once

#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <chrono>
#include <memory>

#include "relay/server.h"

namespace tacet::relay {

// An AsyncStream in Asio's sense.
class AnyStream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using Transferred = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;
  using Done = boost::asio::any_completion_handler<void(boost::system::error_code)>;
  // What one operation moves at most; more buffers wait for the next.
  static constexpr std::size_t kMaxBuffers = 4;
  using MutableBuffers = std::array<boost::asio::mutable_buffer, kMaxBuffers>;
  using ConstBuffers = std::array<boost::asio::const_buffer, kMaxBuffers>;

  class Transport {
   public:
    virtual ~Transport() = default;
    virtual void read_some(const MutableBuffers& buffers, Transferred handler) = 0;
    virtual void write_some(const ConstBuffers& buffers, Transferred handler) = 0;
    virtual void tear_down(
        Done handler) = 0;  // says the end and waits for the other's, for as long as it takes
    virtual boost::asio::awaitable<void> finish() = 0;
    virtual void expires_after(std::chrono::steady_clock::duration time) = 0;
    virtual void expires_never() = 0;
    virtual void cancel() = 0;
    virtual void close() = 0;
    virtual executor_type executor() = 0;
  };

  explicit AnyStream(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

  executor_type get_executor() { return transport_->executor(); }
  void expires_after(std::chrono::steady_clock::duration time) { transport_->expires_after(time); }
  void expires_never() { transport_->expires_never(); }
  void cancel() { transport_->cancel(); }
  // Says that nothing more will come, within the time set.
  [[nodiscard]] boost::asio::awaitable<void> finish() { return transport_->finish(); }
  void close() { transport_->close(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [](auto handler, Transport* transport, const MutableBuffers& some) {
          transport->read_some(some, Transferred(std::move(handler)));
        },
        token, transport_.get(), first<MutableBuffers>(buffers));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [](auto handler, Transport* transport, const ConstBuffers& some) {
          transport->write_some(some, Transferred(std::move(handler)));
        },
        token, transport_.get(), first<ConstBuffers>(buffers));
  }
  // What Beast's WebSocket wants of a stream.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type /*role*/, AnyStream& stream, Handler&& handler) {
    stream.transport_->tear_down(Done(std::forward<Handler>(handler)));
  }
  friend void teardown(boost::beast::role_type /*role*/, AnyStream& stream, boost::system::error_code&) {
    stream.close();
  }
  friend void beast_close_socket(AnyStream& stream) { stream.close(); }

 private:
  template <class Array, class Buffers>
  static Array first(const Buffers& buffers) {
    Array out;
    std::size_t n = 0;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && n < kMaxBuffers; ++at) {
      const typename Array::value_type buffer(*at);
      if (buffer.size() != 0) out[n++] = buffer;
    }
    return out;
  }

  std::unique_ptr<Transport> transport_;
};

// A certificate and its key, ready for use. Copies share them.
class Certificate {
 public:
  // Else a sentence for the operator.
  [[nodiscard]] static Result<Certificate, std::string> load(const TlsFiles& files);

 private:
  friend class TlsTransport;
  std::shared_ptr<void> context_;
};

// Plain, at once.
[[nodiscard]] AnyStream plain_stream(boost::asio::ip::tcp::socket socket);
// After the handshake; nothing when it failed. A client that speaks plain HTTP is told so.
[[nodiscard]] boost::asio::awaitable<std::unique_ptr<AnyStream>> tls_stream(
    boost::asio::ip::tcp::socket socket, Certificate certificate, std::chrono::seconds patience);

}  // namespace tacet::relay
