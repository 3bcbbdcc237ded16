// Every measure and colour of the interface, in one place (look/README.md). Lengths are CSS pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "ui/app.h"

namespace tacet::ui {

using Ink = std::uint32_t;  // 0xAABBGGRR, as ImGui has it

// From 0xRRGGBB.
[[nodiscard]] constexpr Ink ink_of(std::uint32_t rgb, std::uint32_t alpha = 255) {
  return (alpha << 24) | ((rgb & 0xFF) << 16) | (rgb & 0xFF00) | (rgb >> 16);
}
// The same colour, `strength` of 0 to 1 of its opacity.
[[nodiscard]] Ink fade(Ink ink, float strength);
// `amount` of 0 to 1 of the way from a to b.
[[nodiscard]] Ink blend(Ink a, Ink b, float amount);

struct Palette {
  Ink background;   // behind messages
  Ink panel;        // bars, cards, sheets
  Ink side;         // the list
  Ink row;          // the open conversation in the list
  Ink hover;        // under a pointer
  Ink line;         // borders of what can be told apart without them
  Ink strong_line;  // borders of controls
  Ink ink;
  Ink muted;       // secondary text, on every surface
  Ink ember;       // the accent as a shape
  Ink ember_text;  // the accent as text
  Ink fill;        // primary buttons and badges
  Ink on_fill;     // text on them
  Ink mine;        // bubbles
  Ink theirs;
  Ink good;
  Ink good_ground;  // behind a notice that all is well
  Ink warn_ground;  // behind a problem
  Ink scrim;
  Ink shadow;  // opaque black is the strongest; drawn at a few per cent
  bool dark;
};
[[nodiscard]] const Palette& palette_of(Theme theme, bool more_contrast);

// WCAG 2: 1 to 21. Alpha is ignored.
[[nodiscard]] double contrast(Ink a, Ink b);

// Every text colour with every ground it is drawn on; the test wants 4.5 of each.
struct InkPair {
  Ink text, ground;
  const char* where;
};
[[nodiscard]] std::vector<InkPair> ink_pairs(const Palette& palette);

struct Type {
  float size;  // of an em
  float line;
  bool semibold;
};
namespace type {
inline constexpr Type kBody{16, 23, false};
inline constexpr Type kStrong{16, 23, true};
inline constexpr Type kName{15, 21, true};
inline constexpr Type kSecondary{14, 20, false};
inline constexpr Type kSecondaryStrong{14, 20, true};
inline constexpr Type kSmall{12, 16, false};
inline constexpr Type kLabel{12, 16, true};
inline constexpr Type kWordmark{19, 26, true};
inline constexpr Type kHeading{20, 27, true};
inline constexpr Type kTitle{28, 35, true};
}  // namespace type

namespace space {
inline constexpr float k1 = 4, k2 = 8, k3 = 12, k4 = 16, k5 = 20, k6 = 24, k8 = 32, k10 = 40, k12 = 48;
}

namespace radius {
inline constexpr float kBubble = 18, kRow = 14, kButton = 12, kComposer = 22, kSheet = 22, kSmall = 6;
}

namespace size {
inline constexpr float kTouch = 44, kButton = 48, kField = 52, kBar = 64, kList = 320, kDetails = 300;
inline constexpr float kRow = 68, kAvatar = 44, kIcon = 20, kRing = 14, kRingStroke = 2;
inline constexpr float kTwoPanes = 700, kThreePanes = 1100;  // viewport widths
inline constexpr float kCard = 440;                          // welcome, unlock, dialogs
}  // namespace size

namespace motion {
inline constexpr Millis kQuick{120}, kCalm{180}, kBurn{600}, kBurnReduced{150};
}

}  // namespace tacet::ui
