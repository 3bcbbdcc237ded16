#include <doctest/doctest.h>

#include "ui/qr.h"
#include "ui/settings.h"
#include "ui/strength.h"

using namespace tacet;
using ui::Strength;

TEST_CASE("a passphrase is not called stronger than it is") {
  CHECK(ui::strength_of("") == Strength::empty);
  CHECK(ui::strength_of("abc") == Strength::too_short);
  for (const char* bad : {"password", "Password1", "12345678", "aaaaaaaaaaaa", "motdepasse2024", "qwertyuiop",
                          "azertyuiop", "hello123", "iloveyou!", "passwordpassword", "abcdefghijkl"}) {
    CAPTURE(bad);
    CHECK(ui::strength_of(bad) == Strength::weak);
  }
  CHECK(ui::strength_of("correct horse battery") <= Strength::fair);
  CHECK(ui::strength_of("correct horse battery staple") == Strength::strong);
  CHECK(ui::strength_of("lamp ocean violet tractor pepper noise") == Strength::excellent);
  CHECK(ui::strength_of("xK9#qTz!4vLw2$Rm") == Strength::excellent);
}

TEST_CASE("more of the same adds next to nothing") {
  CHECK(ui::estimated_bits("tractor tractor tractor tractor") < ui::estimated_bits("tractor violet"));
  CHECK(ui::estimated_bits("tractor!!!!!!!!!!!!!!!!") < ui::estimated_bits("tractor violet noise"));
}

TEST_CASE("characters are counted as people count them, nearly") {
  CHECK(ui::code_points("éàü") == 3);
  CHECK(ui::code_points("\u4f60\u597d") == 2);
}

TEST_CASE("settings survive being kept") {
  ui::Settings settings;
  CHECK(ui::Settings::parse(settings.text()) == settings);
  settings.theme = ui::Theme::dark;
  CHECK(ui::Settings::parse(settings.text()) == settings);
  settings.language = words::Language::french;
  CHECK(ui::Settings::parse(settings.text()) == settings);
  for (const Minutes after : ui::kLockAfter) {
    settings.lock_after = after;
    CHECK(ui::Settings::parse(settings.text()) == settings);
  }
  CHECK(ui::Settings::parse("lock=2 lock=x lock=").lock_after == ui::Settings().lock_after);
  CHECK(ui::Settings::parse("theme=purple language=xx \xff nonsense") == ui::Settings());
}

TEST_CASE("a link becomes a QR code with its three corners") {
  const ui::QrCode code(
      "https://tacet.example.org/"
      "#AQxyW9k3mJ8sTqPzVb2nRf6hLd0eGuKc7yXo5iMwBtA1ZrQpHjNvS4lDgEaUcOmFkYxTbW9e8R");
  REQUIRE(code.side() > 30);
  for (int i = 0; i < 7; ++i) {
    CHECK(code.dark(i, 0));
    CHECK(code.dark(code.side() - 1 - i, 0));
    CHECK(code.dark(i, code.side() - 1));
  }
  CHECK_FALSE(code.dark(7, 0));
}

TEST_CASE("what is too long for a QR code makes none") {
  CHECK(ui::QrCode(std::string(5000, 'x')).side() == 0);
  CHECK(ui::QrCode(std::string(ui::QrCode::kMaxText, 'x')).side() > 0);
}
