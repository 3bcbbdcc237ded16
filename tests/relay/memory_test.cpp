// What a relay that runs still has of what is over: in its memory (and so in a core dump), its files, its
// log.
#include <fstream>
#include <thread>

#include "live.h"
#include "script.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

using Secrets = std::map<std::string, std::string>;

template <class Fixed>
std::string text_of(const Fixed& fixed) {
  return std::string(as_text(fixed.view()));
}

// Somewhere in it, nowhere near an end.
std::string piece(const ByteVector& envelope, std::size_t at) {
  return std::string(as_text(ByteView(envelope).subspan(at, 24)));
}

std::set<std::string> in_files(const std::string& folder, const Secrets& secrets) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    for (const auto& [name, value] : secrets) {
      if (all.find(value) != std::string::npos)
        found.insert(name + " in " + entry.path().filename().string());
    }
  }
  return found;
}

// Waits until none of them is left anywhere, at most a minute. What is left then.
std::set<std::string> left_after_a_minute(const Process& process, const std::string& folder,
                                          const Secrets& secrets) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    auto left = process.in_memory(secrets);
    left.merge(in_files(folder, secrets));
    if (left.empty() || std::chrono::steady_clock::now() >= deadline) return left;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

wire::Send message(Script& script, std::size_t size, Secrets& secrets, const std::string& name) {
  wire::Send send = script.send(0, size);
  secrets[name + ", its beginning"] = piece(send.envelope, 64);
  secrets[name + ", its middle"] = piece(send.envelope, size / 2);
  secrets[name + ", its end"] = piece(send.envelope, size - 64);
  return send;
}

}  // namespace

TEST_CASE("a minute after it is over, a running relay has nothing of it in memory, files or log") {
  // AddressSanitizer keeps what was freed; then it is to wipe it, as the relay's own free() does.
  ::setenv("ASAN_OPTIONS", "max_free_fill_size=1073741824:free_fill_byte=0", 1);
  TemporaryFolder folder;
  Process process(folder.path());
  ::unsetenv("ASAN_OPTIONS");

  Script script("ada", 2, 1);
  const std::string mailbox = script.name(0);
  Secrets over = {{"address", "127.77.88.99"},
                  {"address in a header", "203.0.113.77"},
                  {"address as bytes", std::string("\x7f\x4d\x58\x63", 4)},
                  {"token", text_of(named<wire::SendToken>(mailbox))}};
  const Secrets not_over = {{"mailbox", text_of(script.mailbox(0))}};
  over["deleted mailbox"] = text_of(script.mailbox(1));

  LiveClient ada(process);
  REQUIRE(is<wire::Ok>(ada.ask(script.make(0))));
  REQUIRE(is<wire::Ok>(ada.ask(script.make(1))));
  REQUIRE(std::get<wire::Subscribed>(ada.subscribe(mailbox)).refused.empty());
  REQUIRE(std::get<wire::Subscribed>(ada.subscribe(script.name(1))).refused.empty());
  LiveClient carol(process);  // sends and stays
  {
    LiveClient bob(process.port(), process.host(), "X-Forwarded-For: 203.0.113.77\r\n", "127.77.88.99");
    REQUIRE(is<wire::Ok>(bob.ask(message(script, 4096, over, "a message"))));
    REQUIRE(is<wire::Ok>(bob.ask(message(script, 65536, over, "a large one"))));
    REQUIRE(is<wire::Ok>(carol.ask(message(script, 16384, over, "one of who stays"))));
    CHECK(is_error(bob.ask(wire::KeysGet{script.mailbox(0), named<wire::SendToken>(mailbox),
                                         named<wire::MessageId>("asked")}),
                   wire::Code::no_keys));
  }
  for (std::uint64_t number = 1; number <= 3; ++number) CHECK(ada.next_msg().number == number);
  REQUIRE(is<wire::Ok>(ada.acknowledge(mailbox, 3)));
  REQUIRE(is<wire::Ok>(ada.ask(wire::Delete{script.mailbox(1)})));

  CHECK(joined(left_after_a_minute(process, folder.path(), over)) == "");
  // What is not over is found: the search can see.
  CHECK(joined(process.in_memory(not_over)) == "mailbox");
  CHECK(joined(in_files(folder.path(), not_over)) == "mailbox in relay.sqlite");

  CHECK(process.terminate() == 0);
  const std::string log = process.log_after_end();
  over.insert(not_over.begin(), not_over.end());
  for (const auto& secret : over) {
    CHECK_MESSAGE(log.find(secret.second) == std::string::npos, secret.first);
    CHECK_MESSAGE(log.find(to_hex(as_bytes(secret.second))) == std::string::npos, secret.first);
  }
}
