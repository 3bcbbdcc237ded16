#include "live.h"

#include <sys/resource.h>

#include <thread>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

namespace {

struct Live {
  TemporaryFolder folder;
  Process process{folder.path()};
};

}  // namespace

TEST_CASE("what one client sends, the other gets, in order, and it is deleted when acknowledged") {
  Live live;
  LiveClient ada(live.process);
  LiveClient bob(live.process);
  CHECK(is<wire::Ok>(ada.make("ada")));
  CHECK(std::get<wire::Subscribed>(ada.subscribe("ada")).refused.empty());
  CHECK(is<wire::Ok>(bob.send("ada", "one")));
  CHECK(is<wire::Ok>(bob.send("ada", "two")));
  CHECK(is<wire::Ok>(bob.send("ada", "one")));  // a repeat
  for (std::uint64_t i = 1; i <= 2; ++i) {
    const wire::Msg msg = ada.next_msg();
    CHECK(msg.number == i);
    CHECK(msg.mailbox == named<wire::MailboxId>("ada"));
    CHECK(text_in(msg) == (i == 1 ? "one" : "two"));
  }
  CHECK(is<wire::Ok>(ada.acknowledge("ada", 1)));

  // Once more from the start: what was acknowledged is gone, what was not comes again.
  LiveClient again(live.process);
  again.subscribe("ada");
  CHECK(text_in(again.next_msg()) == "two");
}

TEST_CASE("Hello says what the relay can do, and its key stays the same over a restart") {
  TemporaryFolder folder;
  wire::ServerKey key;
  {
    Process process(folder.path());
    LiveClient first(process);
    LiveClient second(process);
    key = first.hello().server_key;
    CHECK(second.hello().server_key == key);
    CHECK_FALSE(first.hello().server_nonce == second.hello().server_nonce);
    CHECK(first.hello().quota_envelopes == 1000);
    CHECK(first.hello().quota_bytes == 32 << 20);
    CHECK(first.hello().max_retention_hours == 720);
    CHECK(first.hello().max_mailboxes_per_connection == 2000);
    CHECK(first.hello().accepts_new);
    CHECK(first.hello().clock_ms > 1'700'000'000'000);
  }
  Process process(folder.path());
  CHECK(LiveClient(process).hello().server_key == key);
}

TEST_CASE("a subscription needs a signature by the right key, for this host and this connection") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  const auto refused = [](const wire::Answer& answer) {
    return std::get<wire::Subscribed>(answer).refused.size();
  };
  CHECK(refused(ada.subscribe("nobody")) == 1);
  CHECK(refused(ada.subscribe("ada", 0, "other.example")) == 1);
  wire::Subscribe forged{named<wire::Nonce>("n"), {{named<wire::MailboxId>("ada"), 0, {}}}};
  CHECK(refused(ada.ask(forged)) == 1);
  // A proof that was good on another connection.
  LiveClient other(live.process);
  const auto mailbox = named<wire::MailboxId>("ada");
  const ByteVector proof =
      wire::subscribe_proof(live.process.host(), other.hello().server_nonce, forged.client_nonce, mailbox);
  forged.entries[0].signature = {crypto::ed25519_sign(reader_seed("ada"), proof).raw};
  CHECK(refused(ada.ask(forged)) == 1);
  CHECK(refused(other.ask(forged)) == 0);
  CHECK(refused(ada.subscribe("ada")) == 0);
}

TEST_CASE("with names given, those count and the Host header does not") {
  TemporaryFolder folder;
  Process process(folder.path(), {"--host", "Relay.Example", "--host", "other.example:8443"});
  LiveClient ada(process);
  ada.make("ada");
  CHECK(std::get<wire::Subscribed>(ada.subscribe("ada")).refused.size() == 1);
  CHECK(std::get<wire::Subscribed>(ada.subscribe("ada", 0, "relay.example")).refused.empty());
  CHECK(std::get<wire::Subscribed>(ada.subscribe("ada", 0, "other.example:8443")).refused.empty());
}

TEST_CASE("what needs a subscription says so") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  CHECK(is_error(ada.acknowledge("ada", 1), Code::not_subscribed));
  CHECK(is_error(ada.ask(wire::Delete{named<wire::MailboxId>("ada")}), Code::not_subscribed));
  CHECK(is_error(ada.ask(wire::KeysPut{named<wire::MailboxId>("ada"), {}, false, {}, {}, {}, {}}),
                 Code::not_subscribed));
  ada.subscribe("ada");
  ada.ask(wire::Unsubscribe{{named<wire::MailboxId>("ada")}});
  CHECK(is_error(ada.acknowledge("ada", 1), Code::not_subscribed));
}

TEST_CASE("only the owner of a mailbox stores, fetches and destroys shares in it, also after a kill -9") {
  Live live;
  const auto id = named<wire::MailboxId>("ada");
  const auto half = named<wire::ShareHalf>("half");
  {
    LiveClient ada(live.process);
    ada.make("ada");
    CHECK(is_error(ada.ask(wire::ShareStore{id, 1, half}), Code::not_subscribed));
    CHECK(is_error(ada.ask(wire::ShareFetch{id}), Code::not_subscribed));
    CHECK(is_error(ada.ask(wire::ShareKeepOnly{id, 0}), Code::not_subscribed));
    ada.subscribe("ada");
    CHECK(is<wire::Ok>(ada.ask(wire::ShareStore{id, 1, half})));
    CHECK(is<wire::Ok>(ada.ask(wire::ShareStore{id, 2, named<wire::ShareHalf>("next")})));
  }
  live.process.kill();
  Process again(live.folder.path());
  LiveClient ada(again);
  ada.subscribe("ada");
  const auto both = std::get<wire::Shares>(ada.ask(wire::ShareFetch{id}));
  REQUIRE(both.entries.size() == 2);
  CHECK(both.entries[0].half == half);
  CHECK(is<wire::Ok>(ada.ask(wire::ShareKeepOnly{id, 2})));
  const auto one = std::get<wire::Shares>(ada.ask(wire::ShareFetch{id}));
  REQUIRE(one.entries.size() == 1);
  CHECK(one.entries[0].number == 2);
}

TEST_CASE("a wrong token and a mailbox that is not there get the same answer") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  wire::Send send{named<wire::MailboxId>("ada"), named<wire::SendToken>("eve"), {}, 1, envelope("x")};
  CHECK(is_error(ada.ask(send), Code::no_access));
  send.mailbox = named<wire::MailboxId>("nobody");
  CHECK(is_error(ada.ask(send), Code::no_access));
}

TEST_CASE("requests sent without waiting are carried out in order") {
  Live live;
  LiveClient ada(live.process);
  LiveClient bob(live.process);
  const auto mailbox = named<wire::MailboxId>("ada");
  wire::Subscribe subscribe{named<wire::Nonce>("n"), {{mailbox, 0, {}}}};
  const ByteVector proof =
      wire::subscribe_proof(live.process.host(), ada.hello().server_nonce, subscribe.client_nonce, mailbox);
  subscribe.entries[0].signature = {crypto::ed25519_sign(reader_seed("ada"), proof).raw};
  const auto made = ada.post(wire::New{mailbox,
                                       {crypto::ed25519_public(reader_seed("ada")).raw},
                                       wire::token_hash(named<wire::SendToken>("ada")),
                                       {}});
  const auto subscribed = ada.post(subscribe);
  const auto put = ada.post(wire::KeysPut{mailbox, {}, false, {}, ByteVector(wire::kSpkSize), {}, {}});
  CHECK(is<wire::Ok>(ada.answer_to(made)));
  CHECK(std::get<wire::Subscribed>(ada.answer_to(subscribed)).refused.empty());
  CHECK(is<wire::Ok>(ada.answer_to(put)));

  constexpr int kMany = 400;
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < kMany; ++i) {
    const std::string text = std::to_string(i);
    ids.push_back(bob.post(wire::Send{mailbox, named<wire::SendToken>("ada"), named<wire::MessageId>(text),
                                      24, envelope(text)}));
  }
  for (const std::uint32_t id : ids) CHECK(is<wire::Ok>(bob.answer_to(id)));
  for (int i = 0; i < kMany; ++i) {
    if (i == 200) ada.acknowledge("ada", 200);
    CHECK(text_in(ada.next_msg()) == std::to_string(i));
  }
}

TEST_CASE("no more than the window is pushed before an acknowledgement") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  constexpr std::size_t kMore = kWindowEnvelopes + 20;
  for (std::size_t i = 0; i < kMore; ++i) ada.send("ada", std::to_string(i));
  ada.subscribe("ada");
  for (std::size_t i = 0; i < kWindowEnvelopes; ++i) CHECK(text_in(ada.next_msg()) == std::to_string(i));
  // Had there been another, it would come before this second answer.
  ada.ask(wire::Ping{});
  ada.make("other");
  ada.send("other", "from elsewhere");
  ada.subscribe("other");
  CHECK(text_in(ada.next_msg()) == "from elsewhere");  // another mailbox is not held up
  ada.acknowledge("ada", 10);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(text_in(ada.next_msg()) == std::to_string(kWindowEnvelopes + i));
  }
}

TEST_CASE("the newest connection for a mailbox wins, and the older is told why it is closed") {
  Live live;
  LiveClient older(live.process);
  older.make("ada");
  older.subscribe("ada");
  LiveClient newer(live.process);
  newer.subscribe("ada");
  CHECK(older.next_frame().close_code() == 4409);
  newer.send("ada", "hello");
  CHECK(text_in(newer.next_msg()) == "hello");
}

TEST_CASE("subscribing again on the same connection starts over") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  ada.subscribe("ada");
  ada.send("ada", "one");
  CHECK(text_in(ada.next_msg()) == "one");
  ada.subscribe("ada");
  CHECK(text_in(ada.next_msg()) == "one");
  ada.subscribe("ada", 1);
  ada.send("ada", "two");
  CHECK(text_in(ada.next_msg()) == "two");
}

TEST_CASE("prekeys go to a stranger once, and the owner hears when few are left") {
  Live live;
  LiveClient ada(live.process);
  LiveClient bob(live.process);
  ada.make("ada");
  ada.subscribe("ada");
  const auto mailbox = named<wire::MailboxId>("ada");
  wire::KeysPut put{mailbox,
                    {},
                    false,
                    ByteVector(wire::kIdentitySize, 1),
                    ByteVector(wire::kSpkSize, 2),
                    ByteVector(wire::kLrkSize, 3),
                    {}};
  for (Byte i = 0; i < 20; ++i) {
    put.otks.emplace_back(wire::kOtkSize, i);
    put.otks.back()[1] = i;
  }
  CHECK(is<wire::Ok>(ada.ask(put)));
  const auto get = [&](std::string_view asked) {
    return bob.ask(wire::KeysGet{mailbox, named<wire::SendToken>("ada"), named<wire::MessageId>(asked)});
  };
  const auto first = std::get<wire::Keys>(get("a"));
  CHECK(first.identity == put.identity);
  CHECK(first.otk == put.otks[0]);
  CHECK(std::get<wire::Keys>(get("a")).otk == put.otks[0]);
  const auto low = ada.next_unasked();
  REQUIRE(is<wire::LowStock>(low));
  CHECK(std::get<wire::LowStock>(low).left == 19);
  // And again when the owner comes back.
  LiveClient back(live.process);
  back.subscribe("ada");
  CHECK(std::get<wire::LowStock>(back.next_unasked()).left == 19);
  CHECK(is_error(bob.ask(wire::KeysGet{mailbox, named<wire::SendToken>("eve"), {}}), Code::no_access));
}

TEST_CASE("the owner of a full mailbox is told once that senders were refused") {
  TemporaryFolder folder;
  Process process(folder.path(), {"--quota-envelopes", "2"});
  LiveClient ada(process);
  ada.make("ada");
  ada.subscribe("ada");
  for (const char* text : {"1", "2"}) {
    ada.send("ada", text);
    ada.next_msg();
  }
  CHECK(is_error(ada.send("ada", "3"), Code::quota));
  CHECK(is<wire::QuotaReached>(ada.next_unasked()));
  CHECK(is_error(ada.send("ada", "3"), Code::quota));
  CHECK(is<wire::Ok>(ada.acknowledge("ada", 2)));
  CHECK(is<wire::Ok>(ada.send("ada", "3")));
  CHECK(text_in(ada.next_msg()) == "3");  // and no second notice before it
}

TEST_CASE("what is not a block is answered and the connection closed") {
  Live live;
  const auto answered_then_closed = [&](int opcode, const ByteVector& bytes) {
    LiveClient client(live.process);
    client.send_frame(opcode, bytes);
    Frame frame = client.next_frame();
    if (frame.kind == Frame::Kind::binary) {
      const auto block = wire::decode_server(as_bytes(frame.payload));
      REQUIRE(block);
      CHECK(is_error(block->answer, Code::malformed));
      frame = client.next_frame();
    }
    return frame.close_code();
  };
  CHECK(answered_then_closed(2, ByteVector(100)) == 1002);
  CHECK(answered_then_closed(2, ByteVector(512)) == 1002);
  CHECK(answered_then_closed(2, {}) == 1002);
  CHECK(answered_then_closed(1, ByteVector(512, 'a')) == 1003);
  CHECK(answered_then_closed(2, ByteVector(wire::kMaxBlock + 1)) == 1009);
}

TEST_CASE("an unknown type or version is answered as unsupported, and nothing else happens") {
  Live live;
  LiveClient client(live.process);
  ByteVector bytes = wire::encode(wire::ClientBlock{7, wire::Ping{}});
  bytes[1] = 0x55;
  client.send_frame(2, bytes);
  CHECK(is_error(client.answer_to(7), Code::unsupported));
  bytes[0] = 2;
  client.send_frame(2, bytes);
  CHECK(is_error(client.answer_to(7), Code::unsupported));
  CHECK(is<wire::Pong>(client.ask(wire::Ping{})));
}

TEST_CASE("a deleted mailbox is gone") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  ada.subscribe("ada");
  CHECK(is<wire::Ok>(ada.ask(wire::Delete{named<wire::MailboxId>("ada")})));
  CHECK(is_error(ada.send("ada", "x"), Code::no_access));
}

TEST_CASE("what was answered with OK survives kill -9, every time") {
  TemporaryFolder folder;
  std::uint64_t acknowledged = 0;
  int next_text = 0;
  for (int round = 0; round < 8; ++round) {
    std::vector<std::string> kept;
    {
      Process process(folder.path());
      LiveClient bob(process);
      if (round == 0) bob.make("ada");
      for (int i = 0; i < 5; ++i) {
        kept.push_back(std::to_string(next_text++));
        REQUIRE(is<wire::Ok>(bob.send("ada", kept.back())));
      }
      // And some whose answer nobody waits for.
      for (int i = 0; i < 20; ++i) {
        const std::string text = "unanswered " + std::to_string(round) + "/" + std::to_string(i);
        bob.post(wire::Send{named<wire::MailboxId>("ada"), named<wire::SendToken>("ada"),
                            named<wire::MessageId>(text), 24, envelope(text)});
      }
      process.kill();
    }
    Process process(folder.path());
    LiveClient ada(process);
    REQUIRE(std::get<wire::Subscribed>(ada.subscribe("ada", acknowledged)).refused.empty());
    for (const std::string& text : kept) {
      const wire::Msg msg = ada.next_msg();
      CHECK(text_in(msg) == text);
      CHECK(msg.number == ++acknowledged);
    }
    // What else was stored is whole and in order.
    ada.send("ada", "end of round " + std::to_string(round));
    for (bool end = false; !end;) {
      const wire::Msg msg = ada.next_msg();
      CHECK(msg.number == ++acknowledged);
      end = text_in(msg).starts_with("end of round");
    }
    CHECK(is<wire::Ok>(ada.acknowledge("ada", acknowledged)));
    process.kill();
  }
}

TEST_CASE("a full disk is Error busy and never OK, loses nothing, and is over when it is over") {
  Live live;
  LiveClient ada(live.process);
  ada.make("ada");
  REQUIRE(is<wire::Ok>(ada.send("ada", "before")));
  live.process.limit_files(std::filesystem::file_size(live.folder.path() + "/relay.sqlite-wal"));
  const wire::Answer full = ada.send("ada", "during");
  CHECK(is_error(full, Code::busy));
  CHECK(std::get<wire::Error>(full).retry_after_s > 0);
  CHECK(get(live.process.port(), "/healthz").starts_with("HTTP/1.1 503"));
  ada.subscribe("ada");
  CHECK(text_in(ada.next_msg()) == "before");

  live.process.limit_files(RLIM_INFINITY);
  CHECK(is<wire::Ok>(ada.send("ada", "during")));
  const wire::Msg after = ada.next_msg();
  CHECK(text_in(after) == "during");
  CHECK(after.number == 2);
  // It finds out by itself within a second or two; there is a test timeout for the case that it never does.
  while (!get(live.process.port(), "/healthz").starts_with("HTTP/1.1 200")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

TEST_CASE("SIGTERM: everyone is told, what was asked is answered, and it exits with 0") {
  TemporaryFolder folder;
  Process process(folder.path());
  LiveClient ada(process);
  ada.make("ada");
  const auto start = std::chrono::steady_clock::now();
  CHECK(process.terminate() == 0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  CHECK(is<wire::GoAway>(ada.next_unasked()));
  CHECK(ada.next_frame().close_code() == 1001);
  // Nothing of whom it served is in its log.
  const std::string log = process.log_after_end();
  CHECK(log.find("stopping") != std::string::npos);
  CHECK(log.find("127.0.0.1") == std::string::npos);
  CHECK(log.find(to_hex(named<wire::MailboxId>("ada").view()).substr(0, 8)) == std::string::npos);
}
