#include "client/relay_address.h"

#include <algorithm>

namespace tacet::client {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "1" to "65535" without leading zeros.
bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text[0] == '0') return false;
  unsigned port = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  return port <= 65535;
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), fits) && name.find("..") == std::string_view::npos;
}

bool is_ipv6(std::string_view text) {
  const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; };
  return text.size() >= 2 && text.size() <= 45 && std::all_of(text.begin(), text.end(), fits) &&
         text.find(':') != std::string_view::npos;
}

bool is_path(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("?#\"<>\\^`{|}").find(c) == std::string_view::npos;
  });
}

}  // namespace

std::optional<RelayAddress> RelayAddress::parse(std::string_view text) {
  if (text.size() > kMaxLength) return std::nullopt;
  RelayAddress out;
  if (text.starts_with("wss://")) {
    text.remove_prefix(6);
  } else if (text.starts_with("ws://")) {
    text.remove_prefix(5);
    out.secure = false;
  } else {
    return std::nullopt;
  }

  const std::size_t slash = text.find('/');
  out.path = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
  if (!is_path(out.path)) return std::nullopt;

  std::string authority(text.substr(0, slash));
  std::transform(authority.begin(), authority.end(), authority.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view rest = authority;
  std::string_view name;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos || !is_ipv6(rest.substr(1, end - 1))) return std::nullopt;
    name = rest.substr(0, end + 1);
  } else {
    name = rest.substr(0, rest.find(':'));
    if (!is_name(name)) return std::nullopt;
  }
  rest.remove_prefix(name.size());
  out.host = name;
  if (!rest.empty()) {
    if (rest[0] != ':' || !is_port(rest.substr(1))) return std::nullopt;
    if (rest.substr(1) != (out.secure ? "443" : "80")) out.host += rest;
  }
  // The root path may have been added: what is stored must be readable again.
  if (out.url().size() > kMaxLength) return std::nullopt;
  return out;
}

std::string RelayAddress::url() const {
  return (secure ? "wss://" : "ws://") + host + path;
}

}  // namespace tacet::client
