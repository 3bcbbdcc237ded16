#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

TEST_CASE("two people meet through an invitation and talk") {
  World world(1);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();

  const std::string link = ada.invite();
  CHECK(link.starts_with("https://tacet.test/#"));
  bob.open(link);
  CHECK(bob.view().opening->label == "from Ada");
  CHECK(bob.view().opening->fingerprint == ada.view().my_fingerprint);
  bob.introduce("it is Bob");
  REQUIRE(bob.talk());
  CHECK(bob.talk()->state == ContactState::request_sent);
  CHECK(bob.talk()->messages.at(0).delivery == Delivery::saving);

  REQUIRE(world.run_until([&] { return ada.talk() != nullptr && !ada.talk()->messages.empty(); }));
  CHECK(ada.talk()->state == ContactState::request_received);
  CHECK(ada.talk()->name.empty());  // a stranger's name is not shown
  CHECK(ada.texts(false) == Texts{"it is Bob"});
  CHECK(ada.talk()->unseen == 1);
  CHECK(ada.attention == 1);

  // Looking at it tells a stranger nothing.
  ada.look();
  world.run_for(Minutes(1));
  CHECK(bob.talk()->messages.at(0).delivery == Delivery::sent);

  ada.accept();
  REQUIRE(world.run_until([&] { return bob.talk()->state == ContactState::accepted; }));
  REQUIRE(world.run_until([&] { return bob.talk()->messages.at(0).delivery == Delivery::read; }));
  CHECK(bob.talk()->name == "Ada");
  CHECK(ada.talk()->name == "Bob");
  CHECK(ada.talk()->safety_number == bob.talk()->safety_number);

  ada.say("hello Bob");
  CHECK(ada.talk()->messages.back().delivery == Delivery::saving);
  REQUIRE(world.run_until([&] { return ada.talk()->messages.back().delivery == Delivery::sent; }));
  REQUIRE(world.run_until([&] { return ada.talk()->messages.back().delivery == Delivery::delivered; }));
  bob.look();
  REQUIRE(world.run_until([&] { return ada.talk()->messages.back().delivery == Delivery::read; }));
  for (int i = 0; i < 5; ++i) {
    bob.say("b" + std::to_string(i));
    ada.say("a" + std::to_string(i));
  }
  REQUIRE(world.run_until([&] { return ada.texts(false).size() == 6 && bob.texts(false).size() == 6; }));
  CHECK(ada.texts(false) == Texts{"it is Bob", "b0", "b1", "b2", "b3", "b4"});
  CHECK(bob.texts(false) == Texts{"hello Bob", "a0", "a1", "a2", "a3", "a4"});

  // Everyone has confirmed everything: nothing lies at the relay, and the invitation is gone.
  REQUIRE(world.run_until([&] { return world.relay().stored() == 0 && ada.view().invitations.empty(); }));
  CHECK(world.relay().mailboxes() == 2);
  CHECK(ada.view().notices.empty());
  CHECK(bob.view().notices.empty());
}
