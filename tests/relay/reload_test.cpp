#include <signal.h>

#include <fstream>
#include <set>
#include <thread>

#include "live.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

struct Configured {
  TemporaryFolder folder;
  std::string file = folder.path() + "/relay.toml";
  Process process;
  explicit Configured(const std::string& text)
      : process(folder.path() + "/data", {"--config", (write(text), file)}) {}
  void write(const std::string& text) const { std::ofstream(file, std::ios::trunc) << text; }
  // Until the log has said `what`, which it must.
  void reload(const std::string& text, const std::string& what) {
    write(text);
    process.signal(SIGHUP);
    CHECK_MESSAGE(process.wait_for_log(what).find(what) != std::string::npos, what);
  }
};

constexpr const char* kDone = "the configuration was read again";

}  // namespace

TEST_CASE("SIGHUP changes what Hello says, and tells those who are connected to come and hear it") {
  Configured relay("hosts = [\"one.example\"]\n");
  LiveClient ada(relay.process);
  CHECK(ada.hello().accepts_new);
  ada.make("ada");
  relay.reload("hosts = [\"two.example\"]\n[mailboxes]\naccepts_new = false\nretires_at = 2030-01-01\n",
               kDone);
  CHECK(is<wire::GoAway>(ada.next_unasked()));
  CHECK(ada.next_frame().kind == Frame::Kind::close);

  LiveClient again(relay.process);
  CHECK_FALSE(again.hello().accepts_new);
  CHECK(again.hello().retires_at_ms == 1'893'456'000'000);
  CHECK(is_error(again.make("bob"), wire::Code::refused));
  CHECK(std::get<wire::Subscribed>(again.subscribe("ada", 0, "one.example")).refused.size() == 1);
  CHECK(std::get<wire::Subscribed>(again.subscribe("ada", 0, "two.example")).refused.empty());

  // The same once more disturbs nobody.
  relay.reload("hosts = [\"two.example\"]\n[mailboxes]\naccepts_new = false\nretires_at = 2030-01-01\n",
               kDone);
  CHECK(is<wire::Pong>(again.ask(wire::Ping{})));
}

TEST_CASE("a smaller quota counts for what comes from then on") {
  Configured relay("");
  LiveClient ada(relay.process);
  ada.make("ada");
  for (const char* text : {"one", "two", "three"}) CHECK(is<wire::Ok>(ada.send("ada", text)));
  relay.reload("[mailboxes]\nquota_envelopes = 2\n", kDone);
  CHECK(is_error(ada.send("ada", "four"), wire::Code::quota));
  ada.subscribe("ada");
  for (const char* text : {"one", "two", "three"}) {
    wire::Answer answer = ada.next_unasked();
    while (!is<wire::Msg>(answer)) answer = ada.next_unasked();
    CHECK(text_in(std::get<wire::Msg>(answer)) == text);
  }
  CHECK(LiveClient(relay.process).hello().quota_envelopes == 2);
}

TEST_CASE("a wrong file changes nothing and is named in the log") {
  Configured relay("[mailboxes]\naccepts_new = false\n");
  relay.reload("[mailboxes]\naccepts_new = true\nquota_envelopes = 0\n", "the one before stays in force");
  CHECK(relay.process.log_so_far().find(
            ":3:19: mailboxes.quota_envelopes: must be a whole number from 1 to") != std::string::npos);
  CHECK_FALSE(LiveClient(relay.process).hello().accepts_new);
}

TEST_CASE("what needs a restart is named and stays as it was") {
  Configured relay("");
  relay.reload("data = \"/nowhere\"\n[limits]\nmemory = \"1 GiB\"\n[metrics]\nlisten = \"127.0.0.1:1\"\n",
               kDone);
  CHECK(relay.process.log_so_far().find("with the next start only: limits.memory, metrics.listen\n") !=
        std::string::npos);  // the command line says another data folder
  LiveClient ada(relay.process);
  CHECK(is<wire::Ok>(ada.make("ada")));
}

TEST_CASE("the log level changes on SIGHUP") {
  Configured relay("[log]\nlevel = \"error\"\n");
  relay.reload("[log]\nlevel = \"info\"\n", kDone);
}

TEST_CASE("connections over the cap are turned away, and the others keep their service") {
  Configured relay("[limits]\nconnections = 2\n");
  LiveClient ada(relay.process);
  {
    LiveClient bob(relay.process);
    CHECK(get(relay.process.port(), "/healthz").empty());
    CHECK(is<wire::Pong>(ada.ask(wire::Ping{})));
    CHECK(is<wire::Pong>(bob.ask(wire::Ping{})));
  }
  while (get(relay.process.port(), "/healthz").empty())
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

// Everything a good client does: numbers its messages, sends again what got no answer, acknowledges what it
// has.
TEST_CASE("stopping and starting under load loses no message and delivers none twice once acknowledged") {
  constexpr int kStops = 4;
  constexpr int kSenders = 3;
  TemporaryFolder folder;
  auto process = std::make_unique<Process>(folder.path());
  LiveClient(*process).make("ada");
  int next = 0;                      // the number of the next message
  std::set<std::string> unanswered;  // sent, and not known to be kept
  std::set<std::string> kept, got;   // OK was said; came and was acknowledged
  std::uint64_t last = 0;            // highest acknowledged envelope
  for (int stop = 0; stop <= kStops; ++stop) {
    std::vector<std::unique_ptr<LiveClient>> senders;
    std::vector<std::map<std::uint32_t, std::string>> posted(kSenders);
    for (int i = 0; i < kSenders; ++i) senders.push_back(std::make_unique<LiveClient>(*process));
    LiveClient reader(*process);
    REQUIRE(std::get<wire::Subscribed>(reader.subscribe("ada", last)).refused.empty());
    const auto post = [&](std::size_t sender, const std::string& text) {
      unanswered.insert(text);
      posted[sender].emplace(
          senders[sender]->post(wire::Send{named<wire::MailboxId>("ada"), named<wire::SendToken>("ada"),
                                           named<wire::MessageId>(text), 24, envelope(text)}),
          text);
    };
    const std::set<std::string> again = unanswered;
    for (const std::string& text : again) post(0, text);
    for (int n = 0; n < 60; ++n)
      post(static_cast<std::size_t>(n % kSenders), "message " + std::to_string(next++));
    // Stopped in the middle of it; the last time it may finish.
    int code = -1;
    std::thread stopper;
    if (stop < kStops) stopper = std::thread([&] { code = process->terminate(); });
    for (std::size_t i = 0; i < kSenders; ++i) {
      for (;;) {
        if (stop == kStops && posted[i].empty()) break;
        const Frame frame = senders[i]->next_frame();
        if (frame.kind != Frame::Kind::binary) break;
        const auto block = wire::decode_server(as_bytes(frame.payload));
        REQUIRE(block);
        if (!is<wire::Ok>(block->answer)) continue;
        const auto sent = posted[i].extract(block->request_id);
        REQUIRE_FALSE(sent.empty());
        kept.insert(sent.mapped());
        unanswered.erase(sent.mapped());
      }
    }
    for (;;) {
      if (stop == kStops && got.size() == static_cast<std::size_t>(next)) break;
      const Frame frame = reader.next_frame();
      if (frame.kind != Frame::Kind::binary) break;
      const auto block = wire::decode_server(as_bytes(frame.payload));
      REQUIRE(block);
      const auto* msg = std::get_if<wire::Msg>(&block->answer);
      if (msg == nullptr) continue;
      // In order, and nothing twice that was acknowledged or came before on this connection.
      CHECK(msg->number > last);
      last = msg->number;
      CHECK_MESSAGE(got.insert(text_in(*msg)).second, text_in(*msg));
      reader.post(wire::Ack{msg->mailbox, msg->number});
    }
    if (stopper.joinable()) {
      stopper.join();
      CHECK(code == 0);
      process = std::make_unique<Process>(folder.path());
    }
  }
  CHECK(unanswered.empty());
  CHECK(kept.size() == static_cast<std::size_t>(next));
  CHECK(got == kept);
}
