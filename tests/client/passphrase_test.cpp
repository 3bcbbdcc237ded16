// A new passphrase and a new recovery code for a vault that is open.
#include "client/alone.h"

using namespace tacet;
using namespace tacet::test;

TEST_CASE("a new passphrase opens the vault, and the old one no more") {
  Alone a(220);
  const Fingerprint who = a.ada.view().my_fingerprint;
  a.ada.tell(ChangePassphrase{secret("correct horse"), secret("another horse")});
  CHECK(a.ada.view().work.state == State::working);
  REQUIRE(a.until(State::done));
  CHECK(a.ada.view().work.kind == WorkView::Kind::passphrase);
  a.ada.tell(DismissWork{});
  CHECK(a.ada.view().work.kind == WorkView::Kind::none);
  CHECK_FALSE(a.opens_with("correct horse"));
  CHECK(a.ada.view().problem == Problem::wrong_passphrase);
  CHECK(a.opens_with(a.code));
  CHECK(a.opens_with("another horse"));
  CHECK(a.ada.view().my_fingerprint == who);
}

TEST_CASE("who has forgotten the passphrase sets a new one with the recovery code") {
  Alone a(221);
  a.ada.tell(ChangePassphrase{secret(a.code), secret("another horse")});
  REQUIRE(a.until(State::done));
  CHECK(a.opens_with("another horse"));
}

TEST_CASE("a change with a wrong passphrase, a short one, or no memory changes nothing and says why") {
  Alone a(222);
  a.ada.tell(ChangePassphrase{secret("wrong horse"), secret("another horse")});
  REQUIRE(a.until(State::failed));
  CHECK(a.ada.view().work.problem == Problem::wrong_passphrase);
  a.ada.tell(ChangePassphrase{secret("correct horse"), secret("short")});
  CHECK(a.ada.view().work.problem == Problem::passphrase_too_short);
  a.ada.short_of_memory = true;
  a.ada.tell(ChangePassphrase{secret("correct horse"), secret("another horse")});
  REQUIRE(a.until(State::failed));
  CHECK(a.ada.view().work.problem == Problem::not_enough_memory);
  a.ada.short_of_memory = false;
  a.ada.disk.refuses = vault::FileError::no_space;
  a.ada.tell(ChangePassphrase{secret("correct horse"), secret("another horse")});
  REQUIRE(a.until(State::failed));
  CHECK(a.ada.view().work.problem == Problem::storage_full);
  a.ada.disk.refuses.reset();
  a.world.run_for(Seconds(10));
  CHECK_FALSE(a.opens_with("another horse"));
  CHECK(a.opens_with("correct horse"));
}

TEST_CASE("a new recovery code counts once it was typed back, and the old one until then") {
  Alone a(223);
  a.ada.tell(RenewRecoveryCode{secret("wrong horse")});
  REQUIRE(a.until(State::failed));
  CHECK(a.ada.view().work.problem == Problem::wrong_passphrase);
  a.ada.tell(RenewRecoveryCode{secret("correct horse")});
  REQUIRE(a.until(State::confirming));
  a.ada.tell(ConfirmRecoveryCode{"0000"});
  CHECK(a.ada.view().work.problem == Problem::recovery_code_wrong);
  a.ada.tell(DismissWork{});
  CHECK(a.ada.view().work.recovery_code.empty());
  CHECK(a.opens_with(a.code));

  a.ada.tell(RenewRecoveryCode{secret("correct horse")});
  REQUIRE(a.until(State::confirming));
  const std::string code(as_text(a.ada.view().work.recovery_code));
  CHECK(code != a.code);
  a.ada.tell(ConfirmRecoveryCode{code});
  REQUIRE(a.until(State::done));
  CHECK_FALSE(a.opens_with(a.code));
  CHECK(a.opens_with(code));
  CHECK(a.opens_with("correct horse"));
}

TEST_CASE("cut off anywhere, a change of passphrase leaves the old one or the new one, never neither") {
  for (const Crash kind : {Crash::drops, Crash::keeps, Crash::tears}) {
    std::size_t old_ones = 0;
    std::size_t new_ones = 0;
    for (std::size_t step = 0; step < 10; ++step) {
      INFO("step ", step);
      Alone a(224);
      bool died = false;
      a.ada.crash_kind = kind;
      a.ada.crash_at = a.ada.effects_done + step;
      a.ada.after_crash = [&] { died = true; };
      a.ada.tell(ChangePassphrase{secret("correct horse"), secret("another horse")});
      (void)a.world.run_until([&] { return died || a.ada.view().work.state != State::working; });
      const bool done = !died && a.ada.view().work.state == State::done;
      if (!died) a.ada.crash_at.reset();
      if (!died) a.ada.crash(kind);
      a.ada.after_crash = nullptr;
      a.ada.start();
      const bool with_new = a.opens_with("another horse");
      const bool with_old = a.opens_with("correct horse");
      CHECK(with_old != with_new);
      if (done) CHECK(with_new);
      (with_new ? new_ones : old_ones)++;
    }
    CHECK(old_ones > 0);
    CHECK(new_ones > 0);
  }
}
