#include "live.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace tacet::relay::testing {
namespace {

std::string read_until_end(int file) {
  std::string out;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(file, buffer, sizeof buffer);
    if (n <= 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

// The relay to test: the one built with these tests, or TACET_RELAY.
std::string binary() {
  const char* other = std::getenv("TACET_RELAY");
  return other != nullptr ? other : TACET_RELAY_BINARY;
}

// Starts the relay with its output on pipes.
int spawn(const std::vector<std::string>& arguments, int& out, int& err) {
  int out_pipe[2];
  int err_pipe[2];
  REQUIRE(::pipe2(out_pipe, O_CLOEXEC) == 0);
  REQUIRE(::pipe2(err_pipe, O_CLOEXEC) == 0);
  const std::string program = binary();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int pid = ::fork();
  if (pid == 0) {
    ::dup2(out_pipe[1], STDOUT_FILENO);
    ::dup2(err_pipe[1], STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(out_pipe[1]);
  ::close(err_pipe[1]);
  out = out_pipe[0];
  err = err_pipe[0];
  return pid;
}

int exit_code(int pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int connect_to(int port, const std::string& from = "127.0.0.1") {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, from.c_str(), &address.sin_addr);
  REQUIRE(::bind(file, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(file);
    throw ConnectionLost();
  }
  const timeval patience{30, 0};
  ::setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return file;
}

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(file, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // the relay has closed: the test will see it when it reads
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

int Frame::close_code() const {
  if (kind != Kind::close || payload.size() < 2) return 0;
  return static_cast<Byte>(payload[0]) << 8 | static_cast<Byte>(payload[1]);
}

Process::Process(const std::string& data, std::vector<std::string> more) {
  more.insert(more.end(), {"--port", "0", "--data", data});
  int out = -1;
  int err = -1;
  pid_ = spawn(more, out, err);
  char c = 0;
  while (::read(out, &c, 1) == 1 && c != '\n') ready_line_ += c;
  const std::size_t colon = ready_line_.rfind(':');
  REQUIRE_MESSAGE(colon != std::string::npos, read_until_end(err));
  port_ = std::atoi(ready_line_.c_str() + colon + 1);
  ::close(out);
  log_ = err;
}

Process::~Process() {
  kill();
  ::close(log_);
}

void Process::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  exit_code(pid_);
  pid_ = 0;
}

int Process::terminate() {
  ::kill(pid_, SIGTERM);
  const int code = exit_code(pid_);
  pid_ = 0;
  return code;
}

void Process::limit_files(std::uint64_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  REQUIRE(::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

void Process::signal(int number) {
  ::kill(pid_, number);
}

std::string Process::wait_for_log(const std::string& what) {
  char buffer[4096];
  for (;;) {
    const std::size_t at = logged_.find(what, log_seen_);
    const ssize_t n = at == std::string::npos ? ::read(log_, buffer, sizeof buffer) : 0;
    if (n <= 0) {
      const std::string out = logged_.substr(log_seen_);
      log_seen_ = logged_.size();
      return out;
    }
    logged_.append(buffer, static_cast<std::size_t>(n));
  }
}

std::set<std::string> Process::in_memory(const std::map<std::string, std::string>& wanted) const {
  const std::string proc = "/proc/" + std::to_string(pid_);
  std::ifstream maps(proc + "/maps");
  const int memory = ::open((proc + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(memory >= 0);
  std::set<std::string> found;
  std::uint64_t read = 0;
  for (std::string line; std::getline(maps, line);) {
    char* rest = nullptr;
    std::uint64_t at = std::strtoull(line.c_str(), &rest, 16);
    const std::uint64_t end = std::strtoull(rest + 1, &rest, 16);
    // Not what cannot be read, and not the terabytes in which AddressSanitizer counts.
    if (rest[1] != 'r' || end - at > 1ULL << 32) continue;
    static constexpr std::size_t kStep = 1 << 20;
    static constexpr std::size_t kOverlap = 256;
    std::string bytes;
    while (at < end) {
      const std::size_t kept = std::min(kOverlap, bytes.size());
      bytes.erase(0, bytes.size() - kept);
      bytes.resize(kept + std::min<std::uint64_t>(kStep, end - at));
      const ssize_t n = ::pread(memory, bytes.data() + kept, bytes.size() - kept, static_cast<off_t>(at));
      if (n <= 0) break;
      bytes.resize(kept + static_cast<std::size_t>(n));
      at += static_cast<std::size_t>(n);
      read += static_cast<std::size_t>(n);
      for (const auto& [name, value] : wanted) {
        if (bytes.find(value) != std::string::npos) found.insert(name);
      }
    }
  }
  ::close(memory);
  REQUIRE(read > 1 << 20);
  return found;
}

std::string Process::log_after_end() {
  return logged_ += read_until_end(log_);
}

Ended run_relay(const std::vector<std::string>& arguments) {
  int out = -1;
  int err = -1;
  const int pid = spawn(arguments, out, err);
  Ended ended;
  ended.out = read_until_end(out);
  ended.err = read_until_end(err);
  ::close(out);
  ::close(err);
  ended.code = exit_code(pid);
  return ended;
}

std::string talk(int port, const std::string& bytes) {
  const int file = connect_to(port);
  write_all(file, bytes);
  std::string out = read_until_end(file);
  ::close(file);
  return out;
}

std::string get(int port, const std::string& path, const std::string& more_header,
                const std::string& method) {
  return talk(port, method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
                        more_header + "\r\n");
}

crypto::Ed25519Seed reader_seed(std::string_view name) {
  return *crypto::Ed25519Seed::from(crypto::blake2b(std::string_view("reader"), name).view());
}

LiveClient::LiveClient(const Process& process, const std::string& host)
    : LiveClient(process.port(), host.empty() ? process.host() : host) {}

LiveClient::LiveClient(int port, const std::string& host, const std::string& more_header,
                       const std::string& from)
    : socket_(connect_to(port, from)), host_(host) {
  write_all(socket_.number,
            "GET /relay HTTP/1.1\r\nHost: " + host_ + "\r\n" + more_header +
                "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: https://elsewhere.example\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  std::string header;
  while (!header.ends_with("\r\n\r\n")) {
    const std::string c = read(1);
    if (c.empty()) throw ConnectionLost();
    header += c;
  }
  REQUIRE(header.starts_with("HTTP/1.1 101"));
  // RFC 6455 section 1.3 gives the answer to this very key.
  REQUIRE(header.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
  const wire::Answer first = next_unasked();
  REQUIRE(is<wire::Hello>(first));
  hello_ = std::get<wire::Hello>(first);
}

LiveClient::Descriptor::~Descriptor() {
  ::close(number);
}

std::string LiveClient::read(std::size_t n) {
  std::string out(n, '\0');
  const ssize_t got = ::recv(socket_.number, out.data(), n, MSG_WAITALL);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

void LiveClient::send_frame(int opcode, ByteView payload) {
  std::string frame;
  frame += static_cast<char>(0x80 | opcode);
  const bool small = payload.size() < 126;
  const bool middling = payload.size() <= 0xFFFF;
  frame += static_cast<char>(0x80 | (small ? payload.size() : middling ? 126 : 127));
  for (int shift = small ? -1 : middling ? 8 : 56; shift >= 0; shift -= 8) {
    frame += static_cast<char>(payload.size() >> shift);
  }
  const Byte mask[4] = {0x12, 0x34, 0x56, 0x78};
  frame.append(reinterpret_cast<const char*>(mask), 4);
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  write_all(socket_.number, frame);
}

Frame LiveClient::next_frame() {
  const std::string head = read(2);
  if (head.size() < 2) return {};
  const int opcode = head[0] & 0x0F;
  std::size_t size = static_cast<Byte>(head[1]);
  REQUIRE((size & 0x80) == 0);  // servers do not mask
  if (size >= 126) {
    const std::string more = read(size == 126 ? 2 : 8);
    if (more.size() < 2) return {};
    size = 0;
    for (const char c : more) size = size << 8 | static_cast<Byte>(c);
  }
  const std::string payload = read(size);
  if (payload.size() < size) return {};
  switch (opcode) {
    case 1:
      return {Frame::Kind::text, payload};
    case 2:
      return {Frame::Kind::binary, payload};
    case 8:
      return {Frame::Kind::close, payload};
    case 9:
      send_frame(10, as_bytes(payload));
      return next_frame();
    default:
      return next_frame();
  }
}

wire::ServerBlock LiveClient::next_block() {
  const Frame frame = next_frame();
  if (frame.kind == Frame::Kind::ended) throw ConnectionLost();
  REQUIRE_MESSAGE(frame.kind == Frame::Kind::binary, "closed with " << frame.close_code());
  auto block = wire::decode_server(as_bytes(frame.payload));
  REQUIRE(block);
  return std::move(*block);
}

std::uint32_t LiveClient::post(wire::Request request) {
  send_frame(2, wire::encode(wire::ClientBlock{++last_id_, std::move(request)}));
  return last_id_;
}

wire::Answer LiveClient::answer_to(std::uint32_t id) {
  while (answers_.count(id) == 0) {
    wire::ServerBlock block = next_block();
    if (block.request_id == 0) {
      unasked_.push_back(std::move(block.answer));
    } else {
      answers_.emplace(block.request_id, std::move(block.answer));
    }
  }
  return std::move(answers_.extract(id).mapped());
}

wire::Answer LiveClient::next_unasked() {
  while (unasked_.empty()) {
    wire::ServerBlock block = next_block();
    if (block.request_id == 0) {
      unasked_.push_back(std::move(block.answer));
    } else {
      answers_.emplace(block.request_id, std::move(block.answer));
    }
  }
  wire::Answer out = std::move(unasked_.front());
  unasked_.pop_front();
  return out;
}

wire::Answer LiveClient::make(std::string_view name) {
  return ask(wire::New{named<wire::MailboxId>(name),
                       {crypto::ed25519_public(reader_seed(name)).raw},
                       wire::token_hash(named<wire::SendToken>(name)),
                       {}});
}

wire::Answer LiveClient::subscribe(std::string_view name, std::uint64_t after, const std::string& host) {
  wire::Subscribe request{named<wire::Nonce>("client nonce"), {}};
  const auto mailbox = named<wire::MailboxId>(name);
  const ByteVector proof =
      wire::subscribe_proof(host.empty() ? host_ : host, hello_.server_nonce, request.client_nonce, mailbox);
  request.entries.push_back({mailbox, after, {crypto::ed25519_sign(reader_seed(name), proof).raw}});
  return ask(std::move(request));
}

wire::Answer LiveClient::send(std::string_view name, std::string_view text, std::uint16_t hours) {
  return ask(wire::Send{named<wire::MailboxId>(name), named<wire::SendToken>(name),
                        named<wire::MessageId>(text), hours, envelope(text)});
}

wire::Answer LiveClient::acknowledge(std::string_view name, std::uint64_t number) {
  return ask(wire::Ack{named<wire::MailboxId>(name), number});
}

wire::Msg LiveClient::next_msg() {
  wire::Answer answer = next_unasked();
  REQUIRE(is<wire::Msg>(answer));
  return std::get<wire::Msg>(std::move(answer));
}

}  // namespace tacet::relay::testing
