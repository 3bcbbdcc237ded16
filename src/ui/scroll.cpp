#include "ui/scroll.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "ui/paint.h"

namespace tacet::ui {
namespace {

constexpr float kNotch = 100;        // CSS pixels to one unit of ImGui's wheel
constexpr float kSlop = 8;           // a finger that moves no further presses
constexpr float kFling = 0.32f;      // seconds; how far momentum carries
constexpr float kWheelTime = 0.06f;  // seconds; time constants of the approach
constexpr float kFlingTime = 0.28f;

}  // namespace

void Glide::update(Ui& ui, Rect area, float most, float direction) {
  const ImGuiIO& io = ImGui::GetIO();
  const float dt = std::clamp(static_cast<float>((ui.now() - last_).count()) / 1000.0f, 0.001f, 0.05f);
  last_ = ui.now();
  most = std::max(most, 0.0f);

  if (ui.pointer_in(area) && io.MouseWheel != 0) {
    target_ -= io.MouseWheel * kNotch * direction;
    flung_ = false;
  }
  const bool finger = ui.touching() && io.MouseDown[0];
  if (finger && !pressed_ && ImGui::IsMouseClicked(0) && ui.pointer_in(area)) {
    pressed_ = true;
    press_x_ = io.MousePos.x;
    press_y_ = last_y_ = io.MousePos.y;
    velocity_ = 0;
    target_ = at_;  // a touch stops momentum
  }
  if (pressed_ && finger) {
    const float dx = io.MousePos.x - press_x_, dy = io.MousePos.y - press_y_;
    if (!dragging_ && std::abs(dy) > kSlop && std::abs(dy) > std::abs(dx) && most > 0) {
      dragging_ = true;
      last_y_ = io.MousePos.y;
      ImGui::ClearActiveID();  // it was not a press
    }
    if (dragging_) {
      const float moved = (io.MousePos.y - last_y_) * direction;
      last_y_ = io.MousePos.y;
      at_ = target_ = at_ - moved;
      velocity_ = velocity_ * 0.6f + (-moved / dt) * 0.4f;
    }
  } else if (pressed_) {
    if (dragging_) {
      target_ = at_ + velocity_ * kFling;
      flung_ = true;
    }
    pressed_ = dragging_ = false;
  }

  target_ = std::clamp(target_, 0.0f, most);
  at_ = std::clamp(at_, 0.0f, most);
  if (std::abs(target_ - at_) < 0.4f || ui.env().reduced_motion) {
    at_ = target_;
  } else if (!dragging_) {
    at_ += (target_ - at_) * (1 - std::exp(-dt / (flung_ ? kFlingTime : kWheelTime)));
    ui.animate();
  }
}

void scroll_thumb(Ui& ui, std::string_view id, Rect area, float from_top, float length, bool moving) {
  if (length >= 0.999f || area.h < 60) return;
  const bool near_it = ui.pointer_in({right_of(area) - 14, area.y, 14, area.h}) && !ui.touching();
  const float strength =
      ui.follow(id, moving || near_it ? 1.0f : (ui.touching() || ui.env().coarse_pointer ? 0.0f : 0.45f));
  const float h = std::max(area.h * length, 32.0f);
  const float y = area.y + (area.h - h) * std::clamp(from_top / std::max(1 - length, 0.001f), 0.0f, 1.0f);
  fill(ui, {right_of(area) - 7, y + 3, 4, h - 6}, fade(ui.ink().muted, 0.45f * strength), 2);
}

void ScrollArea::begin(Ui& ui, std::string_view id, Rect area) {
  if (id_ != id) {
    id_ = id;
    glide_.jump(0);
  }
  area_ = area;
  ui.push_clip(area, true);
}

void ScrollArea::end(Ui& ui, float content_height) {
  const float most = content_height - area_.h;
  if (const std::optional<Rect> came = ui.focus_rect(); came && ui.reachable()) {
    const float from = came->y - area_.y - space::k4, to = bottom_of(*came) - bottom_of(area_) + space::k4;
    if (from < 0) glide_.go(glide_.at() + from);
    if (to > 0) glide_.go(glide_.at() + to);
  }
  ui.pop_clip();
  glide_.update(ui, area_, most, 1);
  if (most > 0) {
    scroll_thumb(ui, id_ + ".thumb", area_, glide_.at() / content_height, area_.h / content_height,
                 glide_.moving());
  }
}

}  // namespace tacet::ui
