// The rules above one session, and everything at once.
#include "client/sealed_keys.h"
#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

namespace {

void reopen(World& world, Person& person) {
  person.start();
  person.unlock();
  REQUIRE(world.run_until([&] { return person.view().phase == Phase::open; }));
}

std::size_t handshakes(const ModelRelay& relay) {
  std::set<ByteVector> out;
  for (const wire::Send& send : relay.log) {
    if (send.envelope.size() == 16384) out.insert(send.envelope);
  }
  return out.size();
}

bool contains(const Texts& all, const std::string& text) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

}  // namespace

TEST_CASE("a state restored from a moment ago forks the session, which is renewed, and the person is told") {
  World world(60);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  bob.say("said");
  REQUIRE(world.run_until([&] { return contains(ada.texts(false), "said"); }));
  const Disk::Content old = ada.disk.durable;  // she has received and not yet answered
  world.run_for(Minutes(1));
  ada.close();
  ada.disk.files = ada.disk.durable = old;
  reopen(world, ada);
  for (int i = 0; i < 3; ++i) {
    ada.say("a" + std::to_string(i));
    bob.say("b" + std::to_string(i));
    world.run_for(Minutes(1));
  }
  REQUIRE(world.run_until([&] { return bob.texts(false).size() == 3 && ada.texts(false).size() == 5; },
                          Hours(1)));
  CHECK(bob.has_notice(Problem::session_broken));
  CHECK(bob.texts(false) == Texts{"a0", "a1", "a2"});
  CHECK(ada.texts(false) == Texts{"it is Bob", "said", "b0", "b1", "b2"});
  ada.say("and on");
  REQUIRE(world.run_until([&] { return bob.texts(false).back() == "and on"; }));
  REQUIRE(world.run_until([&] { return ada.talk()->messages.back().delivery == Delivery::delivered; }));
}

TEST_CASE("a state restored from long ago is noticed by its silence, and nothing is lost") {
  World world(65);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  const Disk::Content old = ada.disk.durable;
  const Clocks long_lived{Days(30), Seconds(0)};
  for (int i = 0; i < 3; ++i) {
    ada.say("forgotten");
    bob.say("said");
    world.run_for(Seconds(10));
  }
  ada.close();
  ada.disk.files = ada.disk.durable = old;
  reopen(world, ada);
  for (int i = 0; i < 3; ++i) {
    ada.say("a" + std::to_string(i), long_lived);
    bob.say("b" + std::to_string(i), long_lived);
    world.run_for(Minutes(1));
  }
  CHECK_FALSE(contains(bob.texts(false), "a0"));
  world.sleep(Days(8));
  CHECK(world.run_until([&] { return contains(bob.texts(false), "a2") && contains(ada.texts(false), "b2"); },
                        Hours(2)));
  CHECK((ada.has_notice(Problem::session_broken) || bob.has_notice(Problem::session_broken)));
  CHECK(bob.texts(false).back() == "a2");
  ada.say("and on");
  REQUIRE(world.run_until([&] { return bob.texts(false).back() == "and on"; }));
  REQUIRE(world.run_until([&] { return ada.talk()->messages.back().delivery == Delivery::delivered; }));
}

TEST_CASE("an old session is renewed without a word to the person") {
  World world(61);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  CHECK(handshakes(world.relay()) == 1);
  world.sleep(Days(50));
  world.sleep(Days(50));
  world.run_for(Minutes(10));
  CHECK(handshakes(world.relay()) > 1);
  ada.say("still the same");
  bob.say("people");
  REQUIRE(world.run_until(
      [&] { return bob.texts(false) == Texts{"still the same"} && ada.texts(false) == Texts{"people"}; }));
  CHECK(ada.view().notices.empty());
  CHECK(bob.view().notices.empty());
}

TEST_CASE("a handshake goes out again every day, the same bytes under the same id, until it is answered") {
  World world(62);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  bob.open(ada.invite());
  ada.close();
  bob.introduce("hello");
  world.run_for(Hours(50));
  std::vector<wire::Send> sent;
  for (const wire::Send& send : world.relay().log) {
    if (send.envelope.size() == 16384) sent.push_back(send);
  }
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].envelope == sent[2].envelope);
  CHECK(sent[0].message == sent[2].message);
  CHECK(sent[0].retention_hours == 144);  // six days
  reopen(world, ada);
  ada.accept();
  REQUIRE(world.run_until([&] { return bob.talk()->state == ContactState::accepted; }));
  world.run_for(Hours(30));
  CHECK(handshakes(world.relay()) == 1);
  CHECK(ada.texts(false) == Texts{"hello"});
}

TEST_CASE(
    "a contact whose mailbox hands out another identity is not written to anew, and the person is told") {
  World world(63);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  Person& eve = world.person("Eve");
  ada.set_up();
  bob.set_up();
  eve.set_up();
  world.befriend(ada, bob);
  // What the relay has of Eve, handed out as if it were Bob's.
  wire::Keys eves;
  world.relay().forge = [&](const wire::MailboxId&, wire::Keys& keys) { eves = keys; };
  ada.open(eve.invite());
  ada.tell(CancelInvitation{});
  world.relay().forge = [&](const wire::MailboxId&, wire::Keys& keys) { keys = eves; };
  const std::size_t before = handshakes(world.relay());
  world.sleep(Days(50));
  world.sleep(Days(50));
  world.run_for(Minutes(5));
  CHECK(ada.has_notice(Problem::identity_changed));
  CHECK(ada.talk()->problem == Problem::identity_changed);
  CHECK(handshakes(world.relay()) == before);
}

TEST_CASE("a contact's prekey that the contact has not signed is not taken either, and the person is told") {
  World world(64);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  const ratchet::Fingerprint bobs{ada.talk()->fingerprint.raw};
  SeededRandom random(64);
  std::set<wire::MailboxId> forged;
  // Somebody who knows the fingerprint can seal what they like.
  world.relay().forge = [&](const wire::MailboxId& mailbox, wire::Keys& keys) {
    const auto bundle = open_keys(keys, mailbox, bobs, world.now());
    if (!bundle) return;  // grown old, and asked for again
    const auto bytes = [](const auto& record) { return ByteVector(record.raw.begin(), record.raw.end()); };
    wire::KeysPut put;
    put.mailbox = mailbox;
    put.identity = bytes(bundle->identity.bytes());
    put.spk = bytes(bundle->signed_prekey.record());
    put.lrk = bytes(bundle->last_resort.record());
    put.spk.back() ^= 1;
    seal_keys(put, bobs, random);
    forged.insert(mailbox);
    keys = {put.identity, put.spk, put.lrk, {}};
  };
  for (int day = 0; day < 50 && !ada.has_notice(Problem::identity_changed); ++day) world.sleep(Days(2));
  CHECK(ada.has_notice(Problem::identity_changed));
  CHECK(ada.talk()->problem == Problem::identity_changed);
  for (const wire::Send& send : world.relay().log) {
    CHECK_FALSE((send.envelope.size() == ratchet::kHandshakeSize && forged.contains(send.mailbox)));
  }
}

TEST_CASE("wherever the process dies while they meet, they meet once") {
  const auto run = [](std::optional<std::size_t> crash_at, bool guest_dies) {
    World world(64);
    Person& ada = world.person("Ada");
    Person& bob = world.person("Bob");
    ada.set_up();
    bob.set_up();
    const std::string link = ada.invite();
    Person& victim = guest_dies ? bob : ada;
    victim.effects_done = 0;
    victim.crash_at = crash_at.value_or(SIZE_MAX);
    const auto met = [&] {
      return ada.talk() && bob.talk() && ada.talk()->state == ContactState::accepted &&
             bob.talk()->state == ContactState::accepted && !bob.talk()->messages.empty() &&
             bob.talk()->messages.at(0).delivery >= Delivery::delivered;
    };
    // Two people who try again until it has worked.
    for (int i = 0; i < 200 && !met(); ++i) {
      if (bob.view().phase == Phase::open && bob.view().conversations.empty()) {
        if (!bob.view().opening) bob.tell(OpenInvitation{link});
        if (bob.view().opening && bob.view().opening->state == OpeningView::State::ready)
          bob.tell(Introduce{"hello"});
      }
      if (ada.view().phase == Phase::open && ada.talk() &&
          ada.talk()->state == ContactState::request_received) {
        ada.tell(AcceptRequest{ada.talk()->contact});
      }
      world.run_for(Millis(100));
    }
    CAPTURE(crash_at.value_or(0));
    CHECK(met());
    CHECK(ada.texts(false) == Texts{"hello"});
    CHECK(ada.view().conversations.size() == 1);
    CHECK(bob.view().conversations.size() == 1);
    while (ada.texts(true).empty()) {
      if (ada.view().phase == Phase::open) ada.say("hello Bob");
      world.run_for(Seconds(2));  // long enough to die and to be back
    }
    CHECK(world.run_until([&] { return bob.texts(false) == Texts{"hello Bob"}; }));
    CHECK(world.run_until([&] { return ada.view().invitations.empty(); }));
    CHECK(ada.view().notices.empty());
    CHECK(bob.view().notices.empty());
    return victim.effects_done;
  };
  for (const bool guest_dies : {true, false}) {
    const std::size_t effects = run(std::nullopt, guest_dies);
    CHECK(effects > 20);
    for (std::size_t i = 0; i < effects; ++i) run(i, guest_dies);
  }
}

TEST_CASE("a thousand random things happen and every message arrives once, in order") {
  for (const std::uint64_t seed : {70U, 71U}) {
    World world(seed);
    Person& ada = world.person("Ada");
    Person& bob = world.person("Bob", "wss://other.test/relay");
    ada.set_up();
    bob.set_up();
    world.befriend(ada, bob);
    ModelRelay* relays[] = {&world.relay(), &world.relay("wss://other.test/relay")};
    const char* urls[] = {World::kRelay, "wss://other.test/relay"};
    for (ModelRelay* relay : relays) relay->duplicate_percent = 10;
    std::size_t said = 0;
    for (int i = 0; i < 500; ++i) {
      Person& one = world.random().below(2) == 0 ? ada : bob;
      const std::size_t which = world.random().below(2) == 0 ? 0 : 1;
      const bool open = one.running() && one.view().phase == Phase::open;
      switch (world.random().below(20)) {
        case 0:
          one.crash();
          break;
        case 1:
          one.close();
          break;
        case 2:
          world.stop(urls[which]);
          break;
        case 3:
          if (world.random().below(4) == 0) relays[which]->forget();
          break;
        case 4:
          relays[which]->busy = 3;
          break;
        case 5:
          relays[which]->full = !relays[which]->full;
          break;
        case 6:
        case 7:
          if (open) one.look();
          break;
        case 8:
        case 9:
        case 10:
          world.restart(urls[which]);
          break;
        case 11:
        case 12:
        case 13:
          if (!one.running() || !open) {
            one.start();
            one.unlock();
          }
          break;
        default:
          if (open) one.say(one.name + std::to_string(said++));
      }
      world.run_for(Millis(static_cast<std::int64_t>(world.random().below(20'000))));
    }
    for (std::size_t i = 0; i < 2; ++i) {
      world.restart(urls[i]);
      relays[i]->full = false;
    }
    for (Person* person : {&ada, &bob}) {
      if (person->running()) person->close();
      reopen(world, *person);
    }
    CHECK(said > 50);
    const bool done = world.run_until(
        [&] { return bob.texts(false) == ada.texts(true) && ada.texts(false) == bob.texts(true); },
        Hours(13));
    CHECK(done);
    const auto joined = [](const Texts& all) {
      std::string out;
      for (const std::string& text : all) out += text + ' ';
      return out;
    };
    CAPTURE(joined(ada.texts(true)));
    CAPTURE(joined(bob.texts(false)));
    CAPTURE(joined(bob.texts(true)));
    CAPTURE(joined(ada.texts(false)));
    CHECK(bob.texts(false) == ada.texts(true));
    CHECK(ada.texts(false) == bob.texts(true));
    CHECK_FALSE(ada.has_notice(Problem::session_broken));
    CHECK_FALSE(bob.has_notice(Problem::session_broken));
  }
}
