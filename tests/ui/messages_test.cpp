#include <doctest/doctest.h>

#include "stage.h"

using namespace tacet;
using namespace tacet::test;

namespace {

std::string item_of(const client::MessageView& m) {
  return "message." + to_hex(m.id.view());
}

client::MessageView nth(int n, Time at) {
  client::MessageView m = message(0, n % 3 == 0, "message number " + std::to_string(n), at);
  m.id.raw[0] = static_cast<Byte>(n);
  m.id.raw[1] = static_cast<Byte>(n >> 8);
  m.seen = true;
  return m;
}

void fill_with(Stage& s, int count) {
  s.view = open_view(s.now);
  auto& messages = s.view.conversations[0].messages;
  messages.clear();
  for (int i = 0; i < count; ++i) messages.push_back(nth(i, s.now - Minutes(count - i)));
  s.settle();
}

void open_ada(Stage& s) {
  s.activate(row_of(s.view.conversations[0]));
}

}  // namespace

TEST_CASE("what is on screen is reported once as shown, and only to somebody who looks") {
  Stage s;
  s.view = open_view(s.now);
  s.env.has_focus = false;
  s.settle();
  open_ada(s);
  CHECK(s.intent<client::Shown>() == nullptr);
  s.env.has_focus = true;
  s.settle();
  const auto* shown = s.intent<client::Shown>();
  REQUIRE(shown != nullptr);
  CHECK(shown->contact == s.view.conversations[0].contact);
  CHECK(shown->messages.size() == 3);  // theirs: two texts and one that expired unread
  s.intents.clear();
  s.settle();
  CHECK(s.intent<client::Shown>() == nullptr);
}

TEST_CASE("a request is not reported as shown") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate(row_of(s.view.conversations[2]));
  CHECK(s.intent<client::Shown>() == nullptr);
}

TEST_CASE("what arrives under a dialog is not reported as shown") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  open_ada(s);
  s.activate("list.settings");
  s.intents.clear();
  s.view.conversations[0].messages.push_back(message(40, false, "new", s.now));
  s.settle();
  CHECK(s.intent<client::Shown>() == nullptr);
  s.escape();
  REQUIRE(s.intent<client::Shown>() != nullptr);
  CHECK(s.intent<client::Shown>()->messages.size() == 1);
}

TEST_CASE("a message says who, when, what, for how long and how far it has come") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  open_ada(s);
  const auto& m = s.view.conversations[0].messages;
  CHECK(s.node(item_of(m[0]))->name == "Ada, 13:40, Are you still at the archive?, expires in 5 days");
  CHECK(s.node(item_of(m[1]))->name == "You, 13:45, Until three., expires in 5 days, delivered");
  CHECK(s.node(item_of(m[2]))->name == "Ada, 13:48, A message expired before you read it");
}

TEST_CASE("of ten thousand messages only those in sight are measured") {
  Stage s;
  fill_with(s, 10000);
  s.runs.measured = 0;
  open_ada(s);
  CHECK(s.runs.measured < 4000);  // of all frames together
  int items = 0;
  for (const auto& n : s.out.mirror.nodes) items += n.id.rfind("message.", 0) == 0 ? 1 : 0;
  CHECK(items > 5);
  CHECK(items < 80);
  CHECK(s.node(item_of(s.view.conversations[0].messages.back())) != nullptr);
}

TEST_CASE("the wheel leads to older messages, a new one does not pull down who reads there") {
  Stage s;
  fill_with(s, 300);
  open_ada(s);
  ImGui::GetIO().AddMousePosEvent(800, 400);
  s.frame();
  ImGui::GetIO().AddMouseWheelEvent(0, 20);
  s.settle();
  const auto& messages = s.view.conversations[0].messages;
  CHECK(s.node(item_of(messages.back())) == nullptr);
  std::string seen;
  float y = 0;
  for (const auto& n : s.out.mirror.nodes) {
    if (n.id.rfind("message.", 0) == 0 && n.rect.y > 300) {
      seen = n.id;
      y = n.rect.y;
      break;
    }
  }
  REQUIRE(!seen.empty());
  client::MessageView fresh = nth(5000, s.now);
  fresh.mine = false;
  s.view.conversations[0].messages.push_back(fresh);
  s.settle();
  REQUIRE(s.node(seen) != nullptr);
  CHECK(s.node(seen)->rect.y == doctest::Approx(y).epsilon(0.01));
  s.click("messages.newest");
  CHECK(s.node(item_of(s.view.conversations[0].messages.back())) != nullptr);
}

TEST_CASE("a screen reader reaches older messages without moving the focus") {
  Stage s;
  fill_with(s, 300);
  open_ada(s);
  const auto& messages = s.view.conversations[0].messages;
  for (int i = 0; i < 80 && s.node(item_of(messages.front())) == nullptr; ++i) s.activate("messages.earlier");
  CHECK(s.node(item_of(messages.front())) != nullptr);
  CHECK(s.focus != "messages.earlier");
}

TEST_CASE("a keyboard reaches older messages too") {
  Stage s;
  fill_with(s, 300);
  open_ada(s);
  const auto& messages = s.view.conversations[0].messages;
  for (int i = 0; i < 80 && s.node(item_of(messages.front())) == nullptr; ++i) {
    REQUIRE(s.node("messages.earlier") != nullptr);
    s.focus_on("messages.earlier");
    s.activate("messages.earlier");
  }
  CHECK(s.node(item_of(messages.front())) != nullptr);
}

TEST_CASE("a finger that moves scrolls and does not press") {
  Stage s(390, 500);
  s.view = open_view(s.now);
  for (Byte i = 10; i < 30; ++i)
    s.view.conversations.push_back(conversation(i, "Somebody", s.now - Days(30)));
  s.settle();
  const std::string row = row_of(s.view.conversations[0]);
  const float before = s.node(row)->rect.y;
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
  io.AddMousePosEvent(150, 300);
  s.frame();
  io.AddMouseButtonEvent(0, true);
  s.frame();
  for (float y = 290; y >= 200; y -= 10) {
    io.AddMousePosEvent(150, y);
    s.frame();
  }
  io.AddMouseButtonEvent(0, false);
  s.frame();
  s.settle();
  CHECK(s.node("conversation") == nullptr);
  REQUIRE(s.node(row) != nullptr);
  CHECK(s.node(row)->rect.y < before - 60);
}

TEST_CASE("a ring asks for a frame when it would visibly move, and not before") {
  Stage s(1280, 800, "lock=0");
  s.view = open_view(s.now);
  s.view.conversations.resize(1);
  auto& messages = s.view.conversations[0].messages;
  messages = {message(1, true, "six days", s.now)};
  s.settle();
  open_ada(s);
  REQUIRE(s.out.next_frame_at.has_value());
  CHECK(*s.out.next_frame_at - s.now > Minutes(30));
  messages[0].burn_after = Seconds(30);
  messages[0].burns_at = s.now + Seconds(30);
  s.settle();
  REQUIRE(s.out.next_frame_at.has_value());
  CHECK(*s.out.next_frame_at - s.now <= Seconds(2));
  CHECK_FALSE(s.out.animating);
}

TEST_CASE("a message whose time is over burns for a moment and leaves nothing") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  open_ada(s);
  auto& messages = s.view.conversations[0].messages;
  const client::MessageView gone = messages[0];
  messages.erase(messages.begin());
  s.frame();
  CHECK(s.node(item_of(gone)) == nullptr);  // not to be read out any more
  REQUIRE(s.out.burning.size() == 1);
  CHECK(s.out.burning[0].bubble.w > 50);
  CHECK(s.out.animating);
  s.now += Millis(700);
  s.frame();
  CHECK(s.out.burning.empty());
  CHECK(s.settle());
  for (const std::string& drawn : s.runs.drawn) CHECK(drawn != "Are you still at the archive?");
}

TEST_CASE("no ghost of one conversation is seen in another, or after the lock") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  open_ada(s);
  s.view.conversations[0].messages.clear();
  s.frame({{ui::MirrorEvent::Kind::activated, row_of(s.view.conversations[1]), ""}});
  s.frame();
  for (const std::string& drawn : s.runs.drawn) CHECK(drawn != "Are you still at the archive?");
  s.view = {};
  s.view.phase = client::Phase::locked;
  s.frame();
  CHECK(s.runs.drawn.empty());
}
