#include <spdlog/spdlog.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <nlohmann/json.hpp>

#include "relay/serve.h"
#include "relay/upgrade.h"

namespace tacet::relay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

// For a request to arrive, an answer to leave, and a kept connection to ask again.
constexpr std::chrono::seconds kPatience{30};
// For the client to close too.
constexpr std::chrono::seconds kGoodbye{2};
constexpr std::uint32_t kMaxHeader = 8192;
constexpr std::uint64_t kMaxBody = 4096;

constexpr std::string_view kNotFound =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not found</title>"
    "<p>There is nothing here. <a href=\"/\">Open Tacet</a>.</p>\n";
constexpr std::string_view kNoPages =
    "This is a Tacet relay. It serves no pages; a Tacet client can use it under this address.\n";

struct Answer {
  http::status status = http::status::ok;
  std::shared_ptr<const std::string> body;
  std::string_view type = "text/plain; charset=utf-8";
  std::string etag;
  bool gzip = false;
  bool any_origin = false;  // other pages may read it
};

Answer text(http::status status, std::string_view body, std::string_view type = "text/plain; charset=utf-8") {
  return {status, std::make_shared<const std::string>(body), type, {}, false, false};
}

bool accepts_gzip(const http::fields& fields) {
  // A client that spells out "gzip;q=0" does not want it.
  for (const auto& part : http::ext_list(fields[http::field::accept_encoding])) {
    if (!beast::iequals(part.first, "gzip")) continue;
    for (const auto& parameter : part.second) {
      if (parameter.first == "q" && (parameter.second == "0" || parameter.second == "0.0")) return false;
    }
    return true;
  }
  return false;
}

Answer answer_to(const http::request<http::string_body>& request, Serving& serving) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return text(http::status::method_not_allowed, "Only GET and HEAD are understood here.\n");
  }
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/healthz") {
    return serving.relay.store.healthy()
               ? text(http::status::ok, "ok\n")
               : text(http::status::service_unavailable, "the store cannot keep anything now\n");
  }
  if (path == "/.well-known/tacet-relay.json") {
    const nlohmann::json about = {{"name", "tacet-relay"},
                                  {"version", kVersion},
                                  {"protocol", wire::kVersion},
                                  {"websocket", kSocketPath}};
    Answer out = text(http::status::ok, about.dump() + "\n", "application/json");
    out.any_origin = true;
    return out;
  }
  if (path == kSocketPath) {
    return text(http::status::upgrade_required, "This address speaks WebSocket.\n");
  }
  if (auto file = serving.files.find(path, accepts_gzip(request))) {
    return {http::status::ok, file->body, file->type, file->etag, file->gzip, false};
  }
  if (path == "/") return text(http::status::ok, kNoPages);
  return text(http::status::not_found, kNotFound, "text/html; charset=utf-8");
}

// Whether the client has this very body already.
bool unchanged(const http::fields& request, const Answer& answer) {
  const auto known = request[http::field::if_none_match];
  return !answer.etag.empty() &&
         std::string_view(known.data(), known.size()).find(answer.etag) != std::string_view::npos;
}

// The header alone; the body follows from the shared string.
http::response<http::empty_body> header_for(const http::request<http::string_body>& request, Answer& answer) {
  http::response<http::empty_body> out{answer.status, request.version()};
  out.set(http::field::server, "tacet-relay");
  out.set(http::field::cache_control, "no-cache");
  out.set("X-Content-Type-Options", "nosniff");
  out.set("Referrer-Policy", "no-referrer");
  out.set("X-Frame-Options", "DENY");
  // What a page's own meta element cannot say; the rest of its policy is there.
  out.set("Content-Security-Policy", "frame-ancestors 'none'");
  out.set("Cross-Origin-Opener-Policy", "same-origin");
  out.set("Cross-Origin-Resource-Policy", answer.any_origin ? "cross-origin" : "same-origin");
  if (answer.any_origin) out.set(http::field::access_control_allow_origin, "*");
  if (answer.status == http::status::method_not_allowed) out.set(http::field::allow, "GET, HEAD");
  if (answer.status == http::status::upgrade_required) {
    out.set(http::field::upgrade, "websocket");
    out.set(http::field::connection, "upgrade");
  }
  if (!answer.etag.empty()) {
    out.set(http::field::etag, answer.etag);
    out.set(http::field::vary, "Accept-Encoding");
  }
  if (unchanged(request, answer)) {
    out.result(http::status::not_modified);
    answer.body = nullptr;
  } else {
    out.set(http::field::content_type, beast::string_view(answer.type.data(), answer.type.size()));
    if (answer.gzip) out.set(http::field::content_encoding, "gzip");
    out.content_length(answer.body->size());
    if (request.method() == http::verb::head) answer.body = nullptr;
  }
  return out;
}

// Answers until the client asks for a WebSocket, or ends it: then nothing.
asio::awaitable<std::optional<http::request<http::string_body>>> serve_pages(AnyStream& stream,
                                                                             Serving& serving) {
  boost::system::error_code error;
  beast::flat_buffer buffer;
  for (bool keep = true; keep && !serving.stopping;) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kMaxHeader);
    parser.body_limit(kMaxBody);
    stream.expires_after(kPatience);
    co_await http::async_read(stream, buffer, parser, into(error));
    if (error) break;
    auto request = parser.release();
    const std::string_view target(request.target().data(), request.target().size());
    if (beast::websocket::is_upgrade(request) && target == kSocketPath && !serving.stopping) {
      co_return request;
    }
    Answer answer = answer_to(request, serving);
    auto header = header_for(request, answer);
    serving.relay.metrics.pages[static_cast<unsigned>(header.result()) / 100].add();
    keep = request.keep_alive();
    header.keep_alive(keep);
    http::response_serializer<http::empty_body> serializer(header);
    stream.expires_after(kPatience);
    co_await http::async_write_header(stream, serializer, into(error));
    if (!error && answer.body != nullptr) {
      co_await asio::async_write(stream, asio::buffer(*answer.body), into(error));
    }
    if (error) break;
  }
  stream.expires_after(kGoodbye);
  co_await stream.finish();
  co_return std::nullopt;
}

}  // namespace

asio::awaitable<void> serve_connection(AnyStream stream, Serving& serving) {
  // What pages needed is given back before a socket that may stay for weeks.
  auto request = co_await serve_pages(stream, serving);
  if (!request) co_return;
  stream.expires_never();
  co_await serve_socket(std::move(stream), std::move(*request), serving);
}

}  // namespace tacet::relay
