// Text that people wrote (messages, names, labels): any script, shaped by the browser and drawn as a texture.
// Text that we wrote comes from src/words and the bundled font.
#pragma once

#include <cstdint>
#include <string_view>

namespace tacet::ui {

struct RunStyle {
  float size = 16;                 // CSS pixels
  float line_height = 23;          // CSS pixels
  std::uint16_t weight = 400;      // 400 or 600
  std::uint32_t ink = 0xFF000000;  // 0xAABBGGRR
  std::uint16_t max_lines = 0;     // 0: as many as it takes; else the last one ends with an ellipsis
  bool operator==(const RunStyle&) const = default;
};

struct Run {
  std::uint64_t texture = 0;  // ImTextureID; 0: not drawn yet, ask again next frame
  float w = 0, h = 0;         // CSS pixels of the laid-out text
  float u0 = 0, v0 = 0, u1 = 1, v1 = 1;
  bool right_to_left = false;
};

class RunText {
 public:
  virtual ~RunText() = default;
  // Lays out without drawing; cheap when repeated.
  virtual Run measure(std::string_view utf8, float max_width, const RunStyle& style) = 0;
  // Lays out and draws; the texture lives at least until the end of the frame.
  virtual Run draw(std::string_view utf8, float max_width, const RunStyle& style) = 0;
};

}  // namespace tacet::ui
