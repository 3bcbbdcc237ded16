// Icons as paths on a grid of 20, stroke 1.7, round.
#pragma once

#include "ui/ui.h"

namespace tacet::ui {

enum class Icon : std::uint8_t {
  plus,
  sliders,
  search,
  more,
  back,
  send,
  flame,
  ring,
  check,
  double_check,
  clock,
  copy,
  qr,
  close,
  shield,
  link,
  lock,
  trash,
  down,
  chevron,
  alert,
  eye_off,
};

// Centred at x, y.
void icon(Ui& ui, Icon which, float x, float y, Ink ink, float size = size::kIcon);

}  // namespace tacet::ui
