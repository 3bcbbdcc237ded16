#include "nodes.h"

#include <random>
#include <set>
#include <thread>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

namespace {

wire::KeysPut keys(std::size_t count) {
  wire::KeysPut out;
  out.mailbox = named<wire::MailboxId>("ada");
  out.identity.assign(wire::kIdentitySize, 1);
  out.spk.assign(wire::kSpkSize, 2);
  out.lrk.assign(wire::kLrkSize, 3);
  for (std::size_t i = 0; i < count; ++i) out.otks.emplace_back(wire::kOtkSize, static_cast<Byte>(i + 1));
  return out;
}

// Whether the relay still talks to it.
bool alive(LiveClient& client) {
  client.post(wire::Ping{});
  for (;;) {
    const Frame frame = client.next_frame();
    if (frame.kind != Frame::Kind::binary) return false;
    const auto block = wire::decode_server(as_bytes(frame.payload));
    if (block && is<wire::Pong>(block->answer)) return true;
  }
}

// Waits until the relay has closed this connection because of a newer one.
bool displaced(LiveClient& client) {
  for (;;) {
    const Frame frame = client.next_frame();
    if (frame.kind == Frame::Kind::close) return frame.close_code() == static_cast<int>(Close::displaced);
    if (frame.kind == Frame::Kind::ended) return false;
  }
}

constexpr const char* kListeners =
    "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND usename = 'relay'"
    " AND datname = current_database()";

}  // namespace

TEST_CASE("a client at one node is woken by what is sent at another, and its acknowledgement counts at all") {
  Nodes nodes;
  const auto ada = nodes.client(0);
  REQUIRE(is<wire::Ok>(ada->make("ada")));
  ada->subscribe("ada");
  for (const char* text : {"one", "two", "three"}) CHECK(is<wire::Ok>(nodes.client(2)->send("ada", text)));
  CHECK(is<wire::Ok>(nodes.client(1)->send("ada", "one")));  // a repeat
  for (std::uint64_t number = 1; number <= 3; ++number) CHECK(ada->next_msg().number == number);
  CHECK(is<wire::Ok>(ada->acknowledge("ada", 2)));
  const auto again = nodes.client(1);
  again->subscribe("ada");
  CHECK(text_in(again->next_msg()) == "three");
  CHECK(again->hello().server_key == ada->hello().server_key);
  CHECK(nodes.process(2).terminate() == 0);
}

TEST_CASE("the newest connection for a mailbox wins, whichever node it is at") {
  Nodes nodes;
  auto first = nodes.client(0);
  first->make("ada");
  first->subscribe("ada");
  for (const std::size_t node : std::initializer_list<std::size_t>{2, 1, 0, 2}) {
    auto newer = nodes.client(node);
    newer->subscribe("ada");
    CHECK(displaced(*first));
    first = std::move(newer);
  }
  CHECK(is<wire::Ok>(nodes.client(1)->send("ada", "hello")));
  CHECK(text_in(first->next_msg()) == "hello");

  // Two at once: one of them, and not both, and not none.
  for (int round = 0; round < 5; ++round) {
    const auto left = nodes.client(0);
    const auto right = nodes.client(1);
    std::thread other([&] { left->subscribe("ada", 1); });
    right->subscribe("ada", 1);
    other.join();
    bool left_alive = true;
    bool right_alive = true;
    for (int i = 0; i < 600 && left_alive && right_alive; ++i) {
      left_alive = alive(*left);
      right_alive = alive(*right);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    CHECK(left_alive != right_alive);
    LiveClient& winner = left_alive ? *left : *right;
    const std::string text = "round " + std::to_string(round);
    CHECK(is<wire::Ok>(nodes.client(2)->send("ada", text)));
    while (text_in(winner.next_msg()) != text) {
    }
  }
}

TEST_CASE("one-time prekeys are handed out once over all nodes, and the owner hears that few are left") {
  Nodes nodes;
  const auto ada = nodes.client(0);
  ada->make("ada");
  ada->subscribe("ada");
  constexpr std::size_t kKeys = 40;
  REQUIRE(is<wire::Ok>(ada->ask(keys(kKeys))));
  constexpr std::size_t kEach = 30;
  std::vector<std::unique_ptr<LiveClient>> clients;
  std::vector<std::pair<std::size_t, std::uint32_t>> asked;
  for (std::size_t node = 0; node < Nodes::kCount; ++node) clients.push_back(nodes.client(node));
  const auto ask = [](std::size_t node, std::size_t i) {
    return wire::KeysGet{named<wire::MailboxId>("ada"), named<wire::SendToken>("ada"),
                         named<wire::MessageId>(std::to_string(node) + " " + std::to_string(i))};
  };
  for (std::size_t i = 0; i < kEach; ++i) {
    for (std::size_t node = 0; node < Nodes::kCount; ++node)
      asked.emplace_back(node, clients[node]->post(ask(node, i)));
  }
  std::multiset<ByteVector> got;
  for (const auto& [node, id] : asked) got.insert(std::get<wire::Keys>(clients[node]->answer_to(id)).otk);
  CHECK(got.count({}) == 3 * kEach - kKeys);
  CHECK(std::set<ByteVector>(got.begin(), got.end()).size() == kKeys + 1);
  // The same asker at another node.
  const auto once = std::get<wire::Keys>(clients[0]->ask(ask(0, 0)));
  CHECK(std::get<wire::Keys>(clients[2]->ask(ask(0, 0))).otk == once.otk);

  std::set<std::uint16_t> left;
  while (left.count(0) == 0) left.insert(std::get<wire::LowStock>(ada->next_unasked()).left);
  CHECK(*left.rbegin() < kLowStock);
}

TEST_CASE("a node that is killed loses nothing it said yes to, and its clients go on at another") {
  const char* given = std::getenv("TACET_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  const char* rounds = std::getenv("TACET_ROUNDS");
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = rounds != nullptr ? std::atoi(rounds) : 1; round > 0; --round) {
    Nodes nodes;
    const auto ada = nodes.client(0);
    ada->make("ada");
    ada->subscribe("ada");
    constexpr std::size_t kMessages = 120;
    const auto message = [](std::size_t i) {
      const std::string text = std::to_string(i);
      return wire::Send{named<wire::MailboxId>("ada"), named<wire::SendToken>("ada"),
                        named<wire::MessageId>(text), 24, envelope(text)};
    };
    std::set<std::size_t> promised;
    {
      const auto bob = nodes.client(1);
      std::vector<std::uint32_t> ids;
      for (std::size_t i = 0; i < kMessages; ++i) ids.push_back(bob->post(message(i)));
      const std::size_t killed_after = random() % kMessages;
      try {
        for (std::size_t i = 0; i < kMessages; ++i) {
          if (i == killed_after) nodes.process(1).kill();
          if (is<wire::Ok>(bob->answer_to(ids[i]))) promised.insert(i);
        }
      } catch (const ConnectionLost&) {
        // As it has to be.
      }
    }
    // What was promised reaches her though the node that took it is gone.
    std::set<std::string> got;
    std::uint64_t last = 0;
    const auto take = [&] {
      const wire::Msg msg = ada->next_msg();
      CHECK(msg.number > last);
      last = msg.number;
      CHECK(got.insert(text_in(msg)).second);
    };
    const auto has = [&](std::size_t i) { return got.count(std::to_string(i)) != 0; };
    while (!std::all_of(promised.begin(), promised.end(), has)) take();
    // nginx sends him elsewhere; what he does not know of, he sends again.
    const auto bob = nodes.client();
    for (std::size_t i = 0; i < kMessages; ++i) {
      if (promised.count(i) == 0) CHECK(is<wire::Ok>(bob->ask(message(i))));
    }
    while (got.size() < kMessages) take();
  }
}

TEST_CASE("what a node could not hear while it was cut off, it looks up afterwards") {
  Nodes nodes;
  const auto ada = nodes.client(0);
  const auto old_eve = nodes.client(0);
  const auto carol = nodes.client(2);
  for (const char* name : {"ada", "carol", "eve"}) ada->make(name);
  ada->subscribe("ada");
  // Node 2 has every connection that it needs.
  carol->subscribe("carol");
  carol->send("carol", "note");
  carol->next_msg();
  old_eve->subscribe("eve");
  nodes.wait_for_rows(kListeners, 3);
  // Nobody may connect anew, and nobody listens any more: what is written meanwhile is heard by no node.
  nodes.run("ALTER ROLE relay NOLOGIN");
  nodes.run(std::string(kListeners).replace(7, 0, "pg_terminate_backend(pid) "));
  nodes.wait_for_rows(kListeners, 0);
  CHECK(is<wire::Ok>(nodes.client(2)->send("ada", "unheard")));
  const auto new_eve = nodes.client(2);
  new_eve->subscribe("eve");
  CHECK(alive(*old_eve));
  nodes.run("ALTER ROLE relay LOGIN");
  CHECK(text_in(ada->next_msg()) == "unheard");
  CHECK(displaced(*old_eve));
  CHECK(alive(*new_eve));
}

TEST_CASE("while the database is away everyone is told so, and afterwards all goes on") {
  Nodes nodes;
  const auto ada = nodes.client(0);
  const auto bob = nodes.client(2);
  ada->make("ada");
  ada->subscribe("ada");
  CHECK(is<wire::Ok>(bob->send("ada", "before")));
  CHECK(text_in(ada->next_msg()) == "before");
  PostgresCluster::instance().stop();
  CHECK(is_error(bob->send("ada", "meanwhile"), Code::busy));
  CHECK_FALSE(nodes.healthy(2));
  PostgresCluster::instance().start();
  nodes.wait_until_healthy();
  CHECK(is<wire::Ok>(bob->send("ada", "after")));
  CHECK(text_in(ada->next_msg()) == "after");
}

TEST_CASE("a commit that did not reach its standby is not said yes to") {
  Nodes nodes;
  const auto ada = nodes.client(0);
  const auto bob = nodes.client(1);
  ada->make("ada");
  nodes.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  nodes.run("SELECT pg_reload_conf()");
  // The setting takes effect a little later: one after the other, until one waits.
  std::atomic<bool> enough = false;
  std::size_t sent = 0;
  wire::Answer last;
  std::thread sender([&] {
    while (!enough) last = bob->send("ada", std::to_string(sent++));
  });
  constexpr const char* kWaiting =
      "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()"
      " AND query = 'COMMIT'";
  nodes.wait_for_rows(kWaiting, 1);
  enough = true;
  // Somebody is impatient. The database calls that a success, with a warning.
  nodes.run(std::string(kWaiting).replace(7, 0, "pg_cancel_backend(pid) "));
  sender.join();
  CHECK(is_error(last, Code::busy));
  nodes.run("ALTER SYSTEM RESET synchronous_standby_names");
  nodes.run("SELECT pg_reload_conf()");
  nodes.wait_until_healthy();
  CHECK(is<wire::Ok>(bob->send("ada", std::to_string(sent - 1))));
  ada->subscribe("ada");
  for (std::size_t i = 0; i < sent; ++i) CHECK(text_in(ada->next_msg()) == std::to_string(i));
}
