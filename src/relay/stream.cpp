#include "relay/stream.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/impl/src.hpp>  // compiled here and only here
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "relay/serve.h"

namespace tacet::relay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint8_t kTlsHandshake = 22;  // the first byte of every TLS connection

constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\nServer: tacet-relay\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 56\r\nConnection: close\r\n\r\n"
    "This port speaks TLS. Use an address with https or wss.\n";
static_assert(kSpeakTls.ends_with("wss.\n") && kSpeakTls.size() - kSpeakTls.rfind("\r\n\r\n") - 4 == 56);

// The handler with the stream's executor: there is one network thread, and what Beast asks of an executor,
// that of an erased handler cannot do.
template <class Stream, class Handler>
auto here(Stream& stream, Handler handler) {
  return asio::bind_executor(stream.get_executor(), std::move(handler));
}

// What the message before left in a buffer that is read into again would stay while a connection is idle:
// Beast keeps the beginning of a frame in one of its own. Large ones belong to socket.cpp, which wipes them
// itself.
const AnyStream::MutableBuffers& wiped(const AnyStream::MutableBuffers& buffers) {
  for (const asio::mutable_buffer& buffer : buffers) {
    if (buffer.size() <= 4096) wipe({static_cast<Byte*>(buffer.data()), buffer.size()});
  }
  return buffers;
}

class PlainTransport final : public AnyStream::Transport {
 public:
  explicit PlainTransport(tcp::socket socket) : stream_(std::move(socket)) {}
  void read_some(const AnyStream::MutableBuffers& buffers, AnyStream::Transferred handler) override {
    stream_.async_read_some(wiped(buffers), here(stream_, std::move(handler)));
  }
  void write_some(const AnyStream::ConstBuffers& buffers, AnyStream::Transferred handler) override {
    stream_.async_write_some(buffers, here(stream_, std::move(handler)));
  }
  void tear_down(AnyStream::Done handler) override {
    beast::websocket::async_teardown(beast::role_type::server, stream_.socket(),
                                     here(stream_, std::move(handler)));
  }
  asio::awaitable<void> finish() override {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    co_return;
  }
  void expires_after(std::chrono::steady_clock::duration time) override { stream_.expires_after(time); }
  void expires_never() override { stream_.expires_never(); }
  void cancel() override { stream_.cancel(); }
  void close() override { stream_.close(); }
  AnyStream::executor_type executor() override { return stream_.get_executor(); }

 private:
  beast::tcp_stream stream_;
};

}  // namespace

class TlsTransport final : public AnyStream::Transport {
 public:
  TlsTransport(beast::tcp_stream stream, const Certificate& certificate)
      : stream_(std::move(stream), *static_cast<asio::ssl::context*>(certificate.context_.get())) {}

  // `begun`: what the client has already sent.
  asio::awaitable<void> shake_hands(asio::const_buffer begun, error_code& error) {
    co_await stream_.async_handshake(asio::ssl::stream_base::server, begun, into(error));
  }
  void read_some(const AnyStream::MutableBuffers& buffers, AnyStream::Transferred handler) override {
    stream_.async_read_some(wiped(buffers), here(stream_, std::move(handler)));
  }
  void write_some(const AnyStream::ConstBuffers& buffers, AnyStream::Transferred handler) override {
    stream_.async_write_some(buffers, here(stream_, std::move(handler)));
  }
  void tear_down(AnyStream::Done handler) override {
    beast::async_teardown(beast::role_type::server, stream_, here(stream_, std::move(handler)));
  }
  asio::awaitable<void> finish() override {
    error_code ignored;
    co_await stream_.async_shutdown(into(ignored));
  }
  void expires_after(std::chrono::steady_clock::duration time) override {
    stream_.next_layer().expires_after(time);
  }
  void expires_never() override { stream_.next_layer().expires_never(); }
  void cancel() override { stream_.next_layer().cancel(); }
  void close() override { stream_.next_layer().close(); }
  AnyStream::executor_type executor() override { return stream_.get_executor(); }

 private:
  asio::ssl::stream<beast::tcp_stream> stream_;
};

Result<Certificate, std::string> Certificate::load(const TlsFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle connection gives its buffers back.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) {
    return unexpected("The certificate " + files.certificate + " cannot be used: " + error.message() + ".");
  }
  context->use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return unexpected("The key " + files.key + " cannot be used" +
                      (error ? ": " + error.message() : "; it is not that of " + files.certificate) + ".");
  }
  Certificate out;
  out.context_ = std::move(context);
  return out;
}

AnyStream plain_stream(tcp::socket socket) {
  return AnyStream(std::make_unique<PlainTransport>(std::move(socket)));
}

asio::awaitable<std::unique_ptr<AnyStream>> tls_stream(tcp::socket socket, Certificate certificate,
                                                       std::chrono::seconds patience) {
  error_code error;
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(patience);
  std::array<std::uint8_t, 1> first{};
  co_await stream.async_read_some(asio::buffer(first), into(error));
  if (error) co_return nullptr;
  if (first[0] != kTlsHandshake) {
    co_await asio::async_write(stream, asio::buffer(kSpeakTls), into(error));
    // What it has sent is read, or closing would reset the connection and take the answer with it.
    error_code read;
    stream.socket().shutdown(tcp::socket::shutdown_send, read);
    std::array<std::uint8_t, 4096> rest{};
    for (int i = 0; i < 16 && !read; ++i) co_await stream.async_read_some(asio::buffer(rest), into(read));
    co_return nullptr;
  }
  auto transport = std::make_unique<TlsTransport>(std::move(stream), certificate);
  co_await transport->shake_hands(asio::buffer(first), error);
  if (error) co_return nullptr;
  co_return std::make_unique<AnyStream>(std::move(transport));
}

}  // namespace tacet::relay
