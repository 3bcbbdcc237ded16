#include <doctest/doctest.h>

#include "stage.h"
#include "words/words.h"

using namespace tacet;
using namespace tacet::test;
using client::Phase;

TEST_CASE("the passphrase that was typed is the one the vault is made with") {
  Stage s(390, 844);
  s.view.phase = Phase::welcome;
  s.settle();
  s.type("welcome.passphrase", "correct horse battery staple");
  CHECK(s.intent<client::CreateVault>() == nullptr);
  s.click("welcome.continue");
  REQUIRE(s.intent<client::CreateVault>() != nullptr);
  CHECK(as_text(s.intent<client::CreateVault>()->passphrase) == "correct horse battery staple");
}

TEST_CASE("Enter in the passphrase field goes on, but not with a short passphrase") {
  Stage s;
  s.view.phase = Phase::welcome;
  s.settle();
  s.type("welcome.passphrase", "short");
  s.submit("welcome.passphrase");
  CHECK(s.intent<client::CreateVault>() == nullptr);
  CHECK(s.node("welcome.passphrase")->invalid);
  s.type("welcome.passphrase", "long enough now");
  s.submit("welcome.passphrase");
  CHECK(s.intent<client::CreateVault>() != nullptr);
}

TEST_CASE("this session only needs nothing but a press") {
  Stage s;
  s.view.phase = Phase::welcome;
  s.settle();
  s.activate("welcome.session");
  CHECK(s.intent<client::CreateEphemeral>() != nullptr);
}

TEST_CASE("the recovery code is copied, typed back and confirmed") {
  Stage s;
  s.view.phase = Phase::recovery;
  s.view.recovery_code = secret("K7QF-2MXD-9HTR");
  s.settle();
  CHECK(s.node("recovery.code")->name == "K7QF-2MXD-9HTR");
  s.activate("recovery.copy");
  REQUIRE(s.request<ui::CopyText>() != nullptr);
  CHECK(s.request<ui::CopyText>()->text == "K7QF-2MXD-9HTR");
  CHECK(!s.announcements.empty());
  s.activate("recovery.written");
  CHECK(s.node("recovery.code") == nullptr);
  s.type("recovery.typed", "k7qf 2mxd 9htr");
  s.submit("recovery.typed");
  REQUIRE(s.intent<client::ConfirmRecoveryCode>() != nullptr);
  CHECK(s.intent<client::ConfirmRecoveryCode>()->typed == "k7qf 2mxd 9htr");
}

TEST_CASE("a wrong passphrase says so and leaves an empty field") {
  Stage s;
  s.view.phase = Phase::locked;
  s.settle();
  s.type("unlock.passphrase.0", "not this one");
  s.submit("unlock.passphrase.0");
  REQUIRE(s.intent<client::Unlock>() != nullptr);
  CHECK(as_text(s.intent<client::Unlock>()->passphrase) == "not this one");
  s.view.phase = Phase::unlocking;
  s.settle(5);
  s.view.phase = Phase::locked;
  s.view.problem = client::Problem::wrong_passphrase;
  s.settle();
  CHECK(s.node("unlock.passphrase.0") == nullptr);
  REQUIRE(s.node("unlock.passphrase.1") != nullptr);
  REQUIRE(s.node("unlock.problem") != nullptr);
  CHECK(s.node("unlock.problem")->name ==
        words::explain_in_full(words::Language::english, client::Problem::wrong_passphrase));
}

TEST_CASE("a security key is offered where one opens the vault, and nowhere else") {
  Stage s;
  s.view.phase = Phase::locked;
  s.settle();
  CHECK(s.node("unlock.key") == nullptr);
  s.env.security_keys = ui::SecurityKeys::possible;
  s.settle();
  CHECK(s.node("unlock.key") == nullptr);
  s.env.security_keys = ui::SecurityKeys::set;
  s.settle();
  s.activate("unlock.key");
  CHECK(s.intent<client::UnlockWithSecurityKey>() != nullptr);
  s.view.phase = Phase::unlocking;
  s.view.touching = true;
  s.settle();
  REQUIRE(s.node("unlocking.progress") != nullptr);
  CHECK(s.node("unlocking.progress")->name == words::say(words::Language::english, words::Word::key_touch));
}

TEST_CASE("everything is erased only after a second question") {
  Stage s;
  s.view.phase = Phase::locked;
  s.settle();
  s.activate("unlock.start_over");
  CHECK(s.intent<client::EraseVault>() == nullptr);
  s.activate("erase.cancel");
  CHECK(s.node("erase") == nullptr);
  s.activate("unlock.start_over");
  s.activate("erase.confirm");
  CHECK(s.intent<client::EraseVault>() != nullptr);
}

TEST_CASE("a new vault asks for a name once, and takes no for an answer") {
  Stage s;
  s.view.phase = Phase::creating;
  s.settle(5);
  s.view.phase = Phase::open;
  s.settle();
  REQUIRE(s.node("name.skip") != nullptr);
  s.type("name.field", "Nora");
  s.activate("name.continue");
  REQUIRE(s.intent<client::SetMyName>() != nullptr);
  CHECK(s.intent<client::SetMyName>()->name == "Nora");
  CHECK(s.node("list") != nullptr);
}

TEST_CASE("an invitation link from the address bar waits for the vault") {
  Stage s;
  s.app.invitation_link("https://x.example/#abc");
  s.view.phase = Phase::locked;
  s.settle();
  CHECK(s.intent<client::OpenInvitation>() == nullptr);
  s.view = open_view(s.now);
  s.settle();
  REQUIRE(s.intent<client::OpenInvitation>() != nullptr);
  CHECK(s.intent<client::OpenInvitation>()->link == "https://x.example/#abc");
  s.intents.clear();
  s.settle();
  CHECK(s.intent<client::OpenInvitation>() == nullptr);
}

TEST_CASE("Enter sends what is in the composer and empties it") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate(row_of(s.view.conversations[0]));
  s.type("composer", "  \n");
  s.submit("composer");
  CHECK(s.intent<client::SendText>() == nullptr);
  s.type("composer", "On my way.");
  s.submit("composer");
  REQUIRE(s.intent<client::SendText>() != nullptr);
  CHECK(s.intent<client::SendText>()->text == "On my way.");
  CHECK(!s.intent<client::SendText>()->clocks.has_value());
  CHECK(s.node("composer")->value.empty());
}

TEST_CASE("each conversation keeps its own draft") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate(row_of(s.view.conversations[0]));
  s.type("composer", "to Ada");
  s.activate(row_of(s.view.conversations[1]));
  CHECK(s.node("composer")->value.empty());
  s.activate(row_of(s.view.conversations[0]));
  CHECK(s.node("composer")->value == "to Ada");
}

TEST_CASE("clocks for the next message only go with that message and no other") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate(row_of(s.view.conversations[0]));
  s.activate("clocks.expiry");
  s.activate("clocks_sheet.expiry.0");
  s.activate("clocks_sheet.burn.0");
  s.activate("clocks_sheet.scope.1");
  s.activate("clocks_sheet.apply");
  CHECK(s.node("clocks_sheet") == nullptr);
  CHECK(s.intent<client::SetClocks>() == nullptr);
  s.type("composer", "quick");
  s.activate("composer.send");
  REQUIRE(s.intent<client::SendText>() != nullptr);
  REQUIRE(s.intent<client::SendText>()->clocks.has_value());
  CHECK(s.intent<client::SendText>()->clocks->expires_after == Minutes(5));
  CHECK(s.intent<client::SendText>()->clocks->burn_after == Seconds(0));
  s.type("composer", "slow");
  s.activate("composer.send");
  CHECK(!s.intent<client::SendText>()->clocks.has_value());
}

TEST_CASE("clocks of a conversation are set in range") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate(row_of(s.view.conversations[0]));
  for (int i = 0; i < 8; ++i) {
    s.activate("clocks.expiry");
    s.activate("clocks_sheet.expiry." + std::to_string(i));
    s.activate("clocks_sheet.burn." + std::to_string(i % 7));
    s.activate("clocks_sheet.apply");
    if (const auto* set = s.intent<client::SetClocks>()) CHECK(set->clocks.in_range());
  }
  CHECK(s.intent<client::SetClocks>() != nullptr);
}

TEST_CASE("an invitation is made as asked, shown when it is there, copied and revoked") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate("list.new");
  s.type("invite.label", "For Lev");
  s.activate("invite.uses.3");
  s.activate("invite.lifetime.0");
  s.activate("invite.make");
  const auto* make = s.intent<client::MakeInvitation>();
  REQUIRE(make != nullptr);
  CHECK(make->label == "For Lev");
  CHECK(make->uses == 0);
  CHECK(make->lifetime == Days(1));
  client::InvitationView i;
  i.id = id_of<client::InvitationId>(3);
  i.link = "https://tacet.example/#abc";
  i.ready = true;
  i.expires_at = s.now + Days(1);
  s.view.invitations.push_back(i);
  s.settle();
  CHECK(s.node("invite.qr") != nullptr);
  s.activate("invite.copy");
  REQUIRE(s.request<ui::CopyText>() != nullptr);
  CHECK(s.request<ui::CopyText>()->text == i.link);
  s.activate("invite.revoke");
  REQUIRE(s.intent<client::RevokeInvitation>() != nullptr);
  CHECK(s.intent<client::RevokeInvitation>()->invitation == i.id);
}

TEST_CASE("an opened invitation is answered with a first message, or left alone") {
  Stage s;
  s.view = open_view(s.now);
  s.view.opening.emplace();
  s.view.opening->state = client::OpeningView::State::ready;
  s.settle();
  s.activate("opening.send");
  CHECK(s.intent<client::Introduce>() == nullptr);
  s.type("opening.message", std::string(501, 'x'));
  s.activate("opening.send");
  CHECK(s.intent<client::Introduce>() == nullptr);
  s.type("opening.message", "It is me.");
  s.activate("opening.send");
  REQUIRE(s.intent<client::Introduce>() != nullptr);
  CHECK(s.intent<client::Introduce>()->text == "It is me.");
  s.escape();
  CHECK(s.intent<client::CancelInvitation>() != nullptr);
}

TEST_CASE("a contact is removed only after a second question") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate(row_of(s.view.conversations[0]));
  s.activate("conversation.details");
  s.activate("details.remove");
  CHECK(s.intent<client::RemoveContact>() == nullptr);
  s.activate("remove.confirm");
  REQUIRE(s.intent<client::RemoveContact>() != nullptr);
  s.view.conversations.erase(s.view.conversations.begin());
  s.settle();
  CHECK(s.node("nothing_open") != nullptr);
}

TEST_CASE("language and appearance take effect at once and are given to the host to keep") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.activate("list.settings");
  s.activate("settings.language.2");
  s.activate("settings.theme.2");
  CHECK(s.out.mirror.language == "fr");
  REQUIRE(s.requests.size() == 2);
  CHECK(std::get<ui::KeepSettings>(s.requests[1]).text == "lock=15 theme=dark language=fr");
}

TEST_CASE("without input for the chosen time the vault locks; every input puts it off") {
  Stage s(1280, 800, "lock=1");
  s.view = open_view(s.now);
  s.settle();
  CHECK(*s.out.next_frame_at <= s.now + Minutes(1));  // the host must draw then, whatever else happens
  s.now += Seconds(50);
  s.type("list.search", "a");
  s.now += Seconds(50);
  s.click(640, 400);
  s.now += Seconds(50);
  s.settle();
  CHECK(s.intent<client::Lock>() == nullptr);
  s.now += Seconds(11);
  s.frame();
  CHECK(s.intent<client::Lock>() != nullptr);
}

TEST_CASE("the time until the vault locks is chosen in the settings, and may be never") {
  Stage s(1280, 800, "lock=1");
  s.view = open_view(s.now);
  s.settle();
  s.activate("list.settings");
  s.activate("settings.lock_after.3");
  REQUIRE(!s.requests.empty());
  CHECK(std::get<ui::KeepSettings>(s.requests.back()).text == "lock=0");
  s.now += Days(1);
  s.settle();
  CHECK(s.intent<client::Lock>() == nullptr);
}

TEST_CASE("a session that keeps nothing is not locked for want of input") {
  Stage s(1280, 800, "lock=1");
  s.view = open_view(s.now);
  s.view.ephemeral = true;
  s.settle();
  s.now += Days(1);
  s.settle();
  CHECK(s.intent<client::Lock>() == nullptr);
}

TEST_CASE("what the host kept takes effect at the next start") {
  Stage again(1280, 800, "theme=dark language=fr and=more");
  again.view.phase = Phase::welcome;
  again.settle();
  CHECK(again.out.mirror.language == "fr");
}

TEST_CASE("search finds names without regard to capitals") {
  Stage s;
  s.view = open_view(s.now);
  s.settle();
  s.type("list.search", "aDa");
  CHECK(s.node(row_of(s.view.conversations[0])) != nullptr);
  CHECK(s.node(row_of(s.view.conversations[1])) == nullptr);
  s.type("list.search", "zzz");
  CHECK(s.node("list.nothing_found") != nullptr);
}

TEST_CASE("a notice is dismissed by the pointer although something lies under it") {
  Stage s;
  s.view = open_view(s.now);
  client::NoticeView notice;
  notice.id = 4;
  notice.problem = client::Problem::storage_full;
  s.view.notices.push_back(notice);
  s.settle();
  s.activate(row_of(s.view.conversations[0]));
  s.click("notice.4.dismiss");
  REQUIRE(s.intent<client::DismissNotice>() != nullptr);
  CHECK(s.intent<client::DismissNotice>()->notice == 4);
}

TEST_CASE("a waiting relay can be tried at once") {
  Stage s;
  s.view = open_view(s.now);
  s.view.relays[0].state = client::RelayView::State::waiting;
  s.view.relays[0].next_try = s.now + Seconds(40);
  s.settle();
  REQUIRE(s.out.next_frame_at.has_value());  // the seconds count down
  CHECK(*s.out.next_frame_at <= s.now + Seconds(1));
  s.click("relay.retry");
  CHECK(s.intent<client::RetryNow>() != nullptr);
}
