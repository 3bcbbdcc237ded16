// The relay's half of the vault's key.
#include <set>

#include "client/world.h"
#include "vault/vault.h"

using namespace tacet;
using namespace tacet::test;

namespace {

struct Pair {
  explicit Pair(std::uint64_t seed) : world(seed), ada(world.person("Ada")), bob(world.person("Bob")) {
    ada.set_up();
    bob.set_up();
    world.befriend(ada, bob);
  }
  // Bob agrees, and his relay has half of the key.
  void agree() {
    bob.tell(SetRelayShare{true});
    REQUIRE(until(ShareView::State::settled));
  }
  [[nodiscard]] bool until(ShareView::State state) {
    return world.run_until([&] { return bob.view().share.state == state; });
  }
  World world;
  Person& ada;
  Person& bob;
};

}  // namespace

TEST_CASE("who agrees has half of the key at the relay, and it changes when a message is gone") {
  Pair p(41);
  CHECK(p.bob.view().share.state == ShareView::State::off);
  p.agree();
  CHECK(p.bob.view().share.relay == "relay.test");
  CHECK(p.world.relay().shares() == 1);
  p.ada.say("short", Clocks{Minutes(1), Seconds(0)});
  REQUIRE(p.world.run_until([&] { return p.bob.texts(false).size() == 1; }));
  p.world.run_for(Minutes(1));
  bool behind = false;
  REQUIRE(p.world.run_until(
      [&] {
        behind = behind || p.bob.view().share.state == ShareView::State::behind;
        return behind && p.bob.view().share.state == ShareView::State::settled;
      },
      Seconds(30)));
  CHECK(p.world.relay().shares() == 1);
}

TEST_CASE(
    "with half of its key at the relay a vault opens when the relay is there, and waits when it is not") {
  Pair p(42);
  p.agree();
  p.ada.say("kept");
  REQUIRE(p.world.run_until([&] { return p.bob.texts(false).size() == 1; }));
  p.bob.close();
  p.world.stop();
  p.bob.start();
  p.bob.unlock();
  REQUIRE(p.world.run_until([&] { return p.bob.view().problem == Problem::share_away; }));
  CHECK(p.bob.view().phase == Phase::awaiting_share);
  CHECK(p.bob.view().share.relay == "relay.test");
  p.world.restart();
  REQUIRE(p.world.run_until([&] { return p.bob.view().phase == Phase::open; }));
  CHECK(p.bob.texts(false).size() == 1);
  p.ada.say("and on");
  REQUIRE(p.world.run_until([&] { return p.bob.texts(false).size() == 2; }));
  REQUIRE(p.until(ShareView::State::settled));
}

TEST_CASE("a relay that lost the half costs the messages; who one is and whom one knows stays") {
  Pair p(43);
  p.agree();
  p.ada.say("lost with it");
  REQUIRE(p.world.run_until([&] { return p.bob.texts(false).size() == 1; }));
  p.bob.close();
  const auto fingerprint = p.ada.talk()->fingerprint;
  p.world.relay().forget();
  p.bob.start();
  p.bob.unlock();
  REQUIRE(p.world.run_until([&] { return p.bob.view().problem == Problem::share_lost; }));
  CHECK(p.bob.view().phase == Phase::awaiting_share);
  p.bob.tell(GiveUpShare{});
  REQUIRE(p.world.run_until([&] { return p.bob.view().phase == Phase::open; }));
  REQUIRE(p.bob.talk() != nullptr);
  CHECK(p.bob.talk()->messages.empty());
  CHECK(p.ada.talk()->fingerprint == fingerprint);
}

TEST_CASE("a relay that keeps no halves is named, and nothing else changes") {
  Pair p(44);
  p.world.relay().keeps_shares = false;
  p.bob.tell(SetRelayShare{true});
  REQUIRE(p.world.run_until([&] { return p.bob.view().share.problem == Problem::share_refused; }));
  CHECK(p.bob.view().share.state == ShareView::State::setting_up);
  p.ada.say("as before");
  REQUIRE(p.world.run_until([&] { return p.bob.texts(false).size() == 1; }));
  p.bob.close();
  p.bob.start();
  p.bob.unlock();
  REQUIRE(p.world.run_until([&] { return p.bob.view().phase == Phase::open; }));
}

TEST_CASE("who takes it back has nothing at the relay any more, and opens without it") {
  Pair p(45);
  p.agree();
  p.bob.tell(SetRelayShare{false});
  REQUIRE(p.until(ShareView::State::off));
  CHECK(p.world.relay().shares() == 0);
  p.bob.close();
  p.world.stop();
  p.bob.start();
  p.bob.unlock();
  CHECK(p.world.run_until([&] { return p.bob.view().phase == Phase::open; }));
}

TEST_CASE("a crash at any step of changing the half locks nobody out") {
  for (std::uint64_t seed = 50; seed < 75; ++seed) {
    INFO("seed ", seed);
    Pair p(seed);
    if (seed % 2 == 0) p.agree();
    p.ada.say("short", Clocks{Minutes(1), Seconds(0)});
    p.ada.say("kept");
    REQUIRE(p.world.run_until([&] { return p.bob.texts(false).size() == 2; }));
    if (seed % 2 == 1) p.bob.tell(SetRelayShare{true});
    if (seed % 2 == 0) p.world.run_for(Seconds(62));
    p.bob.crash_kind = seed % 3 == 0 ? Crash::drops : Crash::keeps;
    p.bob.crash_at = p.bob.effects_done + (seed - 50) / 2;
    p.world.run_for(Seconds(20));
    REQUIRE(p.world.run_until([&] { return p.bob.open(); }));
    REQUIRE(p.until(ShareView::State::settled));
    CHECK(p.world.relay().shares() == 1);
    CHECK(p.bob.texts(false).back() == "kept");
  }
}
