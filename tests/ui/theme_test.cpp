#include "ui/theme.h"

#include <doctest/doctest.h>

using namespace tacet::ui;

TEST_CASE("every text can be read on every ground it is drawn on") {
  for (const Theme theme : {Theme::light, Theme::dark}) {
    for (const bool more_contrast : {false, true}) {
      for (const InkPair& pair : ink_pairs(palette_of(theme, more_contrast))) {
        CAPTURE(pair.where);
        CAPTURE(static_cast<int>(theme));
        CAPTURE(more_contrast);
        CHECK(contrast(pair.text, pair.ground) >= (more_contrast ? 6.0 : 4.5));
      }
    }
  }
}

TEST_CASE("contrast is what WCAG says it is") {
  CHECK(contrast(ink_of(0x000000), ink_of(0xFFFFFF)) == doctest::Approx(21.0));
  CHECK(contrast(ink_of(0xFFFFFF), ink_of(0xE4572E)) == doctest::Approx(3.6).epsilon(0.02));
  CHECK(contrast(ink_of(0x777777), ink_of(0xFFFFFF)) == doctest::Approx(4.48).epsilon(0.01));
}

TEST_CASE("the accent as a shape stands out from every surface by three to one") {
  for (const Theme theme : {Theme::light, Theme::dark}) {
    const Palette& p = palette_of(theme, false);
    for (const Ink ground : {p.background, p.panel, p.theirs}) CHECK(contrast(p.ember, ground) >= 3.0);
  }
}
