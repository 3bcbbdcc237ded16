#include "ui/paint.h"

#include <algorithm>
#include <cmath>

namespace tacet::ui {
namespace {

constexpr float kPi = 3.14159265f;

ImVec2 low(Rect r) {
  return {r.x, r.y};
}
ImVec2 high(Rect r) {
  return {r.x + r.w, r.y + r.h};
}

}  // namespace

void fill(Ui& ui, Rect rect, Ink ink, float corner, ImDrawFlags corners) {
  ui.draw().AddRectFilled(low(rect), high(rect), ink, corner, corners);
}

void stroke(Ui& ui, Rect rect, Ink ink, float corner, float width, ImDrawFlags corners) {
  ui.draw().AddRect(low(rect), high(rect), ink, corner, corners, width);
}

void box(Ui& ui, Rect rect, Ink ground, Ink border, float corner, ImDrawFlags corners) {
  fill(ui, rect, border, corner, corners);
  fill(ui, inset(rect, 1), ground, std::max(corner - 1, 0.0f), corners);
}

void shadow(Ui& ui, Rect rect, float corner, float height) {
  // Many faint layers, closer together near the panel: dense there, gone at the rim.
  constexpr int kSteps = 10;
  const float strength = ui.ink().dark ? 0.045f : 0.011f;
  for (int i = kSteps; i >= 1; --i) {
    const float part = static_cast<float>(i) / kSteps;
    const float spread = height * part * part;
    Rect r = inset(rect, -spread);
    r.y += height * 0.3f;
    fill(ui, r, fade(ui.ink().shadow, strength), corner + spread);
  }
}

void dashed(Ui& ui, Rect rect, Ink ink, float corner) {
  ImDrawList& draw = ui.draw();
  draw.PathRect({rect.x + 0.5f, rect.y + 0.5f}, {right_of(rect) - 0.5f, bottom_of(rect) - 0.5f}, corner);
  std::vector<ImVec2> path(draw._Path.Data, draw._Path.Data + draw._Path.Size);
  draw.PathClear();
  if (path.empty()) return;
  path.push_back(path.front());
  constexpr float kDash = 4, kGap = 3;
  float along = 0;  // position in the pattern
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const ImVec2 a = path[i], b = path[i + 1];
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    float done = 0;
    while (done < length) {
      const float phase = std::fmod(along, kDash + kGap);
      const bool on = phase < kDash;
      const float step = std::min((on ? kDash : kDash + kGap) - phase + 0.001f, length - done);
      if (on) {
        const float s = done / length, e = (done + step) / length;
        draw.AddLine({a.x + (b.x - a.x) * s, a.y + (b.y - a.y) * s},
                     {a.x + (b.x - a.x) * e, a.y + (b.y - a.y) * e}, ink, 1);
      }
      done += step;
      along += step;
    }
  }
}

void hairline(Ui& ui, float x, float y, float w) {
  fill(ui, {x, ui.snap(y), w, 1}, ui.ink().line);
}

void upright(Ui& ui, float x, float y, float h) {
  fill(ui, {ui.snap(x), y, 1, h}, ui.ink().line);
}

void dot(Ui& ui, float x, float y, float r, Ink ink) {
  ui.draw().AddCircleFilled({x, y}, r, ink);
}

void ring(Ui& ui, float x, float y, float left, Ink ink, Ink track, float diameter, float width) {
  ImDrawList& draw = ui.draw();
  const float r = (diameter - width) / 2;
  const int segments = std::max(24, static_cast<int>(diameter * 1.6f));
  draw.AddCircle({x, y}, r, track, segments, width);
  left = std::clamp(left, 0.0f, 1.0f);
  if (left <= 0.002f) return;
  const float from = -kPi / 2, to = from + 2 * kPi * left;
  if (left > 0.998f) {
    draw.AddCircle({x, y}, r, ink, segments, width);
    return;
  }
  draw.PathArcTo({x, y}, r, from, to, std::max(3, static_cast<int>(static_cast<float>(segments) * left) + 1));
  draw.PathStroke(ink, 0, width);
  for (const float at : {from, to})
    draw.AddCircleFilled({x + r * std::cos(at), y + r * std::sin(at)}, width / 2, ink, 8);
}

void turning(Ui& ui, float x, float y, float diameter, Ink ink, Ink track) {
  ImDrawList& draw = ui.draw();
  const float width = std::max(2.0f, diameter / 14);
  const float r = (diameter - width) / 2;
  draw.AddCircle({x, y}, r, track, 48, width);
  float from = -kPi / 2;
  if (!ui.env().reduced_motion) {
    ui.animate();
    from += 2 * kPi * static_cast<float>(to_millis(ui.now()) % 1400) / 1400;
  }
  draw.PathArcTo({x, y}, r, from, from + 1.7f, 20);
  draw.PathStroke(ink, 0, width);
  for (const float at : {from, from + 1.7f}) {
    draw.AddCircleFilled({x + r * std::cos(at), y + r * std::sin(at)}, width / 2, ink, 10);
  }
}

}  // namespace tacet::ui
