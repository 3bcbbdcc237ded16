// The vault's door, and the ways to meet.
#include "base/text.h"
#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

namespace {

Problem problem_of_opening(Person& person, const std::string& link) {
  person.open(link);
  REQUIRE(person.view().opening->state == OpeningView::State::failed);
  return *person.view().opening->problem;
}

}  // namespace

TEST_CASE("a wrong passphrase says so and costs nothing") {
  World world(30);
  Person& ada = world.person("Ada");
  ada.set_up();
  world.run_for(Seconds(5));
  const Fingerprint before = ada.view().my_fingerprint;
  ada.close();
  ada.start();
  CHECK(ada.view().phase == Phase::locked);
  ada.unlock("wrong horse");
  CHECK(ada.view().phase == Phase::unlocking);
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::locked; }));
  CHECK(ada.view().problem == Problem::wrong_passphrase);
  ada.unlock();
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::open; }));
  CHECK(ada.view().my_fingerprint == before);
  CHECK_FALSE(ada.view().problem.has_value());
}

TEST_CASE("the recovery code must be confirmed, is shown again until it is, and unlocks") {
  World world(31);
  Person& ada = world.person("Ada");
  ada.start();
  CHECK(ada.view().phase == Phase::welcome);
  ada.tell(CreateVault{secret("short")});
  CHECK(ada.view().problem == Problem::passphrase_too_short);
  ada.tell(CreateVault{secret("correct horse")});
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
  const std::string code(as_text(ada.view().recovery_code));
  CHECK(code.size() == 39);
  ada.crash();
  ada.start();
  ada.unlock();
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
  CHECK(as_text(ada.view().recovery_code) == code);
  ada.tell(ConfirmRecoveryCode{"0000-0000"});
  CHECK(ada.view().problem == Problem::recovery_code_wrong);
  std::string typed = code;
  for (char& c : typed) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? ' ' : c;
  ada.tell(ConfirmRecoveryCode{typed});
  CHECK(ada.view().phase == Phase::open);
  CHECK(ada.view().recovery_code.empty());
  world.run_for(Seconds(5));
  ada.close();
  ada.start();
  ada.unlock(typed);
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::open; }));
}

TEST_CASE("locking wipes what was shown, erasing forgets it") {
  World world(32);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  ada.tell(Lock{});
  CHECK(ada.view().phase == Phase::locked);
  CHECK(ada.view().conversations.empty());
  CHECK(ada.view().my_name.empty());
  CHECK(ada.view().relays.empty());
  bob.say("while you were out");
  world.run_for(Seconds(5));
  ada.unlock();
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::open; }));
  REQUIRE(world.run_until([&] { return ada.texts(false).size() == 2; }));
  ada.tell(EraseVault{});
  CHECK(ada.view().phase == Phase::welcome);
  world.run_for(Seconds(1));
  CHECK(ada.disk.durable.empty());
  ada.tell(VaultTakenElsewhere{});
  CHECK(ada.view().problem == Problem::open_elsewhere);
}

TEST_CASE("a session that keeps nothing talks like any other and leaves nothing") {
  World world(33);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.start();
  bob.tell(CreateEphemeral{});
  CHECK(bob.view().phase == Phase::open);
  CHECK(bob.view().ephemeral);
  world.befriend(ada, bob);
  ada.say("hush");
  REQUIRE(world.run_until([&] { return bob.texts(false) == Texts{"hush"}; }));
  CHECK(bob.disk.files.empty());
  bob.tell(Lock{});
  CHECK(bob.view().phase == Phase::welcome);
}

TEST_CASE("a damaged vault says so") {
  World world(34);
  Person& ada = world.person("Ada");
  ada.set_up();
  world.run_for(Seconds(5));
  ada.close();
  for (auto& [name, bytes] : ada.disk.files) {
    for (Byte& b : bytes) b = 0;
  }
  ada.start();
  CHECK(ada.view().phase == Phase::unusable);
  CHECK(ada.view().problem == Problem::vault_damaged);
}

TEST_CASE("links that lead nowhere each say why") {
  World world(35);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  Person& eve = world.person("Eve");
  for (Person* person : {&ada, &bob, &eve}) person->set_up();
  CHECK(problem_of_opening(bob, "https://tacet.test/#nonsense") == Problem::link_malformed);
  CHECK(problem_of_opening(bob, "#AgECA5dEh78") == Problem::link_newer);
  const std::string link = ada.invite();
  CHECK(problem_of_opening(ada, link) == Problem::link_own);

  bob.open(link);
  CHECK(problem_of_opening(eve, link) == Problem::invitation_used_up);
  // The tab dies between opening and writing: the same person may open it again.
  bob.crash();
  bob.start();
  bob.unlock();
  REQUIRE(world.run_until([&] { return bob.view().phase == Phase::open; }));
  bob.open(link);
  bob.introduce("it is Bob");
  CHECK(bob.view().opening->state == OpeningView::State::sending);
  ada.accept();
  REQUIRE(world.run_until([&] { return bob.talk()->state == ContactState::accepted; }));
  CHECK_FALSE(bob.view().opening.has_value());
  CHECK(problem_of_opening(bob, link) == Problem::link_known);

  world.run_for(Minutes(1));
  const std::string second = ada.invite();
  ada.tell(RevokeInvitation{ada.view().invitations.at(0).id});
  CHECK(ada.view().invitations.empty());
  world.run_for(Minutes(1));
  CHECK(problem_of_opening(eve, second) == Problem::invitation_gone);

  const std::string third = ada.invite(0);
  world.sleep(Days(8));
  CHECK(problem_of_opening(eve, third) == Problem::link_expired);
  CHECK(ada.view().invitations.empty());
  CHECK(world.relay().mailboxes() == 2);
}

TEST_CASE("an invitation for two lets two in and no third") {
  World world(36);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  Person& eve = world.person("Eve");
  Person& dan = world.person("Dan");
  for (Person* person : {&ada, &bob, &eve, &dan}) person->set_up();
  const std::string link = ada.invite(2);
  for (Person* guest : {&bob, &eve}) {
    guest->open(link);
    guest->introduce("it is " + guest->name);
  }
  CHECK(problem_of_opening(dan, link) == Problem::invitation_used_up);
  REQUIRE(world.run_until([&] { return ada.view().conversations.size() == 2; }));
  CHECK(ada.view().invitations.at(0).uses_left == 0);
  ada.accept();
  ada.accept();
  REQUIRE(world.run_until([&] { return ada.view().invitations.empty(); }));
}

TEST_CASE("a relay that hands out somebody else's keys is found out") {
  World world(37);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  const std::string link = ada.invite(0);
  world.relay().forge = [](const wire::MailboxId&, wire::Keys& keys) { keys.spk[40] ^= 1; };
  CHECK(problem_of_opening(bob, link) == Problem::invitation_forged);
  world.relay().forge = [](const wire::MailboxId&, wire::Keys& keys) { keys.identity[40] ^= 1; };
  CHECK(bob.view().conversations.empty());
}

TEST_CASE("a link to a relay that cannot be reached keeps trying and says so") {
  World world(38);
  Person& ada = world.person("Ada", "ws://far.test/relay");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  const std::string link = ada.invite();
  world.stop("ws://far.test/relay");
  bob.tell(OpenInvitation{link});
  REQUIRE(world.run_until([&] { return bob.view().opening->problem == Problem::relay_unreachable; }));
  CHECK(bob.view().opening->state == OpeningView::State::fetching);
  world.restart("ws://far.test/relay");
  REQUIRE(
      world.run_until([&] { return bob.view().opening->state == OpeningView::State::ready; }, Minutes(5)));
  CHECK_FALSE(bob.view().opening->problem.has_value());
  bob.tell(CancelInvitation{});
  CHECK_FALSE(bob.view().opening.has_value());
}

TEST_CASE("a relay that makes no new mailboxes is named, and asked again") {
  World world(39);
  Person& ada = world.person("Ada");
  ada.set_up();
  world.relay().accepts_new = false;
  ada.tell(MakeInvitation{});
  REQUIRE(
      world.run_until([&] { return ada.view().invitations.at(0).problem == Problem::relay_refuses_new; }));
  world.relay().accepts_new = true;
  REQUIRE(world.run_until([&] { return ada.view().invitations.at(0).ready; }, Minutes(20)));
  CHECK_FALSE(ada.view().invitations.at(0).problem.has_value());
}

TEST_CASE("a relay that wants an invite code is named, and asked again") {
  World world(41);
  Person& ada = world.person("Ada");
  ada.set_up();
  world.relay().wants_invites = true;
  ada.tell(MakeInvitation{});
  REQUIRE(
      world.run_until([&] { return ada.view().invitations.at(0).problem == Problem::relay_wants_invite; }));
  world.relay().wants_invites = false;
  REQUIRE(world.run_until([&] { return ada.view().invitations.at(0).ready; }, Minutes(20)));
  CHECK_FALSE(ada.view().invitations.at(0).problem.has_value());
}

TEST_CASE("who is declined never learns it and never comes back") {
  World world(40);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  const std::string link = ada.invite(0);
  bob.open(link);
  bob.introduce("buy this");
  REQUIRE(world.run_until([&] { return ada.talk() != nullptr; }));
  ada.tell(DeclineRequest{ada.talk()->contact});
  CHECK(ada.view().conversations.empty());
  bob.say("please");
  world.sleep(Days(3));
  CHECK(ada.view().conversations.empty());
  for (const MessageView& message : bob.talk()->messages) CHECK(message.delivery == Delivery::sent);
  bob.tell(RemoveContact{bob.talk()->contact});
  bob.open(link);
  bob.introduce("me again");
  world.run_for(Minutes(5));
  CHECK(ada.view().conversations.empty());
}

TEST_CASE("a request nobody answers is gone with its message, on both sides") {
  World world(41);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  bob.open(ada.invite());
  bob.introduce("hello?");
  REQUIRE(world.run_until([&] { return ada.talk() != nullptr; }));
  bob.say("anyone?");
  REQUIRE(world.run_until([&] { return ada.texts(false).size() == 2; }));
  world.sleep(Days(7));
  CHECK(ada.view().conversations.empty());
  REQUIRE(bob.talk());
  CHECK(bob.talk()->problem == Problem::link_expired);
  CHECK(bob.talk()->messages.empty());
  bob.say("and now?");
  REQUIRE(world.run_until([&] { return bob.talk()->problem != Problem::link_expired; }));
  CHECK(bob.talk()->messages.back().delivery == Delivery::waiting);
}

TEST_CASE("two who invite each other at once end up in one conversation") {
  for (std::uint64_t seed = 42; seed < 46; ++seed) {
    World world(seed);
    Person& ada = world.person("Ada");
    Person& bob = world.person("Bob");
    ada.set_up();
    bob.set_up();
    const std::string from_ada = ada.invite();
    const std::string from_bob = bob.invite();
    ada.open(from_bob);
    bob.open(from_ada);
    ada.introduce("I am Ada");
    bob.introduce("I am Bob");
    REQUIRE(world.run_until([&] {
      return ada.talk()->state == ContactState::accepted && bob.talk()->state == ContactState::accepted;
    }));
    for (int i = 0; i < 3; ++i) {
      ada.say("a" + std::to_string(i));
      bob.say("b" + std::to_string(i));
      world.run_for(Seconds(10));
    }
    CHECK(ada.view().conversations.size() == 1);
    CHECK(ada.texts(false) == Texts{"I am Bob", "b0", "b1", "b2"});
    CHECK(bob.texts(false) == Texts{"I am Ada", "a0", "a1", "a2"});
    for (const Person* person : {&ada, &bob}) {
      CHECK(person->view().notices.empty());
      for (const MessageView& message : person->talk()->messages) {
        if (message.mine) CHECK(message.delivery == Delivery::delivered);
      }
    }
    world.sleep(Days(40));  // the losing session has been erased
    ada.say("late");
    REQUIRE(world.run_until([&] { return bob.texts(false) == Texts{"late"}; }));
  }
}

TEST_CASE("who was removed can be invited again") {
  World world(47);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  const std::string link = ada.invite();
  bob.tell(RemoveContact{bob.talk()->contact});
  CHECK(bob.view().conversations.empty());
  world.run_for(Minutes(1));
  bob.open(link);
  bob.introduce("sorry");
  REQUIRE(world.run_until([&] { return bob.talk()->state == ContactState::accepted; }));
  ada.say("fine");
  REQUIRE(world.run_until([&] { return bob.texts(false) == Texts{"fine"}; }));
  CHECK(ada.view().conversations.size() == 1);
  CHECK(ada.texts(false).back() == "sorry");
}

TEST_CASE("names, own and given, clocks and verification are kept") {
  World world(48);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  world.befriend(ada, bob);
  bob.tell(SetMyName{"Robert"});
  REQUIRE(world.run_until([&] { return ada.talk()->name == "Robert"; }));
  const ContactId contact = ada.talk()->contact;
  ada.tell(RenameContact{contact, "Bobby"});
  ada.tell(MarkVerified{contact, true});
  ada.tell(SetClocks{contact, Clocks{Hours(2), Seconds(30)}});
  world.run_for(Seconds(1));
  ada.close();
  ada.start();
  ada.unlock();
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::open; }));
  CHECK(ada.talk()->name == "Bobby");
  CHECK(ada.talk()->their_name == "Robert");
  CHECK(ada.talk()->verified);
  CHECK(ada.talk()->clocks == Clocks{Hours(2), Seconds(30)});
  ada.say("short");
  CHECK(ada.talk()->messages.back().burn_after == Seconds(30));
}
