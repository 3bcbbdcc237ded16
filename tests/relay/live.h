// A relay process and a client that speaks to it over a real socket. The client has a WebSocket of its own
// (RFC 6455, a second opinion beside the library the relay uses) and can say things no good client would.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "crypto/ed25519.h"
#include "relay/session.h"
#include "store_fixture.h"

namespace tacet::relay::testing {

// What came over the socket: a frame, or the end of the connection.
struct Frame {
  enum class Kind { binary, text, close, ended } kind = Kind::ended;
  std::string payload;
  [[nodiscard]] int close_code() const;
};

// Thrown by a client whose connection has ended, or could not be made.
struct ConnectionLost {};

class Process {
 public:
  // Starts the relay on a free port and waits for its ready line. `data` outlives it.
  explicit Process(const std::string& data, std::vector<std::string> more = {});
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::string& ready_line() const { return ready_line_; }
  void kill();      // SIGKILL, and waits
  int terminate();  // SIGTERM; the exit code
  // No file of it may grow beyond this from now on, as if the disk were full.
  void limit_files(std::uint64_t bytes);
  void signal(int number);
  // Reads its standard error until `what` is in it or it ends; all that came so far.
  std::string wait_for_log(const std::string& what);
  [[nodiscard]] const std::string& log_so_far() const { return logged_; }
  // The names of those byte strings that are somewhere in its memory: what a core dump of it would hold.
  [[nodiscard]] std::set<std::string> in_memory(const std::map<std::string, std::string>& wanted) const;
  // Everything it wrote to standard error. After its end only.
  [[nodiscard]] std::string log_after_end();

 private:
  int pid_ = 0;
  int port_ = 0;
  int log_ = -1;
  std::string logged_;
  std::size_t log_seen_ = 0;  // of it, by wait_for_log
  std::string ready_line_;
};

// Runs the relay with these arguments until it ends by itself.
struct Ended {
  int code = -1;
  std::string out, err;
};
[[nodiscard]] Ended run_relay(const std::vector<std::string>& arguments);

// Sends raw bytes to the port and returns everything that comes back until the connection is closed.
[[nodiscard]] std::string talk(int port, const std::string& bytes);
// One GET (or HEAD), with "Connection: close".
[[nodiscard]] std::string get(int port, const std::string& path, const std::string& more_header = "",
                              const std::string& method = "GET");

class LiveClient {
 public:
  // Connects, upgrades and reads Hello. `host` is what goes into the Host header, by default the address.
  explicit LiveClient(const Process& process, const std::string& host = "");
  // The same through whatever listens on that port; with more in the header, and from that address.
  LiveClient(int port, const std::string& host, const std::string& more_header = "",
             const std::string& from = "127.0.0.1");
  LiveClient(const LiveClient&) = delete;
  LiveClient& operator=(const LiveClient&) = delete;

  [[nodiscard]] const wire::Hello& hello() const { return hello_; }

  void send_frame(int opcode, ByteView payload);
  // Sends without waiting; the request's id.
  std::uint32_t post(wire::Request request);
  // Waits for the answer to that request; what else comes is kept for next_unasked().
  wire::Answer answer_to(std::uint32_t id);
  wire::Answer ask(wire::Request request) { return answer_to(post(std::move(request))); }
  // The next thing the relay says unasked.
  wire::Answer next_unasked();
  // What comes next, whatever it is.
  Frame next_frame();

  // Ready-made requests, for mailboxes by name.
  wire::Answer make(std::string_view name);
  wire::Answer subscribe(std::string_view name, std::uint64_t after = 0, const std::string& host = "");
  wire::Answer send(std::string_view name, std::string_view text, std::uint16_t hours = 24);
  wire::Answer acknowledge(std::string_view name, std::uint64_t number);
  wire::Msg next_msg();

 private:
  std::string read(std::size_t n);  // fewer at the end
  wire::ServerBlock next_block();

  struct Descriptor {
    explicit Descriptor(int opened) : number(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();
    const int number;
  };

  Descriptor socket_;
  std::string host_;
  wire::Hello hello_;
  std::uint32_t last_id_ = 0;
  std::map<std::uint32_t, wire::Answer> answers_;
  std::deque<wire::Answer> unasked_;
};

[[nodiscard]] crypto::Ed25519Seed reader_seed(std::string_view name);

template <class T>
[[nodiscard]] bool is(const wire::Answer& answer) {
  return std::holds_alternative<T>(answer);
}
[[nodiscard]] inline bool is_error(const wire::Answer& answer, wire::Code code) {
  const auto* error = std::get_if<wire::Error>(&answer);
  return error != nullptr && error->code == code;
}

}  // namespace tacet::relay::testing
