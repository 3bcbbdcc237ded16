#include "ui/avatar.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tacet::ui {
namespace {

constexpr float kPi = 3.14159265f;

// hue in turns, the rest 0 to 1.
Ink from_hsl(float hue, float saturation, float lightness, float alpha) {
  const float a = saturation * std::min(lightness, 1 - lightness);
  Ink out = static_cast<Ink>(std::lround(alpha * 255.0f)) << 24;
  constexpr float kShift[] = {0, 8, 4};
  for (int i = 0; i < 3; ++i) {
    const float k = std::fmod(kShift[i] + hue * 12, 12.0f);
    const float v = lightness - a * std::max(-1.0f, std::min({k - 3, 9 - k, 1.0f}));
    out |= static_cast<Ink>(std::lround(v * 255.0f)) << (8 * i);
  }
  return out;
}

// Where two discs meet is convex: from a point inside both, the nearer edge in every direction.
void lens(ImDrawList& draw, ImVec2 a, float ra, ImVec2 b, float rb, Ink ink, int points) {
  const float dx = b.x - a.x, dy = b.y - a.y, apart = std::hypot(dx, dy);
  if (apart >= ra + rb - 0.5f) return;
  if (apart + rb <= ra) {
    draw.AddCircleFilled(b, rb, ink, points);
    return;
  }
  // The middle of the overlap on the line through both centres.
  const float near_end = std::max(apart - rb, -ra), far_end = std::min(ra, apart + rb);
  const float middle = (near_end + far_end) / 2;
  const ImVec2 c{a.x + dx / apart * middle, a.y + dy / apart * middle};
  const auto reach = [&](ImVec2 centre, float r, float ux, float uy) {
    const float px = c.x - centre.x, py = c.y - centre.y;
    const float along = px * ux + py * uy;
    return -along + std::sqrt(std::max(along * along - (px * px + py * py - r * r), 0.0f));
  };
  for (int i = 0; i < points; ++i) {
    const float angle = 2 * kPi * static_cast<float>(i) / static_cast<float>(points);
    const float ux = std::cos(angle), uy = std::sin(angle);
    const float d = std::min(reach(a, ra, ux, uy), reach(b, rb, ux, uy));
    draw.PathLineTo({c.x + ux * d, c.y + uy * d});
  }
  draw.PathFillConvex(ink);
}

}  // namespace

void avatar(Ui& ui, float x, float y, float diameter, const client::Fingerprint& fingerprint) {
  // Eight hues that go well together; a disc takes one near the first's, so that a face has a mood of its
  // own.
  constexpr std::array<float, 8> kHues{0.38f, 0.76f, 0.56f, 0.06f, 0.92f, 0.66f, 0.25f, 0.46f};
  const auto byte = [&](std::size_t i) { return fingerprint.raw[i]; };
  const auto part = [&](std::size_t i) { return static_cast<float>(byte(i)) / 255.0f; };
  ImDrawList& draw = ui.draw();
  const ImVec2 centre{x, y};
  const float r = diameter / 2;
  const int points = std::max(40, static_cast<int>(diameter));
  const float light = ui.ink().dark ? 0.60f : 0.62f;
  draw.AddCircleFilled(centre, r, from_hsl(kHues[byte(0) % 8] + 0.03f * part(1), 0.44f, light, 1), points);
  for (std::size_t i = 1; i < 5; ++i) {
    const std::size_t at = 2 + (i - 1) * 5;
    const float angle = 2 * kPi * part(at), away = r * (0.25f + 0.5f * part(at + 1));
    const float size = r * (i == 4 ? 0.26f + 0.16f * part(at + 2) : 0.48f + 0.36f * part(at + 2));
    const Ink ink = from_hsl(kHues[byte(at + 3) % 8] + 0.05f * part(at + 4), 0.50f, light, 0.72f);
    lens(draw, centre, r, {x + away * std::cos(angle), y + away * std::sin(angle)}, size, ink, points);
  }
}

}  // namespace tacet::ui
