#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "stage.h"

using namespace tacet;
using namespace tacet::test;
using client::Phase;
using ui::Role;

namespace {

struct Scene {
  const char* name;
  std::function<void(Stage&)> play;
};

void open_desk(Stage& s) {
  s.view = open_view(s.now);
  s.settle();
}

void in_phase(Stage& s, Phase phase) {
  s.view.phase = phase;
  s.settle(5);
}

client::InvitationView invitation(Time now) {
  client::InvitationView i;
  i.id = id_of<client::InvitationId>(9);
  i.label = "For Lev";
  i.link = "https://tacet.example.org/#" + std::string(150, 'k');
  i.ready = true;
  i.made_at = now;
  i.expires_at = now + Days(7);
  return i;
}

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> all{
      {"starting", [](Stage& s) { in_phase(s, Phase::starting); }},
      {"welcome", [](Stage& s) { in_phase(s, Phase::welcome); }},
      {"welcome with a problem and plain http",
       [](Stage& s) {
         s.env.secure_context = false;
         s.view.problem = client::Problem::storage_missing;
         in_phase(s, Phase::welcome);
         s.type("welcome.passphrase", "correct horse battery staple");
       }},
      {"creating", [](Stage& s) { in_phase(s, Phase::creating); }},
      {"recovery",
       [](Stage& s) {
         s.view.recovery_code = secret("K7QF-2MXD-9HTR-4WBN-VC3P-8JZY-5LEA");
         in_phase(s, Phase::recovery);
       }},
      {"recovery confirmation",
       [](Stage& s) {
         s.view.recovery_code = secret("K7QF-2MXD-9HTR-4WBN-VC3P-8JZY-5LEA");
         in_phase(s, Phase::recovery);
         s.activate("recovery.written");
         s.view.problem = client::Problem::recovery_code_wrong;
         s.activate("recovery.confirm");
       }},
      {"name",
       [](Stage& s) {
         in_phase(s, Phase::creating);
         in_phase(s, Phase::open);
       }},
      {"locked",
       [](Stage& s) {
         s.view.problem = client::Problem::wrong_passphrase;
         in_phase(s, Phase::locked);
       }},
      {"start over",
       [](Stage& s) {
         in_phase(s, Phase::locked);
         s.activate("unlock.start_over");
       }},
      {"unlocking", [](Stage& s) { in_phase(s, Phase::unlocking); }},
      {"unusable",
       [](Stage& s) {
         s.view.problem = client::Problem::vault_damaged;
         in_phase(s, Phase::unusable);
       }},
      {"list", open_desk},
      {"no contacts, relay away, a notice",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.conversations.clear();
         s.view.ephemeral = true;
         s.view.relays[0].state = client::RelayView::State::waiting;
         s.view.relays[0].next_try = s.now + Minutes(3);
         client::NoticeView notice;
         notice.id = 4;
         notice.problem = client::Problem::device_clock_wrong;
         s.view.notices.push_back(notice);
         s.settle();
       }},
      {"conversation",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[0]));
         s.type("composer", "One line\nand another\nand a third");
       }},
      {"conversation with troubles",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.relays.clear();
         auto& ada = s.view.conversations[0];
         ada.problem = client::Problem::identity_changed;
         ada.messages[1].delivery = client::Delivery::waiting;
         ada.messages.push_back(message(8, true, "x", s.now));
         ada.messages.back().delivery = client::Delivery::failed;
         ada.messages.back().problem = client::Problem::mailbox_gone;
         s.settle();
         s.activate(row_of(ada));
       }},
      {"silence",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[1]));
       }},
      {"request",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[2]));
       }},
      {"request sent",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[3]));
       }},
      {"clocks",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[0]));
         s.activate("clocks.burn");
       }},
      {"details",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[0]));
         s.activate("conversation.details");
       }},
      {"remove",
       [](Stage& s) {
         open_desk(s);
         s.activate(row_of(s.view.conversations[0]));
         s.activate("conversation.details");
         s.activate("details.remove");
       }},
      {"settings",
       [](Stage& s) {
         open_desk(s);
         s.activate("list.settings");
       }},
      {"invite",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.invitations.push_back(invitation(s.now));
         s.settle();
         s.activate("list.new");
       }},
      {"invitation",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.invitations.push_back(invitation(s.now));
         s.settle();
         s.activate("list.new");
         s.activate("invitation." + to_hex(s.view.invitations[0].id.view()));
       }},
      {"a link to paste",
       [](Stage& s) {
         open_desk(s);
         s.activate("list.new");
         s.activate("new_contact.tab.1");
       }},
      {"opening",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.opening.emplace();
         s.view.opening->state = client::OpeningView::State::ready;
         s.view.opening->label = "Lev from the printing house, who wrote rather a lot about himself here";
         s.settle();
       }},
      {"opening failed",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.opening.emplace();
         s.view.opening->state = client::OpeningView::State::failed;
         s.view.opening->problem = client::Problem::invitation_forged;
         s.settle();
       }},
      {"opening under way",
       [](Stage& s) {
         s.view = open_view(s.now);
         s.view.opening.emplace();
         s.view.opening->relay = "relay.example.org";
         s.settle(40);
       }},
  };
  return all;
}

struct Window {
  float width, height;
};
constexpr Window kWindows[] = {{1280, 800}, {390, 844}, {360, 640}, {800, 500}};

bool waits(const Stage& s) {
  for (const ui::Node& n : s.out.mirror.nodes) {
    if (n.role == Role::progressbar && n.progress > 1000) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every screen fits every window in every language, and says so to the mirror") {
  for (const Scene& scene : scenes()) {
    for (const Window window : kWindows) {
      for (const char* language : {"en", "fr"}) {
        Stage s(window.width, window.height);
        s.env.language = language;
        scene.play(s);
        CAPTURE(scene.name);
        CAPTURE(window.width);
        CAPTURE(language);
        CHECK(s.out.mirror.language == language);
        REQUIRE(!s.out.mirror.nodes.empty());
        std::set<std::string> ids;
        std::uint16_t depth = 0;
        for (const ui::Node& n : s.out.mirror.nodes) {
          CAPTURE(n.id);
          CHECK_MESSAGE(ids.insert(n.id).second, "id used twice");
          CHECK(!n.id.empty());
          CHECK(n.depth <= depth + 1);
          depth = n.depth;
          CHECK(n.rect.w > 0);
          CHECK(n.rect.h > 0);
          CHECK(n.rect.x >= -0.5f);
          CHECK(n.rect.x + n.rect.w <= window.width + 0.5f);
          const bool scrolls = n.clip.w > 0;
          if (!scrolls) {
            CHECK(n.rect.y >= -0.5f);
            CHECK(n.rect.y + n.rect.h <= window.height + 0.5f);
          }
          const bool pressed = n.role == Role::button || n.role == Role::radio || n.role == Role::checkbox;
          if (pressed) {
            CHECK(n.rect.h >= 44);
            CHECK(n.rect.w >= 44);
          }
          const bool named = pressed || n.role == Role::field || n.role == Role::password ||
                             n.role == Role::composer || n.role == Role::heading || n.role == Role::dialog ||
                             n.role == Role::alert;
          if (named) CHECK(!n.name.empty());
        }
      }
    }
  }
}

TEST_CASE("nothing moves on any screen that is not waiting") {
  for (const Scene& scene : scenes()) {
    Stage s;
    scene.play(s);
    CAPTURE(scene.name);
    const bool still = s.settle();
    CHECK((still || waits(s)));
    if (still) {
      for (int i = 0; i < 5; ++i) CHECK_FALSE(s.frame().animating);
    }
  }
}

TEST_CASE("under reduced motion even a wait stands still") {
  for (const Scene& scene : scenes()) {
    Stage s;
    s.env.reduced_motion = true;
    scene.play(s);
    CAPTURE(scene.name);
    CHECK(s.settle(10));
  }
}

TEST_CASE("under a dialog nothing else is in the mirror") {
  Stage s;
  open_desk(s);
  s.activate("list.settings");
  REQUIRE(s.node("settings") != nullptr);
  CHECK(s.node("settings")->role == Role::dialog);
  CHECK(s.node("list") == nullptr);
  CHECK(s.node("list.settings") == nullptr);
  CHECK(s.focus == "settings.close");
}

TEST_CASE("Escape, the close button and a click beside it close a dialog") {
  Stage s;
  open_desk(s);
  const auto open = [&] {
    s.activate("list.settings");
    REQUIRE(s.node("settings") != nullptr);
  };
  open();
  s.escape();
  CHECK(s.node("settings") == nullptr);
  CHECK(s.node("list") != nullptr);
  open();
  s.activate("settings.close");
  CHECK(s.node("settings") == nullptr);
  open();
  s.click("settings.close");
  CHECK(s.node("settings") == nullptr);
  open();
  s.click(20, 400);
  CHECK(s.node("settings") == nullptr);
}

TEST_CASE("on a phone there is one pane at a time, and back leads to the list") {
  Stage s(390, 844);
  open_desk(s);
  CHECK(s.node("list") != nullptr);
  s.activate(row_of(s.view.conversations[0]));
  CHECK(s.node("list") == nullptr);
  REQUIRE(s.node("conversation.back") != nullptr);
  s.send({ui::MirrorEvent::Kind::back, "", ""});
  CHECK(s.node("list") != nullptr);
  CHECK(s.node("conversation") == nullptr);
}

TEST_CASE("a stranger's words are text, never a link") {
  Stage s;
  open_desk(s);
  s.activate(row_of(s.view.conversations[2]));
  CHECK(s.node("request.accept") != nullptr);
  CHECK(s.node("composer") == nullptr);
  for (const ui::Node& n : s.out.mirror.nodes) CHECK(n.role != Role::link);
  s.activate("request.accept");
  REQUIRE(s.intent<client::AcceptRequest>() != nullptr);
  CHECK(s.intent<client::AcceptRequest>()->contact == s.view.conversations[2].contact);
}

TEST_CASE("the veil covers the screen and hides what is in fields, but keeps the mirror") {
  Stage s;
  open_desk(s);
  s.activate(row_of(s.view.conversations[0]));
  REQUIRE(s.node("composer") != nullptr);
  CHECK((s.node("composer")->ink >> 24) == 255);
  s.env.has_focus = false;
  s.settle();
  REQUIRE(s.node("composer") != nullptr);
  CHECK((s.node("composer")->ink >> 24) == 0);
  CHECK((s.node("composer")->placeholder_ink >> 24) == 0);
  s.type("composer", "still works");
  CHECK(s.node("composer")->value == "still works");
}
