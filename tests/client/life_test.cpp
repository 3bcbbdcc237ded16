// Messages and what can happen to them: absence, crashes, time.
#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

namespace {

struct Pair {
  explicit Pair(std::uint64_t seed) : world(seed), ada(world.person("Ada")), bob(world.person("Bob")) {
    ada.set_up();
    bob.set_up();
    world.befriend(ada, bob);
  }
  World world;
  Person& ada;
  Person& bob;
};

void reopen(World& world, Person& person) {
  person.start();
  person.unlock();
  REQUIRE(world.run_until([&] { return person.view().phase == Phase::open; }));
}

// Everything Bob has from Ada after "it is …".
Texts heard(const Person& person) {
  return person.texts(false);
}

}  // namespace

TEST_CASE("who was away has it all when back, in order, once") {
  Pair p(2);
  p.bob.close();
  for (int i = 0; i < 30; ++i) p.ada.say(std::to_string(i));
  p.world.run_for(Hours(20));
  CHECK(p.ada.talk()->messages.back().delivery == Delivery::sent);
  reopen(p.world, p.bob);
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 30; }));
  for (int i = 0; i < 30; ++i) CHECK(heard(p.bob)[static_cast<std::size_t>(i)] == std::to_string(i));
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->messages.back().delivery == Delivery::delivered; }));
  CHECK(p.world.run_until([&] { return p.world.relay().stored() == 0; }));
}

TEST_CASE("what is written while the relay is away waits visibly and arrives once") {
  Pair p(3);
  p.world.stop();
  p.ada.say("one");
  p.world.run_for(Minutes(10));
  p.ada.say("two");
  p.world.run_for(Seconds(1));
  CHECK(p.ada.talk()->messages.back().delivery == Delivery::waiting);
  CHECK(p.ada.view().relays.at(0).problem == Problem::relay_unreachable);
  CHECK(p.ada.view().relays.at(0).next_try.has_value());
  p.world.restart();
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 2; }));
  CHECK(heard(p.bob) == Texts{"one", "two"});
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->messages.back().delivery == Delivery::delivered; }));
  CHECK_FALSE(p.ada.view().relays.at(0).problem.has_value());
}

TEST_CASE("a person who does not want to wait can have it tried at once") {
  Pair p(4);
  p.world.stop();
  p.world.run_for(Minutes(20));
  p.world.restart();
  p.ada.tell(RetryNow{});
  REQUIRE(p.world.run_until([&] { return p.ada.view().relays.at(0).state == RelayView::State::online; },
                            Millis(100)));
}

TEST_CASE("after a reload everything unexpired is there") {
  Pair p(5);
  p.ada.say("still here");
  p.bob.say("so am I");
  p.world.run_for(Minutes(1));
  const auto mine = p.ada.texts(true);
  const auto theirs = p.ada.texts(false);
  CHECK(p.ada.talk()->messages.at(1).delivery == Delivery::delivered);
  p.ada.close();
  reopen(p.world, p.ada);
  CHECK(p.ada.texts(true) == mine);
  CHECK(p.ada.texts(false) == theirs);
  CHECK(p.ada.talk()->messages.at(1).delivery == Delivery::delivered);
  CHECK(p.ada.talk()->name == "Bob");
  CHECK(p.ada.view().my_name == "Ada");
}

TEST_CASE("what expires while its reader is away is gone at the next start and leaves a trace") {
  Pair p(6);
  p.bob.say("read me soon", Clocks{Minutes(5), Seconds(0)});
  p.bob.say("read me later", Clocks{Days(2), Seconds(0)});
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->unseen == 3; }));
  p.ada.close();
  p.world.run_for(Hours(1));
  CHECK(p.bob.texts(true) == Texts{"it is Bob", "read me later"});
  reopen(p.world, p.ada);
  CHECK(p.ada.texts(false) == Texts{"it is Bob", "†", "read me later"});
  CHECK(p.ada.talk()->unseen == 3);
  p.ada.look();
  CHECK(p.ada.talk()->unseen == 0);
}

TEST_CASE("what expires at the relay or on the way leaves no text, and what expires on screen is gone") {
  Pair p(7);
  p.ada.close();
  p.bob.say("too late", Clocks{Minutes(30), Seconds(0)});
  p.world.run_for(Minutes(40));  // the relay keeps whole hours
  reopen(p.world, p.ada);
  REQUIRE(p.world.run_until([&] { return heard(p.ada).size() == 2; }));
  CHECK(heard(p.ada) == Texts{"it is Bob", "†"});

  p.bob.say("in time", Clocks{Minutes(5), Seconds(0)});
  REQUIRE(p.world.run_until([&] { return heard(p.ada).size() == 3; }));
  p.ada.look();
  p.world.run_for(Minutes(6));
  CHECK(heard(p.ada) == Texts{"it is Bob", "†"});
  p.bob.say("unseen", Clocks{Minutes(5), Seconds(0)});
  p.world.run_for(Minutes(6));
  CHECK(heard(p.ada) == Texts{"it is Bob", "†", "†"});
  CHECK(p.bob.texts(true) == Texts{"it is Bob"});
}

TEST_CASE("a message burns at both ends after it was read, also when its reader restarts") {
  Pair p(8);
  p.ada.say("ashes", Clocks{Days(6), Minutes(10)});
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 1; }));
  p.world.run_for(Hours(3));
  CHECK(heard(p.bob).size() == 1);
  p.bob.look();
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->messages.back().delivery == Delivery::read; }));
  CHECK(p.ada.talk()->messages.back().burns_at.has_value());
  p.bob.close();
  p.world.run_for(Minutes(9));
  reopen(p.world, p.bob);
  CHECK(heard(p.bob).size() == 1);
  p.world.run_for(Minutes(2));
  CHECK(heard(p.bob).empty());
  CHECK(p.ada.texts(true).empty());
}

TEST_CASE("a clock turned back brings nothing back to life") {
  Pair p(9);
  p.bob.say("mortal", Clocks{Minutes(5), Seconds(0)});
  p.world.run_for(Minutes(10));
  CHECK(heard(p.ada) == Texts{"it is Bob", "†"});
  p.world.run_for(Hours(2));  // the mark is kept hourly
  p.bob.say("also mortal", Clocks{Hours(1), Seconds(0)});
  p.world.run_for(Seconds(5));
  p.ada.clock_error = -Days(1);
  p.ada.tell(TimePassed{});
  p.world.run_for(Seconds(5));
  p.ada.close();
  reopen(p.world, p.ada);
  CHECK(heard(p.ada).at(1) == "†");
  p.world.run_for(Minutes(2));
  CHECK(p.ada.has_notice(Problem::device_clock_wrong));
  p.ada.say("and we go on talking");
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 1; }));
}

TEST_CASE("a relay that lies about the time ends no life early, and is noticed") {
  Pair p(10);
  p.bob.say("precious", Clocks{Hours(1), Seconds(0)});
  p.world.run_for(Seconds(5));
  p.world.relay().clock_error = Days(1000);
  p.world.run_for(Minutes(5));
  CHECK(p.ada.has_notice(Problem::device_clock_wrong));
  CHECK(heard(p.ada) == Texts{"it is Bob", "precious"});
}

TEST_CASE("wherever the process dies, every message arrives exactly once") {
  // What each of them writes; the one who dies says again what was lost before it was safe.
  const auto run = [](std::optional<std::size_t> crash_at, bool ada_dies) {
    Pair p(11);
    Person& victim = ada_dies ? p.ada : p.bob;
    victim.effects_done = 0;
    victim.crash_at = crash_at.value_or(SIZE_MAX);
    const Texts words = {"a0", "a1"};
    const auto has = [](const Person& person, const std::string& text) {
      const auto all = person.texts(true);
      return std::find(all.begin(), all.end(), text) != all.end();
    };
    for (const std::string& word : words) {
      for (Person* person : {&p.ada, &p.bob}) {
        if (person->view().phase == Phase::open) person->say(word);
        p.world.run_for(Millis(37));
        REQUIRE(p.world.run_until([&] { return person->view().phase == Phase::open; }));
        if (!has(*person, word)) person->say(word);
      }
      p.bob.look();
    }
    const bool done = p.world.run_until(
        [&] {
          for (Person* person : {&p.ada, &p.bob}) {
            if (person->view().phase != Phase::open || heard(*person).size() < (person == &p.ada ? 3U : 2U))
              return false;
          }
          return p.ada.talk()->messages.back().delivery >= Delivery::delivered ||
                 !p.ada.talk()->messages.back().mine;
        },
        Hours(1));
    p.world.run_for(Minutes(2));
    CAPTURE(crash_at.value_or(0));
    CHECK(done);
    const std::size_t effects = victim.effects_done;
    // Who died at the very last is back.
    REQUIRE(p.world.run_until(
        [&] { return p.ada.view().phase == Phase::open && p.bob.view().phase == Phase::open; }));
    p.world.run_for(Minutes(1));
    Texts from_ada = heard(p.bob);
    Texts from_bob = heard(p.ada);
    std::sort(from_ada.begin(), from_ada.end());
    std::sort(from_bob.begin(), from_bob.end());
    CHECK(from_ada == words);
    CHECK(from_bob == Texts{"a0", "a1", "it is Bob"});
    CHECK_FALSE(p.ada.has_notice(Problem::session_broken));
    CHECK_FALSE(p.bob.has_notice(Problem::session_broken));
    for (const MessageView& message : p.ada.talk()->messages) {
      if (message.mine) CHECK(message.delivery >= Delivery::delivered);
    }
    return effects;
  };
  for (const bool ada_dies : {true, false}) {
    const std::size_t effects = run(std::nullopt, ada_dies);
    CHECK(effects > 30);
    for (std::size_t i = 0; i < effects; ++i) run(i, ada_dies);
  }
}

TEST_CASE("nothing leaves before it is durable, and a full disk loses nothing") {
  Pair p(12);
  p.ada.disk.refuses = vault::FileError::no_space;
  p.ada.say("patience");
  p.bob.say("are you there?");
  p.world.run_for(Minutes(5));
  CHECK(p.ada.has_notice(Problem::storage_full));
  CHECK(p.ada.talk()->messages.back().delivery == Delivery::saving);
  CHECK(p.ada.view().saving);
  CHECK(heard(p.bob).empty());
  CHECK(heard(p.ada) == Texts{"it is Bob"});
  CHECK(p.bob.talk()->messages.back().delivery == Delivery::sent);
  CHECK(p.world.relay().stored() == 1);  // not acknowledged
  p.ada.disk.refuses.reset();
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 1 && heard(p.ada).size() == 2; }));
  CHECK_FALSE(p.ada.has_notice(Problem::storage_full));
}

TEST_CASE("a relay that has lost everything is filled again") {
  Pair p(13);
  p.bob.close();
  p.ada.say("once stored");
  p.world.run_for(Minutes(1));
  CHECK(p.ada.talk()->messages.back().delivery == Delivery::sent);
  p.world.stop();
  p.world.relay().forget();
  p.world.restart();
  p.world.run_for(Minutes(2));
  reopen(p.world, p.bob);
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 1; }, Hours(1)));
  p.bob.say("and back");
  REQUIRE(p.world.run_until([&] { return heard(p.ada).size() == 2; }, Hours(1)));
  CHECK(p.ada.view().notices.empty());
}

TEST_CASE("what a relay swallowed while the talk went on arrives in a new envelope, once and in its place") {
  Pair p(20);
  int swallowed = 0;
  p.world.relay().swallows = [&](const wire::Send&) { return swallowed++ == 0; };
  p.ada.say("lost");
  p.world.run_for(Seconds(5));
  REQUIRE(swallowed == 1);
  for (int i = 0; i < 8; ++i) {  // more steps than the ratchet keeps skipped keys for
    p.bob.say("b");
    p.world.run_for(Seconds(5));
    p.ada.say("a");
    p.world.run_for(Seconds(5));
  }
  CHECK(heard(p.bob) == Texts(8, "a"));
  p.world.run_for(Hours(14));
  Texts all(8, "a");
  all.insert(all.begin(), "lost");
  CHECK(heard(p.bob) == all);
  CHECK_FALSE(p.bob.has_notice(Problem::envelope_unreadable));
  for (const MessageView& message : p.ada.talk()->messages) {
    if (message.mine) CHECK(message.delivery == Delivery::delivered);
  }
}

TEST_CASE("a relay that repeats and stalls changes nothing in the end") {
  Pair p(14);
  p.world.relay().duplicate_percent = 50;
  for (int i = 0; i < 10; ++i) {
    p.ada.say(std::to_string(i));
    p.world.run_for(Seconds(3));
  }
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 10; }));
  p.world.relay().stall_percent = 40;
  for (int i = 10; i < 20; ++i) p.ada.say(std::to_string(i));
  p.world.run_for(Minutes(1));
  p.world.relay().stall_percent = 0;
  p.world.stop();
  p.world.restart();
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 20; }, Hours(1)));
}

TEST_CASE("a full, a busy and a vanished mailbox are each said, and the message waits") {
  Pair p(15);
  p.world.relay().full = true;
  p.ada.say("one");
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->problem == Problem::mailbox_full; }));
  CHECK(p.ada.talk()->messages.back().problem == Problem::mailbox_full);
  CHECK(p.ada.talk()->messages.back().delivery == Delivery::waiting);
  p.world.relay().full = false;
  REQUIRE(p.world.run_until([&] { return heard(p.bob) == Texts{"one"}; }));
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->messages.back().delivery == Delivery::delivered; }));
  CHECK_FALSE(p.ada.talk()->problem.has_value());
  CHECK_FALSE(p.ada.talk()->messages.back().problem.has_value());

  p.world.relay().busy = 1;
  p.ada.say("two");
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 2; }));

  p.bob.tell(RemoveContact{p.bob.talk()->contact});
  p.world.run_for(Minutes(1));
  p.ada.say("three");
  REQUIRE(p.world.run_until([&] { return p.ada.talk()->problem == Problem::mailbox_gone; }));
  CHECK(p.ada.talk()->messages.back().delivery == Delivery::waiting);
}

TEST_CASE("an envelope nobody can open is kept, counted and acknowledged") {
  Pair p(16);
  ByteVector junk(4096);
  p.world.random().fill(junk);
  p.world.relay().inject(junk, p.world.now());
  ByteVector large(16384);
  p.world.random().fill(large);
  p.world.relay().inject(large, p.world.now());
  REQUIRE(p.world.run_until([&] { return p.ada.notice_count(Problem::envelope_unreadable) == 2; }));
  p.world.run_for(Seconds(5));
  CHECK(p.world.relay().stored() == 0);
  p.bob.say("unharmed");
  REQUIRE(p.world.run_until([&] { return heard(p.ada).size() == 2; }));
}

TEST_CASE("a relay that speaks another language is left alone for a while") {
  Pair p(17);
  p.world.relay().speaks_other = true;
  p.world.stop();
  p.world.restart();
  REQUIRE(
      p.world.run_until([&] { return p.ada.view().relays.at(0).problem == Problem::relay_speaks_other; }));
  p.world.relay().speaks_other = false;
  p.ada.say("again");
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 1; }, Minutes(5)));
}

TEST_CASE("texts and clocks out of range are refused and change nothing") {
  Pair p(18);
  p.ada.say("");
  CHECK(p.ada.has_notice(Problem::text_empty));
  p.ada.say(std::string(Messenger::kMaxText + 1, 'x'));
  CHECK(p.ada.has_notice(Problem::text_too_long));
  p.ada.say("x", Clocks{Seconds(1), Seconds(0)});
  CHECK(p.ada.has_notice(Problem::clocks_out_of_range));
  CHECK(p.ada.texts(true).empty());
  const std::uint64_t first = p.ada.view().notices.at(0).id;
  p.ada.tell(DismissNotice{first});
  CHECK(p.ada.view().notices.size() == 2);
  p.ada.say(std::string(Messenger::kMaxText, 'x'));
  REQUIRE(p.world.run_until([&] { return heard(p.bob).size() == 1; }));
}

TEST_CASE("people on two relays talk, and leave a stranger's relay when there is nothing to say") {
  World world(19);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob", "wss://other.test/relay");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  ada.say("across");
  REQUIRE(world.run_until([&] { return bob.texts(false) == Texts{"across"}; }));
  CHECK(ada.view().relays.size() == 2);
  world.run_for(Minutes(5));
  CHECK(ada.view().relays.size() == 1);
  bob.say("back");
  REQUIRE(world.run_until([&] { return ada.texts(false).size() == 2; }));
}
