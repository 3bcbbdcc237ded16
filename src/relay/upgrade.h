// From an HTTP request to a WebSocket. Includes Beast: only http.cpp and socket.cpp may.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "relay/serve.h"

namespace tacet::relay {

// Accepts the upgrade and serves the socket until it is closed.
boost::asio::awaitable<void> serve_socket(
    AnyStream stream, boost::beast::http::request<boost::beast::http::string_body> request, Serving& serving);

}  // namespace tacet::relay
