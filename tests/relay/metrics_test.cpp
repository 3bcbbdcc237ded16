#include <fstream>
#include <regex>

#include "live.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

struct Measured {
  TemporaryFolder folder;
  std::string file = folder.path() + "/relay.toml";
  Process process;
  int port = 0;
  Measured() : process(folder.path() + "/data", {"--config", (write(), file)}) {
    const std::string log = process.wait_for_log("/metrics\n");
    const std::string place = "metrics are at http://127.0.0.1:";
    REQUIRE(log.find(place) != std::string::npos);
    port = std::atoi(log.c_str() + log.find(place) + place.size());
  }
  void write() const {
    std::ofstream(file) << "[metrics]\nlisten = \"127.0.0.1:0\"\n[mailboxes]\nquota_envelopes = 2\n";
  }
  [[nodiscard]] std::string read() const { return get(port, "/metrics"); }
  // The value in the line that begins with this; -1: there is none.
  [[nodiscard]] double value(const std::string& name) const {
    const std::string text = read();
    const std::size_t at = text.find("\ntacet_relay_" + name + " ");
    return at == std::string::npos ? -1 : std::atof(text.c_str() + at + 14 + name.size());
  }
};

}  // namespace

TEST_CASE("metrics tell what was asked and answered, and how the store is doing") {
  Measured relay;
  CHECK(relay.value("sockets") == 0);
  CHECK(relay.value("requests_total{type=\"send\",result=\"ok\"}") == 0);
  LiveClient ada(relay.process);
  LiveClient bob(relay.process);
  ada.make("ada");
  ada.subscribe("ada");
  for (const char* text : {"one", "one", "two", "three"}) bob.send("ada", text);
  bob.send("nobody", "one");
  ada.next_msg();
  ada.next_msg();
  CHECK(get(relay.process.port(), "/healthz").starts_with("HTTP/1.1 200"));
  CHECK(get(relay.process.port(), "/nothing").starts_with("HTTP/1.1 404"));

  CHECK(relay.value("connections") >= 2);
  CHECK(relay.value("sockets") == 2);
  CHECK(relay.value("requests_total{type=\"new\",result=\"ok\"}") == 1);
  CHECK(relay.value("requests_total{type=\"send\",result=\"ok\"}") == 3);
  CHECK(relay.value("requests_total{type=\"send\",result=\"quota\"}") == 1);
  CHECK(relay.value("requests_total{type=\"send\",result=\"no_access\"}") == 1);
  CHECK(relay.value("envelopes_stored_total") == 2);
  CHECK(relay.value("envelopes_repeated_total") == 1);
  CHECK(relay.value("envelopes_delivered_total") == 2);
  CHECK(relay.value("http_answers_total{status=\"2xx\"}") == 1);
  CHECK(relay.value("http_answers_total{status=\"4xx\"}") == 1);
  CHECK(relay.value("store_healthy") == 1);
  CHECK(relay.value("store_failures_total") == 0);
  CHECK(relay.value("resident_bytes") > 1e6);
  CHECK(relay.value("store_commit_seconds_sum") > 0);
  CHECK(relay.value("store_fetch_seconds_count") > 0);
  // One request a commit at most, for each was awaited before the next.
  CHECK(relay.value("store_batch_requests_bucket{le=\"+Inf\"}") == relay.value("store_batch_requests_count"));
  CHECK(relay.value("store_batch_requests_count") == relay.value("store_commit_seconds_count"));
  CHECK(relay.value("store_batch_requests_sum") >= 7);

  bob.send_frame(2, as_bytes("nonsense"));
  while (bob.next_frame().kind != Frame::Kind::ended) {
  }
  CHECK(relay.value("requests_total{type=\"unreadable\",result=\"malformed\"}") == 1);
}

TEST_CASE("metrics say when the store can keep nothing") {
  Measured relay;
  LiveClient ada(relay.process);
  ada.make("ada");
  relay.process.limit_files(16);
  CHECK(is_error(ada.send("ada", "one"), wire::Code::busy));
  CHECK(relay.value("store_healthy") == 0);
  CHECK(relay.value("store_failures_total") >= 1);
}

TEST_CASE("no metric has a label that could name anybody, and the public port serves none") {
  Measured relay;
  LiveClient ada(relay.process);
  ada.make("ada");
  ada.subscribe("ada");
  ada.send("ada", "one");
  const std::string text = relay.read();
  const std::regex label("([a-z_]+)=\"([^\"]*)\"");
  std::size_t ours = 0;
  for (std::size_t at = 0; (at = text.find("\ntacet_relay_", at)) != std::string::npos; ++at, ++ours) {
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    for (std::sregex_iterator i(line.begin(), line.end(), label), end; i != end; ++i) {
      CHECK_MESSAGE(
          (i->str(1) == "type" || i->str(1) == "result" || i->str(1) == "status" || i->str(1) == "le"), line);
      if (i->str(1) != "le") CHECK_MESSAGE(i->str(2).size() <= 15, line);
    }
  }
  CHECK(ours > 30);
  CHECK(get(relay.process.port(), "/metrics").starts_with("HTTP/1.1 404"));
}
