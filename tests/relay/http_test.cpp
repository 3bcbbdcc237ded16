#include <fstream>
#include <nlohmann/json.hpp>

#include "live.h"
#include "relay/static_files.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

// A bundle, and beside it a file that no one may get.
struct Bundle {
  TemporaryFolder folder;
  std::string web = folder.path() + "/web";
  Bundle() {
    std::filesystem::create_directories(web + "/fonts");
    put("../secret.txt", "secret");
    put("index.html", "<p>Tacet</p>");
    put("app.wasm", "wasm, long");
    put("app.wasm.gz", "wasm, gz");
    put("fonts/inter.woff2", "font");
    put(".hidden", "hidden");
    std::filesystem::create_symlink("../secret.txt", web + "/link.txt");
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(web + "/" + name) << text;
  }
};

bool has(const std::string& answer, const std::string& line) {
  return answer.find("\r\n" + line + "\r\n") != std::string::npos;
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

}  // namespace

TEST_CASE("files are found by path, with their type, and as gzip for who accepts it") {
  Bundle bundle;
  StaticFiles files(bundle.web);
  CHECK(*files.find("/", false)->body == "<p>Tacet</p>");
  CHECK(files.find("/", false)->type == "text/html; charset=utf-8");
  CHECK(*files.find("/app.wasm", false)->body == "wasm, long");
  CHECK(files.find("/app.wasm", false)->type == "application/wasm");
  CHECK(*files.find("/app.wasm", true)->body == "wasm, gz");
  CHECK(files.find("/app.wasm", true)->gzip);
  CHECK(files.find("/app.wasm", true)->type == "application/wasm");
  CHECK(files.find("/app.wasm", true)->etag != files.find("/app.wasm", false)->etag);
  CHECK(*files.find("/fonts/inter.woff2", true)->body == "font");
  CHECK(*files.find("/%69ndex.html", true)->body == "<p>Tacet</p>");
}

TEST_CASE("no path leads out of the bundle") {
  Bundle bundle;
  StaticFiles files(bundle.web);
  for (const char* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/fonts",
        "/fonts/../../secret.txt", "/.hidden", "/link.txt", "/..\\secret.txt", "secret.txt", "",
        "/index.html%00", "/%", "/%4", "/%zz", "/nothing", "/./index.html"}) {
    CAPTURE(path);
    CHECK_FALSE(files.find(path, false).has_value());
  }
  CHECK_FALSE(StaticFiles("").find("/", false).has_value());
  CHECK_FALSE(StaticFiles(bundle.web + "/nowhere").find("/", false).has_value());
}

TEST_CASE("a file that changes on disk is served anew under another ETag") {
  Bundle bundle;
  StaticFiles files(bundle.web);
  const StaticFile before = *files.find("/index.html", false);
  bundle.put("index.html", "<p>Tacet, newer</p>");
  const StaticFile after = *files.find("/index.html", false);
  CHECK(*before.body == "<p>Tacet</p>");
  CHECK(*after.body == "<p>Tacet, newer</p>");
  CHECK(before.etag != after.etag);
  std::filesystem::remove(bundle.web + "/index.html");
  CHECK_FALSE(files.find("/index.html", false).has_value());
}

TEST_CASE("the bundle is served over HTTP with what a browser needs and no more") {
  Bundle bundle;
  const Process process(bundle.folder.path() + "/data", {"--web", bundle.web});
  const int port = process.port();
  CHECK(process.ready_line() == "Tacet is at http://127.0.0.1:" + std::to_string(port) + "/");

  const std::string page = get(port, "/");
  CHECK(page.starts_with("HTTP/1.1 200"));
  CHECK(body_of(page) == "<p>Tacet</p>");
  CHECK(has(page, "Content-Type: text/html; charset=utf-8"));
  CHECK(has(page, "Cache-Control: no-cache"));
  CHECK(has(page, "X-Content-Type-Options: nosniff"));
  CHECK(has(page, "Referrer-Policy: no-referrer"));
  CHECK(has(page, "Content-Security-Policy: frame-ancestors 'none'"));

  const std::string wasm = get(port, "/app.wasm?v=1", "Accept-Encoding: deflate, gzip\r\n");
  CHECK(body_of(wasm) == "wasm, gz");
  CHECK(has(wasm, "Content-Encoding: gzip"));
  CHECK(has(wasm, "Content-Type: application/wasm"));
  CHECK(body_of(get(port, "/app.wasm", "Accept-Encoding: gzip;q=0\r\n")) == "wasm, long");

  const std::size_t at = wasm.find("ETag: ") + 6;
  const std::string etag = wasm.substr(at, wasm.find("\r\n", at) - at);
  const std::string again =
      get(port, "/app.wasm", "Accept-Encoding: gzip\r\nIf-None-Match: " + etag + "\r\n");
  CHECK(again.starts_with("HTTP/1.1 304"));
  CHECK(body_of(again).empty());

  const std::string head = get(port, "/", "", "HEAD");
  CHECK(head.starts_with("HTTP/1.1 200"));
  CHECK(has(head, "Content-Length: 12"));
  CHECK(body_of(head).empty());

  CHECK(get(port, "/nothing").starts_with("HTTP/1.1 404"));
  CHECK(get(port, "/../secret.txt").starts_with("HTTP/1.1 404"));
  CHECK(get(port, "/", "", "POST").starts_with("HTTP/1.1 405"));
  CHECK(get(port, "/relay").starts_with("HTTP/1.1 426"));
  CHECK(talk(port, "nonsense\r\n\r\n").find("200") == std::string::npos);
}

TEST_CASE("a relay without pages says what it is") {
  TemporaryFolder folder;
  const Process process(folder.path());
  CHECK(body_of(get(process.port(), "/")).starts_with("This is a Tacet relay."));
  CHECK(get(process.port(), "/index.html").starts_with("HTTP/1.1 404"));

  const std::string health = get(process.port(), "/healthz");
  CHECK(health.starts_with("HTTP/1.1 200"));
  CHECK(body_of(health) == "ok\n");

  const std::string about = get(process.port(), "/.well-known/tacet-relay.json");
  CHECK(has(about, "Access-Control-Allow-Origin: *"));
  const auto json = nlohmann::json::parse(body_of(about));
  CHECK(json["name"] == "tacet-relay");
  CHECK(json["websocket"] == "/relay");
  CHECK(json["protocol"] == 1);
}

TEST_CASE("several requests may share a connection") {
  TemporaryFolder folder;
  const Process process(folder.path());
  const std::string both = talk(process.port(),
                                "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                                "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(both.find("ok\nHTTP/1.1 200") != std::string::npos);
}

TEST_CASE("what cannot work is said in a sentence, with an exit code of its own") {
  TemporaryFolder folder;
  const Process process(folder.path() + "/one");
  const std::string port = std::to_string(process.port());

  const Ended taken = run_relay({"--port", port, "--data", folder.path() + "/two"});
  CHECK(taken.code == 3);
  CHECK(taken.err == "Another program is using port " + port +
                         " on 127.0.0.1. Stop it, or choose another port with --port.\n");
  CHECK(taken.out.empty());

  const Ended shared = run_relay({"--port", "0", "--data", folder.path() + "/one"});
  CHECK(shared.code == 4);
  CHECK(shared.err.find("Another relay is using the data folder") != std::string::npos);

  CHECK(run_relay({"--address", "nonsense", "--data", folder.path() + "/two"}).code == 3);
  CHECK(run_relay({"--port", "70000"}).code == 2);
  CHECK(run_relay({"--web", "/nowhere/at/all"}).code == 2);
  CHECK(run_relay({"--nonsense"}).code == 2);
  const Ended version = run_relay({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("tacet-relay "));
}
