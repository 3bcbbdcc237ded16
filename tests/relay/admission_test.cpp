// Whom a relay lets make mailboxes, at a relay that runs.
#include <fstream>

#include "live.h"
#include "wire/chunk.h"
#include "wire/invite_code.h"
#include "wire/token.h"
#include "wire/work.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

namespace {

struct Configured {
  explicit Configured(const std::string& toml) {
    std::ofstream(folder.path() + "/relay.toml") << toml;
    process.emplace(data(), std::vector<std::string>{"--config", folder.path() + "/relay.toml"});
  }
  [[nodiscard]] std::string data() const { return folder.path() + "/data"; }
  [[nodiscard]] Ended invites(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", data(), "invites"});
    return run_relay(arguments);
  }

  TemporaryFolder folder;
  std::optional<Process> process;
};

wire::New new_mailbox(std::string_view name, wire::Credential credential = {}) {
  return {named<wire::MailboxId>(name),
          {crypto::ed25519_public(reader_seed(name)).raw},
          wire::token_hash(named<wire::SendToken>(name)),
          credential};
}

}  // namespace

TEST_CASE("a relay that wants invites lets in whom its operator gave a code, for as many mailboxes") {
  const Configured relay("[admission]\nkind = \"invite\"\n");
  LiveClient ada(*relay.process);
  CHECK(ada.hello().admission == wire::Admission::invite);
  CHECK(is_error(ada.ask(new_mailbox("one")), Code::not_admitted));

  const Ended added = relay.invites({"add", "newsroom", "--mailboxes", "2"});
  CHECK(added.code == 0);
  const auto code = wire::invite_code_in(added.out);
  REQUIRE_MESSAGE(code, added.out << added.err);
  CHECK(is<wire::Ok>(ada.ask(new_mailbox("one", *code))));
  CHECK(is<wire::Ok>(ada.ask(new_mailbox("one"))));
  CHECK(is<wire::Ok>(ada.ask(new_mailbox("two", *code))));
  CHECK(is_error(ada.ask(new_mailbox("three", *code)), Code::not_admitted));
  CHECK(is_error(ada.ask(new_mailbox("four", named<wire::InviteCode>("guess"))), Code::not_admitted));

  CHECK(relay.invites({"list"}).out.find("0 mailboxes left") != std::string::npos);
  CHECK(relay.invites({"list"}).out.find("newsroom") != std::string::npos);
  CHECK(relay.invites({"add", "newsroom", "--mailboxes", "2"}).code == 1);
  CHECK(relay.invites({"remove", "newsroom"}).code == 0);
  const Ended again = relay.invites({"remove", "newsroom"});
  CHECK(again.code == 1);
  CHECK(again.err.find("no invite of that label") != std::string::npos);
  CHECK(relay.invites({"list"}).out.find("There are no invites") != std::string::npos);
}

TEST_CASE("what an operator asks for wrongly is said in a sentence and changes nothing") {
  const Configured relay("");
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"add", "", "--mailboxes", "1"},
                                             {"add", std::string(65, 'x'), "--mailboxes", "1"},
                                             {"add", "two\nlines", "--mailboxes", "1"},
                                             {"add", "none", "--mailboxes", "0"},
                                             {"add", "less", "--mailboxes", "-1"},
                                             {"add", "over", "--mailboxes", "1", "--days", "0"},
                                             {"add", "long", "--mailboxes", "1", "--days", "4000"}}) {
    const Ended ended = relay.invites(wrong);
    CHECK(ended.code == 1);
    CHECK(ended.err.size() > 20);
    CHECK(ended.out.empty());
  }
  CHECK(relay.invites({"add", "label"}).code == 2);  // without --mailboxes
  CHECK(relay.invites({}).code == 2);
  CHECK(relay.invites({"list"}).out.find("There are no invites") != std::string::npos);
  const TemporaryFolder nowhere;
  const Ended nobody = run_relay({"--data", nowhere.path(), "invites", "list"});
  CHECK(nobody.code == 1);
  CHECK(nobody.err.find("No relay is running") != std::string::npos);
}

TEST_CASE("a relay that wants work lets in who did it, or who has an invite") {
  const Configured relay("[admission]\nkind = \"work\"\nwork_memory = \"1 MiB\"\nwork_bits = 4\n");
  LiveClient ada(*relay.process);
  const wire::Hello& hello = ada.hello();
  REQUIRE(hello.admission == wire::Admission::work);
  CHECK(hello.work == wire::WorkWanted{1024, 4});
  CHECK(is_error(ada.ask(new_mailbox("one")), Code::not_admitted));

  wire::Work good, bad;
  const auto bits = [&](wire::Work work) {
    return *wire::work_bits(hello.server_key, named<wire::MailboxId>("one"), work, hello.work);
  };
  while (bits(good) < 4) ++good.counter;
  while (bits(bad) >= 4) ++bad.counter;
  CHECK(is_error(ada.ask(new_mailbox("one", bad)), Code::not_admitted));
  // What comes behind it waits for it.
  const auto made = ada.post(new_mailbox("one", good));
  const auto pinged = ada.post(wire::Ping{});
  CHECK(is<wire::Ok>(ada.answer_to(made)));
  CHECK(is<wire::Pong>(ada.answer_to(pinged)));

  const auto code = wire::invite_code_in(relay.invites({"add", "friend", "--mailboxes", "1"}).out);
  REQUIRE(code);
  CHECK(is<wire::Ok>(ada.ask(new_mailbox("two", *code))));
}

TEST_CASE("an open relay asks for nothing") {
  const Configured relay("");
  LiveClient ada(*relay.process);
  CHECK(ada.hello().admission == wire::Admission::open);
  CHECK(is<wire::Ok>(ada.ask(new_mailbox("one"))));
}

TEST_CASE("files go up and down through a relay that runs, checked and resumed") {
  const Configured relay("[mailboxes]\nquota_files = \"80 KiB\"\n");
  LiveClient ada(*relay.process), bob(*relay.process);
  CHECK(ada.hello().quota_chunk_bytes == 80 << 10);
  REQUIRE(is<wire::Ok>(ada.make("ada")));
  const auto mailbox = named<wire::MailboxId>("ada");
  const auto token = named<wire::SendToken>("ada");
  const ByteVector one = envelope("one", 65536), two = envelope("two", 4096);
  const auto first = wire::chunk_digest(one), second = wire::chunk_digest(two);

  CHECK(is_error(bob.ask(wire::ChunkPut{mailbox, token, second, 24, one}), Code::refused));
  CHECK(is<wire::Ok>(bob.ask(wire::ChunkPut{mailbox, token, first, 24, one})));
  const auto missing = bob.ask(wire::ChunksWanted{mailbox, token, {first, second}});
  REQUIRE(is<wire::ChunksMissing>(missing));
  CHECK(std::get<wire::ChunksMissing>(missing).digests == std::vector{second});
  CHECK(is<wire::Ok>(bob.ask(wire::ChunkPut{mailbox, token, second, 24, two})));
  CHECK(is_error(bob.ask(wire::ChunkPut{mailbox, token, wire::chunk_digest(envelope("three", 16384)), 24,
                                        envelope("three", 16384)}),
                 Code::quota));

  const auto got = ada.ask(wire::ChunkGet{first});
  REQUIRE(is<wire::Chunk>(got));
  CHECK(std::get<wire::Chunk>(got).body == one);
  CHECK(is_error(ada.ask(wire::ChunksDrop{mailbox, {first}}), Code::not_subscribed));
  ada.subscribe("ada");
  CHECK(is<wire::Ok>(ada.ask(wire::ChunksDrop{mailbox, {first}})));
  CHECK(is_error(ada.ask(wire::ChunkGet{first}), Code::no_access));
  CHECK(is<wire::Chunk>(ada.ask(wire::ChunkGet{second})));
}
