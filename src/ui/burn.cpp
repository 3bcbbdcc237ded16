#include "ui/burn.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tacet::ui {
namespace {

constexpr int kPoints = 260;

// A smooth closed curve around zero: a few waves of different length, turned by the seed.
float ragged(float turn, float progress, std::uint32_t seed) {
  const float s = static_cast<float>(seed % 997) * 0.37f;
  constexpr float kTau = 6.2831853f;
  return 0.50f * std::sin(kTau * 5 * turn + s) +
         0.30f * std::sin(kTau * 11 * turn + 2.3f * s + 5 * progress) +
         0.20f * std::sin(kTau * 23 * turn + 4.1f * s - 7 * progress);
}

}  // namespace

void draw_burn(Ui& ui, Rect bubble, float x, float y, float progress, std::uint32_t seed) {
  const Palette& p = ui.ink();
  ImDrawList& draw = ui.draw();
  const float far_x = std::max(x - bubble.x, right_of(bubble) - x),
              far_y = std::max(y - bubble.y, bottom_of(bubble) - y);
  const float reach = std::hypot(far_x, far_y) + 24;
  const float r = reach * progress;
  struct Band {
    float ahead;
    Ink ink;
  };
  const std::array<Band, 4> bands{
      {{13, fade(p.ember, 0.16f)}, {8, fade(p.ember, 0.45f)}, {4, p.ember}, {0, p.background}}};
  const Rect around = inset(bubble, -1);
  ui.push_clip(around, false);
  for (const Band& band : bands) {
    for (int i = 0; i < kPoints; ++i) {
      const float turn = static_cast<float>(i) / kPoints, angle = 6.2831853f * turn;
      const float rough = ragged(turn, progress, seed) * std::min(4 + r * 0.09f, 22.0f);
      const float d = std::max(r + rough + band.ahead, 0.0f);
      draw.PathLineTo({x + d * std::cos(angle), y + d * std::sin(angle)});
    }
    draw.PathFillConcave(band.ink);
  }
  ui.pop_clip();
}

}  // namespace tacet::ui
