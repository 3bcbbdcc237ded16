// Wrong clocks: what they may not destroy, and what they may not bring back.
#include "client/clock.h"

#include <algorithm>

#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

namespace {

constexpr Days kYear{365};

bool sees(const Person& person, bool mine, const std::string& text) {
  const Texts texts = person.texts(mine);
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

struct Pair {
  explicit Pair(std::uint64_t seed) : world(seed), ada(world.person("Ada")), bob(world.person("Bob")) {
    ada.set_up();
    bob.set_up();
    world.befriend(ada, bob);
    ada.say("six days", Clocks{Days(6), Seconds(0)});
    REQUIRE(world.run_until([&] { return bob.texts(false) == Texts{"six days"}; }));
    bob.look();
    world.run_for(Seconds(5));
  }
  void reopen_bob(Millis clock_error) {
    bob.close();
    bob.clock_error = clock_error;
    bob.start();
    bob.unlock();
    REQUIRE(world.run_until([&] { return bob.view().phase == Phase::open; }));
  }
  World world;
  Person& ada;
  Person& bob;
};

}  // namespace

TEST_CASE(
    "a clock a year ahead destroys nothing while no relay has confirmed it, and shows nothing that is over") {
  Pair p(81);
  p.world.stop();
  p.reopen_bob(kYear);
  CHECK(p.bob.texts(false).empty());
  p.world.run_for(Hours(3));
  p.reopen_bob(Millis(0));
  CHECK(p.bob.texts(false) == Texts{"six days"});
}

TEST_CASE("a relay that says otherwise is heard before a clock a year ahead destroys anything") {
  Pair p(82);
  p.reopen_bob(kYear);
  REQUIRE(p.world.run_until([&] { return p.bob.has_notice(Problem::device_clock_wrong); }));
  p.world.run_for(Hours(3));
  p.reopen_bob(Millis(0));
  CHECK(p.bob.texts(false) == Texts{"six days"});
  p.world.run_for(Minutes(1));
  CHECK(!p.bob.has_notice(Problem::device_clock_wrong));
}

TEST_CASE("a clock that jumps a year ahead while the vault is open is no different") {
  Pair p(83);
  p.bob.clock_error = kYear;
  p.world.run_for(Minutes(2));
  CHECK(p.bob.texts(false).empty());
  CHECK(p.bob.has_notice(Problem::device_clock_wrong));
  p.reopen_bob(Millis(0));
  CHECK(p.bob.texts(false) == Texts{"six days"});
}

TEST_CASE(
    "a week away is a week: confirmed by the relay, what is over is destroyed and no clock brings it back") {
  Pair p(84);
  p.bob.close();
  p.world.run_for(Days(7));
  p.bob.start();
  p.bob.unlock();
  REQUIRE(p.world.run_until([&] { return p.bob.view().phase == Phase::open; }));
  CHECK(p.bob.texts(false).empty());
  p.world.run_for(Minutes(2));
  p.reopen_bob(-kYear);
  CHECK(p.bob.texts(false).empty());
  p.reopen_bob(Millis(0));
  CHECK(p.bob.texts(false).empty());
}

TEST_CASE("who comes back after a night and writes before a relay is reached writes now, not last evening") {
  Pair p(85);
  p.bob.close();
  p.world.run_for(Hours(9));
  p.world.stop();
  p.reopen_bob(Millis(0));
  p.bob.say("good morning", Clocks{Minutes(5), Seconds(0)});
  p.world.run_for(Minutes(2));
  CHECK(sees(p.bob, true, "good morning"));
  p.world.restart();
  REQUIRE(p.world.run_until([&] { return sees(p.ada, false, "good morning"); }));
  p.world.run_for(Minutes(4));
  CHECK(!sees(p.ada, false, "good morning"));
  CHECK(!sees(p.bob, true, "good morning"));
}

TEST_CASE("effective time is held at a jump, follows what both clocks agree on, and is let go by a relay") {
  const Time start = from_millis(1'800'000'000'000);
  client::Clock clock(start);
  clock.tell(start + Minutes(9));
  CHECK(!clock.held());
  CHECK(clock.now() == start + Minutes(9));
  clock.tell(start + Hours(1));
  CHECK(clock.now() == start + Hours(1));
  clock.tell(start + kYear);
  CHECK(clock.held());
  CHECK(clock.now() == start + Hours(1));
  CHECK(clock.claimed() == start + kYear);
  clock.tell(start + kYear + Minutes(5));
  CHECK(clock.now() == start + Hours(1) + Minutes(5));
  CHECK(!clock.relay_says(start + Hours(3)));
  CHECK(clock.now() == start + Hours(3));
  CHECK(!clock.relay_says(start - kYear));
  CHECK(clock.now() == start + Hours(3));
  CHECK(clock.relay_says(start + kYear + Minutes(6)));
  CHECK(!clock.held());
  CHECK(clock.now() == start + kYear + Minutes(6));
  clock.tell(start);
  CHECK(clock.now() == start + kYear + Minutes(6));
}
