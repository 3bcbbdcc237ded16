#include "ui/sheet.h"

#include <algorithm>

namespace tacet::ui {
namespace {

constexpr float kTitleBar = 60;

}  // namespace

Column Sheet::begin(Ui& ui, std::string_view id, std::string_view title, Shape shape, bool closable) {
  const Palette& p = ui.ink();
  const Rect screen = ui.screen();
  const bool fresh = id_ != id;
  if (fresh) {
    if (id_.empty()) came_from_ = ui.focus();
    id_ = id;
    content_height_ = 0;
    scroll_.reset();
    ui.animate();  // its height is known after the first frame
  }
  const float in = ui.arrive(id_ + ".in", 0, 1);
  fill(ui, {0, 0, ui.env().width, ui.env().height}, fade(p.scrim, in));

  const float pad = ui.wide() ? space::k6 : space::k5;
  const float bottom_pad = std::max(pad, ui.env().safe_bottom + space::k3);
  const float wanted = kTitleBar + content_height_ + bottom_pad;
  ImDrawFlags corners = 0;
  if (shape == Shape::drawer && ui.wide()) {
    const float w = size::kDetails + 60;
    panel_ = {ui.env().width - w * in, 0, w, ui.env().height};
    corners = ImDrawFlags_RoundCornersLeft;
  } else if (ui.wide()) {
    const float h = std::min(wanted, screen.h - 2 * space::k6);
    panel_ = {screen.x + (screen.w - size::kCard) / 2, screen.y + (screen.h - h) / 2 + (1 - in) * space::k3,
              size::kCard, h};
  } else {
    const float h = std::min(wanted, ui.env().height - ui.env().safe_top - space::k6);
    panel_ = {0, ui.env().height - h + (1 - in) * space::k8, ui.env().width, h};
    corners = ImDrawFlags_RoundCornersTop;
  }
  panel_.y = ui.snap(panel_.y);
  shadow(ui, panel_, radius::kSheet, 24);
  fill(ui, panel_, p.panel, radius::kSheet, corners);
  ui.open(Role::dialog, id_, std::string(title), panel_);

  // Outside closes, as Escape and back do.
  close_ = closable && ui.escaped();
  const bool pressed = ImGui::IsMouseReleased(0) && !fresh && in > 0.99f;
  if (closable && pressed && ui.reachable() &&
      !ImGui::IsMouseHoveringRect({panel_.x, panel_.y}, {right_of(panel_), bottom_of(panel_)}, false) &&
      ImGui::GetIO().MouseDownDurationPrev[0] < 0.6f && ImGui::GetIO().MouseDragMaxDistanceSqr[0] < 64) {
    close_ = true;
  }
  const float inner = panel_.w - 2 * pad;
  const float middle = panel_.y + space::k1 + kTitleBar / 2;
  const float room = inner - (closable ? size::kTouch : 0);
  text_within(ui, panel_.x + pad, middle - type::kHeading.line / 2, room, title, type::kHeading, p.ink);
  ui.node(Role::heading, id_ + ".title", std::string(title),
          {panel_.x + pad, middle - type::kHeading.line / 2, room, type::kHeading.line})
      .level = 2;
  if (closable && icon_button(ui, id_ + ".close", right_of(panel_) - pad - size::kTouch / 2 + 12, middle,
                              Icon::close, ui.word(words::Word::close))) {
    close_ = true;
  }
  if (fresh) ui.want_focus(closable ? id_ + ".close" : id_);
  const Rect body{panel_.x, panel_.y + kTitleBar, panel_.w,
                  panel_.h - kTitleBar - (corners == ImDrawFlags_RoundCornersTop ? ui.env().safe_bottom : 0)};
  scroll_.begin(ui, id_, body);
  top_ = scroll_.top();
  return {panel_.x + pad, top_, inner};
}

bool Sheet::end(Ui& ui, const Column& column) {
  const float pad = ui.wide() ? space::k6 : std::max(space::k5, ui.env().safe_bottom + space::k3);
  const float height = column.y - top_;
  if (height != content_height_) ui.animate();
  content_height_ = height;
  scroll_.end(ui, height + pad);
  ui.close();
  return close_;
}

void Sheet::reset(Ui& ui) {
  if (id_.empty()) return;
  id_.clear();
  if (!came_from_.empty()) ui.want_focus(came_from_);
  came_from_.clear();
}

}  // namespace tacet::ui
