// Draws ImGui's lists with WebGL2. All textures hold premultiplied colours: ImGui's own atlas and the run
// textures go through the same shader. Owns the context and everything in it, and survives its loss.
#pragma once

#include <cstdint>
#include <vector>

#include "browser/gl_program.h"
#include "ui/app.h"

struct ImDrawCmd;
struct ImDrawData;
struct ImDrawList;
struct ImTextureData;

namespace tacet::browser {

class Renderer {
 public:
  // False when the browser gives no WebGL2 context.
  [[nodiscard]] bool start(const char* canvas_selector);

  // The browser took the graphics memory away. Every texture and program is gone with it; ImGui is told once.
  void context_lost();
  // It is back: programs are built again, textures follow with the next frames.
  void context_restored();
  [[nodiscard]] bool usable() const { return usable_; }

  // `width` and `height` in device pixels.
  void draw(const ImDrawData& data, int width, int height, float ratio,
            const std::vector<ui::Burning>& burning);

 private:
  void build();
  void update_textures(const ImDrawData& data);
  void update_texture(ImTextureData& texture);
  void draw_list(const ImDrawList& list, int width, int height, float ratio);
  void draw_fire(const ui::Burning& burning);

  int context_ = 0;
  bool usable_ = false;
  Program ui_;
  Program burn_;
  std::uint32_t vertices_ = 0, indices_ = 0, array_ = 0;
  float scale_x_ = 0, scale_y_ = 0;  // CSS pixels to clip space
};

}  // namespace tacet::browser
