#include "relay/config.h"

#include <fstream>

#include "live.h"
#include "relay/store/sqlite.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string example() {
  return file_text(TACET_TESTS_DIR "/../packaging/tacet-relay.toml");
}

// Where "key = value" stands in the text, and its value.
std::string replaced(std::string text, const std::string& line, const std::string& with) {
  const std::size_t at = text.find("\n" + line + "\n");
  REQUIRE_MESSAGE(at != std::string::npos, line);
  return text.replace(at + 1, line.size(), with);
}

std::string mistake(const std::string& text) {
  const auto config = parse_config(text, "r.toml");
  REQUIRE_FALSE(config);
  return config.error();
}

// Puts a file somewhere and says where.
struct File {
  TemporaryFolder folder;
  std::string path = folder.path() + "/relay.toml";
  explicit File(const std::string& text) { write(text); }
  void write(const std::string& text) const { std::ofstream(path, std::ios::trunc) << text; }
};

bool same(const Config& a, const Config& b) {
  return needs_restart(a, b).empty() && a.hosts == b.hosts && a.tls.certificate == b.tls.certificate &&
         a.tls.key == b.tls.key && a.quota.envelopes == b.quota.envelopes && a.quota.bytes == b.quota.bytes &&
         a.terms == b.terms && a.limits.connections == b.limits.connections &&
         a.limits.drain == b.limits.drain && a.log == b.log;
}

}  // namespace

TEST_CASE("the example says every key with its default") {
  const auto config = parse_config(example(), "tacet-relay.toml");
  REQUIRE_MESSAGE(config, config.error());
  CHECK(same(*config, Config()));
  CHECK(same(*parse_config("", "empty"), Config()));

  // There is no key that it leaves out: what a refusal lists is what it has.
  for (const std::string& section :
       {std::string(), std::string("listen"), std::string("tls"), std::string("mailboxes"),
        std::string("limits"), std::string("metrics"), std::string("log")}) {
    const std::string said = mistake((section.empty() ? "" : "[" + section + "]\n") + "nonsense = 1\n");
    std::string names = said.substr(said.rfind("There are: ") + 11);
    names.back() = ',';
    std::size_t count = 0;
    for (std::size_t at = 0, end; (end = names.find(',', at)) != std::string::npos; at = end + 2, ++count) {
      const std::string name = names.substr(at, end - at);
      const std::string text = example();
      CHECK_MESSAGE((text.find("\n" + name + " = ") != std::string::npos ||
                     text.find("\n[" + name + "]\n") != std::string::npos),
                    name);
    }
    CHECK(count > 0);
  }
}

TEST_CASE("what the file says is what the relay has") {
  const auto config = parse_config(R"(
database = "service=tacet"
data = "/srv/tacet"
web = "/tmp"
hosts = ["Chat.Example.org", "[::1]:8443"]
[listen]
address = "::"
port = 443
[mailboxes]
accepts_new = false
retires_at = 2027-03-01T12:00:00+01:00
max_retention_hours = 48
quota_envelopes = 10
quota_bytes = "1 MiB"
[limits]
connections = 5
memory = 134_217_728
drain_seconds = 0
[metrics]
listen = "[::1]:9464"
[log]
level = "warning"
)",
                                   "r.toml");
  REQUIRE_MESSAGE(config, config.error());
  CHECK(config->database == "service=tacet");
  CHECK(config->data == "/srv/tacet");
  CHECK(config->web == "/tmp");
  CHECK(config->hosts == std::vector<std::string>{"chat.example.org", "[::1]:8443"});
  CHECK(config->listen.ip == "::");
  CHECK(config->listen.port == 443);
  CHECK_FALSE(config->terms.accepts_new);
  CHECK(config->terms.retires_at_ms == 1'803'898'800'000);
  CHECK(config->terms.max_retention_hours == 48);
  CHECK(config->quota.envelopes == 10);
  CHECK(config->quota.bytes == 1 << 20);
  CHECK(config->limits.connections == 5);
  CHECK(config->memory == 128 << 20);
  CHECK(config->limits.drain.count() == 0);
  CHECK(config->metrics->ip == "::1");
  CHECK(config->metrics->port == 9464);
  CHECK(config->log == LogLevel::warning);
  CHECK(parse_config("mailboxes.retires_at = 2027-03-01", "r")->terms.retires_at_ms == 1'803'859'200'000);
}

TEST_CASE("a mistake is refused with its line, column, key and reason") {
  CHECK(
      mistake("hosts = []\nprot = 1\n") ==
      "r.toml:2:1: prot: there is no such key. There are: admission, data, database, hosts, limits, listen, "
      "log, mailboxes, metrics, tls, web.");
  CHECK(mistake("[admission]\nkind = \"closed\"\n") ==
        "r.toml:2:8: admission.kind: must be \"open\", \"invite\" or \"work\".");
  CHECK(mistake("[admission]\nwork_bits = 21\n") ==
        "r.toml:2:13: admission.work_bits: must be a whole number from 1 to 20.");
  CHECK(mistake("[listen]\n  prot = 1\n") ==
        "r.toml:2:3: listen.prot: there is no such key in [listen]. There are: address, port.");
  CHECK(mistake("[listen]\nport = \"80\"\n") ==
        "r.toml:2:8: listen.port: must be a whole number from 0 to 65535, and is a string.");
  CHECK(mistake("[listen]\nport = 65536\n") ==
        "r.toml:2:8: listen.port: must be a whole number from 0 to 65535.");
  CHECK(mistake("listen = 8080") == "r.toml:1:10: listen: must be a table, [listen], and is a whole number.");
  CHECK(mistake("[listen]\naddress = \"localhost\"\n")
            .starts_with("r.toml:2:11: listen.address: must be an IP address"));
  CHECK(mistake("[listen]\nport = 1\nport = 2\n").starts_with("r.toml:3:"));
  CHECK(mistake("[listen]\nport = 1\nport = 2\n").find("'port'") != std::string::npos);
  CHECK(mistake("hosts = [\"a.example\", 7]") ==
        "r.toml:1:23: hosts: must hold strings only, and is a whole number.");
  CHECK(mistake("hosts = [\"https://a.example/\"]")
            .starts_with("r.toml:1:10: hosts: \"https://a.example/\" is not a name"));
  CHECK(mistake("hosts = \"a.example\"").starts_with("r.toml:1:9: hosts: must be a list of strings"));
  CHECK(mistake("web = \"/nowhere/at/all\"") == "r.toml:1:7: web: the folder /nowhere/at/all is not there.");
  CHECK(mistake("data = true") == "r.toml:1:8: data: must be a string, and is true or false.");
  CHECK(mistake("[mailboxes]\naccepts_new = \"no\"")
            .starts_with("r.toml:2:15: mailboxes.accepts_new: must be true or false"));
  for (const char* date : {"\"2027-03-01\"", "2027-03-01T12:00:00", "1", "12:00:00"}) {
    CHECK(mistake(std::string("[mailboxes]\nretires_at = ") + date)
              .starts_with("r.toml:2:14: mailboxes.retires_at: must be a date without quotes"));
  }
  for (const char* size :
       {"\"32\"", "\"32 MB\"", "\"MiB\"", "-1", "1", "\"18446744073709551615 GiB\"", "1.5"}) {
    CHECK(mistake(std::string("[mailboxes]\nquota_bytes = ") + size)
              .starts_with("r.toml:2:15: mailboxes.quota_bytes: must be a size such as \"32 MiB\""));
  }
  CHECK(mistake("[mailboxes]\nmax_retention_hours = 721")
            .starts_with("r.toml:2:23: mailboxes.max_retention_hours: "));
  for (const char* place : {"\"0.0.0.0:9464\"", "\"9464\"", "\"127.0.0.1\"", "\"127.0.0.1:99999\""}) {
    CHECK(mistake(std::string("[metrics]\nlisten = ") + place)
              .starts_with("r.toml:2:10: metrics.listen: must be an address and port of this machine alone"));
  }
  CHECK(mistake("[log]\nlevel = \"loud\"").starts_with("r.toml:2:9: log.level: must be \"debug\""));
  CHECK(mistake("[tls]\ncertificate = \"/nowhere.pem\"")
            .starts_with("r.toml:2:15: tls.certificate: the file /nowhere.pem is not there"));
  CHECK(mistake("[tls]\ncertificate = \"/proc/self/status\"") ==
        "r.toml:2:15: tls.certificate: a certificate and its key go together.");
  CHECK(mistake("[listen\n").starts_with("r.toml:1:8: not TOML: "));
  // Every mistake is told, in the order of the lines.
  const std::string two = mistake("web = 1\n[log]\nlevel = 2\n[listen]\nnope = 3\n");
  CHECK(two.find("r.toml:1:7: web") == 0);
  CHECK(two.find("\nr.toml:3:9: log.level") < two.find("\nr.toml:5:1: listen.nope"));
}

TEST_CASE("check-config says ok or what is wrong, and a wrong file starts nothing") {
  const File good(example());
  const Ended ok = run_relay({"check-config", good.path});
  CHECK(ok.code == 0);
  CHECK(ok.out == "ok\n");
  CHECK(ok.err.empty());

  const File bad(replaced(example(), "port = 8080", "port = -1"));
  const Ended wrong = run_relay({"check-config", bad.path});
  CHECK(wrong.code == 2);
  CHECK(wrong.out.empty());
  CHECK(wrong.err.find("relay.toml:") != std::string::npos);
  CHECK(wrong.err.find(": listen.port: must be a whole number from 0 to 65535.\n") != std::string::npos);

  const std::string data = bad.folder.path() + "/data";
  const Ended refused = run_relay({"--config", bad.path, "--data", data});
  CHECK(refused.code == 2);
  CHECK(refused.out.empty());
  CHECK(refused.err == wrong.err + "Nothing was started.\n");
  CHECK_FALSE(std::filesystem::exists(data));

  const Ended none = run_relay({"--config", "/nowhere.toml"});
  CHECK(none.code == 2);
  CHECK(none.err == "/nowhere.toml: there is no such file.\nNothing was started.\n");
  CHECK(run_relay({"check-config"}).code == 2);
}

TEST_CASE("nothing is kept for longer than the operator allows") {
  const File file("[mailboxes]\nmax_retention_hours = 24\n");
  TemporaryFolder data;
  Process process(data.path(), {"--config", file.path});
  {
    LiveClient ada(process);
    ada.make("ada");
    CHECK(is<wire::Ok>(ada.send("ada", "long", 720)));
    CHECK(is<wire::Ok>(ada.send("ada", "short", 3)));
  }
  CHECK(process.terminate() == 0);
  Database database(data.path() + "/relay.sqlite", Database::Mode::read);
  CHECK(database.integer("SELECT max(due - stored_at) FROM envelope") == 24 * 3'600'000);
  CHECK(database.integer("SELECT min(due - stored_at) FROM envelope") == 3 * 3'600'000);
}

TEST_CASE("the command line wins over the file, and clients hear what it says") {
  const File file(
      "hosts = [\"from.file\"]\n[mailboxes]\naccepts_new = false\nretires_at = 2030-01-01\n"
      "max_retention_hours = 24\nquota_envelopes = 7\nquota_bytes = \"1 MiB\"\n");
  TemporaryFolder data;
  {
    const Process first(data.path());
    LiveClient ada(first);
    CHECK(is<wire::Ok>(ada.make("ada")));
  }
  const Process process(data.path(), {"--config", file.path, "--quota-envelopes", "9"});
  LiveClient ada(process);
  CHECK_FALSE(ada.hello().accepts_new);
  CHECK(ada.hello().retires_at_ms == 1'893'456'000'000);
  CHECK(ada.hello().max_retention_hours == 24);
  CHECK(ada.hello().quota_envelopes == 9);
  CHECK(ada.hello().quota_bytes == 1 << 20);
  // No new mailbox; but one that is there is said to be there.
  CHECK(is_error(ada.make("bob"), wire::Code::refused));
  CHECK(is<wire::Ok>(ada.make("ada")));
  CHECK(std::get<wire::Subscribed>(ada.subscribe("ada", 0, "from.file")).refused.empty());
  CHECK(std::get<wire::Subscribed>(ada.subscribe("ada", 0, process.host())).refused.size() == 1);
}
