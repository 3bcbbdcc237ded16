#include "ui/theme.h"

#include <algorithm>
#include <cmath>

namespace tacet::ui {
namespace {

constexpr Palette kLight{
    .background = ink_of(0xFAF8F5),
    .panel = ink_of(0xFFFFFF),
    .side = ink_of(0xF3EFEA),
    .row = ink_of(0xFFFFFF),
    .hover = ink_of(0xEAE4DC),
    .line = ink_of(0xE6DFD6),
    .strong_line = ink_of(0xD9D0C5),
    .ink = ink_of(0x1E1B18),
    .muted = ink_of(0x665D54),
    .ember = ink_of(0xE4572E),
    .ember_text = ink_of(0xB33A17),
    .fill = ink_of(0xC4421D),
    .on_fill = ink_of(0xFFFFFF),
    .mine = ink_of(0xFBE3DA),
    .theirs = ink_of(0xFFFFFF),
    .good = ink_of(0x246B43),
    .good_ground = ink_of(0xE4F1E8),
    .warn_ground = ink_of(0xFCEBE4),
    .scrim = ink_of(0x2A211A, 110),
    .shadow = ink_of(0x4A3620),
    .dark = false,
};

constexpr Palette kDark{
    .background = ink_of(0x151311),
    .panel = ink_of(0x1B1917),
    .side = ink_of(0x191715),
    .row = ink_of(0x282421),
    .hover = ink_of(0x262220),
    .line = ink_of(0x2C2825),
    .strong_line = ink_of(0x3A3530),
    .ink = ink_of(0xEFEAE4),
    .muted = ink_of(0xA79D93),
    .ember = ink_of(0xF0703F),
    .ember_text = ink_of(0xF58558),
    .fill = ink_of(0xF0703F),
    .on_fill = ink_of(0x1B0E08),
    .mine = ink_of(0x3A231A),
    .theirs = ink_of(0x24211E),
    .good = ink_of(0x6FCF97),
    .good_ground = ink_of(0x16261C),
    .warn_ground = ink_of(0x2E1C14),
    .scrim = ink_of(0x000000, 150),
    .shadow = ink_of(0x000000),
    .dark = true,
};

constexpr Palette stronger(Palette p) {
  p.muted = p.dark ? ink_of(0xD8D0C8) : ink_of(0x3A332D);
  p.line = p.dark ? ink_of(0x7A7068) : ink_of(0x8A7F73);
  p.strong_line = p.dark ? ink_of(0xA89D93) : ink_of(0x5A5047);
  p.ember_text = p.dark ? ink_of(0xFFA27D) : ink_of(0x8F2A0D);
  p.fill = p.dark ? p.fill : ink_of(0x9C3212);
  p.good = p.dark ? ink_of(0x8FE3B2) : ink_of(0x174D2E);
  return p;
}
constexpr Palette kLightStrong = stronger(kLight);
constexpr Palette kDarkStrong = stronger(kDark);

std::uint32_t channel(Ink ink, int index) {
  return (ink >> (8 * index)) & 0xFF;
}

double luminance(Ink ink) {
  constexpr double kWeights[] = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (int i = 0; i < 3; ++i) {
    const double v = static_cast<double>(channel(ink, i)) / 255.0;
    sum += kWeights[i] * (v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
  }
  return sum;
}

}  // namespace

Ink fade(Ink ink, float strength) {
  const float alpha = static_cast<float>(channel(ink, 3)) * std::clamp(strength, 0.0f, 1.0f);
  return (ink & 0x00FFFFFF) | (static_cast<std::uint32_t>(std::lround(alpha)) << 24);
}

Ink blend(Ink a, Ink b, float amount) {
  const float t = std::clamp(amount, 0.0f, 1.0f);
  Ink out = 0;
  for (int i = 0; i < 4; ++i) {
    const float from = static_cast<float>(channel(a, i)), to = static_cast<float>(channel(b, i));
    out |= static_cast<std::uint32_t>(std::lround(from + (to - from) * t)) << (8 * i);
  }
  return out;
}

const Palette& palette_of(Theme theme, bool more_contrast) {
  if (theme == Theme::dark) return more_contrast ? kDarkStrong : kDark;
  return more_contrast ? kLightStrong : kLight;
}

double contrast(Ink a, Ink b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

std::vector<InkPair> ink_pairs(const Palette& p) {
  std::vector<InkPair> pairs{
      {p.on_fill, p.fill, "primary button"},
      {p.ink, p.mine, "my message"},
      {p.muted, p.mine, "time of my message"},
      {p.ink, p.theirs, "their message"},
      {p.muted, p.theirs, "time of their message"},
      {p.ember_text, p.mine, "my message was not sent"},
      {p.good, p.panel, "verified"},
      {p.good, p.good_ground, "good news"},
      {p.ink, p.warn_ground, "problem"},
      {p.muted, p.warn_ground, "problem, what to do"},
      {p.ember_text, p.warn_ground, "danger"},
      {p.ember_text, p.hover, "danger under the pointer"},
      {p.good, p.side, "relay is connected"},
      {p.good, p.mine, "read"},
  };
  for (const Ink ground : {p.background, p.panel, p.side, p.row, p.hover}) {
    pairs.push_back({p.ink, ground, "text"});
    pairs.push_back({p.muted, ground, "secondary text"});
  }
  for (const Ink ground : {p.background, p.panel, p.side})
    pairs.push_back({p.ember_text, ground, "accent text"});
  return pairs;
}

}  // namespace tacet::ui
