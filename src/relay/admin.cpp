#include "relay/admin.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "wire/invite_code.h"

namespace tacet::relay {
namespace {

using nlohmann::json;

constexpr int kPatience = 5000;  // milliseconds for a line to come
constexpr std::chrono::milliseconds kLook{200};
constexpr std::size_t kMostAnswered = 16 << 20;
constexpr std::int64_t kMostDays = 3650;

std::string path_in(const std::string& folder) {
  return folder + "/admin.sock";
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.size() >= sizeof(out.sun_path)) return std::nullopt;
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

// Up to a line end; nothing when none came in time, or too much.
std::optional<std::string> read_line(int socket, std::size_t most) {
  std::string out;
  while (out.size() <= most) {
    pollfd poll{socket, POLLIN, 0};
    if (::poll(&poll, 1, kPatience) <= 0) return std::nullopt;
    char buffer[1024];
    const ssize_t n = ::read(socket, buffer, sizeof buffer);
    if (n <= 0) return std::nullopt;
    out.append(buffer, static_cast<std::size_t>(n));
    if (const std::size_t end = out.find('\n'); end != std::string::npos) return out.substr(0, end);
  }
  return std::nullopt;
}

void write_line(int socket, std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t n = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string error(const std::string& sentence) {
  return json{{"error", sentence}}.dump();
}

std::string store_error(wire::Code code) {
  switch (code) {
    case wire::Code::refused:
      return error("There is an invite of that label already. Nothing was changed. Choose another label.");
    case wire::Code::no_access:
      return error("There is no invite of that label. See tacet-relay invites list.");
    default:
      return error("The store cannot keep anything now. Nothing was changed. See /healthz, and try again.");
  }
}

std::optional<std::string> label_in(const json& request) {
  const auto found = request.find("label");
  if (found == request.end() || !found->is_string()) return std::nullopt;
  auto label = found->get<std::string>();
  if (label.empty() || label.size() > Invite::kMaxLabel || !is_utf8(label)) return std::nullopt;
  for (const char c : label) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
  }
  return label;
}

std::optional<std::int64_t> number_in(const json& request, const char* key, std::int64_t most) {
  const auto found = request.find(key);
  if (found == request.end() || !found->is_number_integer()) return std::nullopt;
  const auto value = found->get<std::int64_t>();
  if (value < 1 || value > most) return std::nullopt;
  return value;
}

}  // namespace

Result<std::unique_ptr<AdminSocket>, std::string> AdminSocket::open(const std::string& folder, Store& store,
                                                                    Random& random, Clock& clock) {
  const std::string path = path_in(folder);
  const auto address = address_of(path);
  if (!address) {
    return unexpected("The data folder's path is too long for a socket in it (" + path +
                      "). Choose a shorter one.");
  }
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // The folder is this relay's alone: what lies there is left from one that was killed.
  ::unlink(path.c_str());
  const mode_t old_mask = ::umask(077);
  const bool bound = socket >= 0 &&
                     ::bind(socket, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 &&
                     ::listen(socket, 4) == 0;
  const int problem = errno;
  ::umask(old_mask);
  if (!bound) {
    if (socket >= 0) ::close(socket);
    return unexpected("The socket " + path + " cannot be made: " + std::strerror(problem) + ".");
  }
  return std::unique_ptr<AdminSocket>(new AdminSocket(path, socket, store, random, clock));
}

AdminSocket::AdminSocket(std::string path, int socket, Store& store, Random& random, Clock& clock)
    : path_(std::move(path)), socket_(socket), store_(store), random_(random), clock_(clock), thread_([this] {
        loop();
      }) {}

AdminSocket::~AdminSocket() {
  closing_ = true;
  thread_.join();
  ::close(socket_);
  ::unlink(path_.c_str());
}

void AdminSocket::loop() {
  while (!closing_) {
    pollfd poll{socket_, POLLIN, 0};
    if (::poll(&poll, 1, static_cast<int>(kLook.count())) <= 0) continue;
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    serve(connection);
    ::close(connection);
  }
}

void AdminSocket::serve(int connection) {
  if (const auto line = read_line(connection, kMaxLine)) write_line(connection, answer(*line));
}

template <class T, class Ask>
Result<T, wire::Code> AdminSocket::wait(Ask ask) {
  // Shared, because a relay that stops may never answer.
  auto promise = std::make_shared<std::promise<Result<T, wire::Code>>>();
  auto future = promise->get_future();
  ask([promise](Result<T, wire::Code> result) { promise->set_value(std::move(result)); });
  while (future.wait_for(kLook) != std::future_status::ready) {
    if (closing_) return unexpected(wire::Code::busy);
  }
  return future.get();
}

std::string AdminSocket::answer(const std::string& line) {
  const json request = json::parse(line, nullptr, false);
  if (!request.is_object() || !request.contains("do"))
    return error("That is not a question of this relay's.");
  const json& what = request["do"];

  if (what == "list") {
    const auto all = wait<std::vector<Invite>>([this](auto done) { store_.invites(std::move(done)); });
    if (!all) return store_error(all.error());
    json out = json::array();
    for (const Invite& invite : *all) {
      json entry{{"label", invite.label}, {"mailboxes", invite.mailboxes}};
      if (invite.until) {
        entry["until_ms"] = to_millis(*invite.until);
        entry["over"] = *invite.until <= clock_.now();
      }
      out.push_back(std::move(entry));
    }
    return json{{"invites", out}}.dump();
  }

  const auto label = label_in(request);
  if (!label) {
    return error("A label is 1 to " + std::to_string(Invite::kMaxLabel) + " bytes of text in one line.");
  }
  if (what == "remove") {
    const auto removed = wait<void>([&](auto done) { store_.remove_invite(*label, std::move(done)); });
    return removed ? json{{"removed", *label}}.dump() : store_error(removed.error());
  }
  if (what == "add") {
    const auto mailboxes = number_in(request, "mailboxes", UINT32_MAX);
    if (!mailboxes) return error("An invite is good for at least one mailbox.");
    const auto code = random_.draw<wire::InviteCode>();
    Invite invite{*label, wire::invite_hash(code), static_cast<std::uint32_t>(*mailboxes), {}};
    if (request.contains("days")) {
      const auto days = number_in(request, "days", kMostDays);
      if (!days) return error("An invite lasts from 1 to " + std::to_string(kMostDays) + " days.");
      invite.until = clock_.now() + Hours(24 * *days);
    }
    const auto added = wait<void>([&](auto done) { store_.add_invite(invite, std::move(done)); });
    return added ? json{{"code", wire::text_of(code)}}.dump() : store_error(added.error());
  }
  return error("That is not a question of this relay's.");
}

Result<std::string, std::string> ask_relay(const std::string& folder, const std::string& line) {
  const std::string path = path_in(folder);
  const auto address = address_of(path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected =
      address && socket >= 0 &&
      ::connect(socket, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0;
  std::optional<std::string> out;
  const int problem = errno;
  if (connected) {
    write_line(socket, line);
    out = read_line(socket, kMostAnswered);
  }
  if (socket >= 0) ::close(socket);
  if (!connected && problem == EACCES) {
    return unexpected("This user may not talk to the relay at " + path +
                      ". Run this as its user, or as root.");
  }
  if (!connected) {
    return unexpected("No relay is running on " + folder +
                      ". Start it, or name its folder with --data or --config.");
  }
  if (!out)
    return unexpected<std::string>("The relay did not answer. Nothing is known to have changed; try again.");
  return *out;
}

}  // namespace tacet::relay
