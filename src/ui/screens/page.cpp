#include "ui/screens/page.h"

#include <algorithm>

namespace tacet::ui {

using words::Word;

Column Page::begin(Ui& ui, std::string_view id) {
  const Rect screen = ui.screen();
  fill(ui, {0, 0, ui.env().width, ui.env().height}, ui.ink().background);
  ui.open(Role::main, std::string(id), std::string(ui.word(Word::tacet)), screen);
  scroll_.begin(ui, id, screen);
  if (height_ == 0) ui.animate();  // its height is known after the first frame
  const float w = std::min(size::kCard - 40, screen.w - 2 * space::k8);
  const float above = std::max((screen.h - height_) * 0.42f, space::k8);
  top_ = scroll_.top();
  Column column{ui.snap(screen.x + (screen.w - w) / 2), ui.snap(top_ + above), w};
  start_ = column.y;
  ring(ui, column.x + 9, column.y + 13, 0.75f, ui.ink().ember, ui.ink().line, 18, 2.6f);
  text(ui, column.x + 28, column.y, ui.word(Word::tacet), type::kWordmark, ui.ink().ink);
  column.gap(type::kWordmark.line + space::k6);
  return column;
}

void Page::end(Ui& ui, const Column& column) {
  const float above = std::max((ui.screen().h - height_) * 0.42f, space::k8);
  const float height = column.y - start_;
  if (height != height_) ui.animate();
  height_ = height;
  scroll_.end(ui, std::max(height + 2 * space::k8, std::min(above + height + space::k8, ui.screen().h)));
  ui.close();
}

void page_title(Ui& ui, Column& column, const std::string& id, std::string_view title,
                std::string_view text) {
  column.y += said(ui, id + ".title", column.x, column.y, column.w, title, type::kTitle, ui.ink().ink,
                   Align::left, Role::heading, 1);
  column.gap(space::k3);
  column.y += said(ui, id + ".text", column.x, column.y, column.w, text, type::kBody, ui.ink().muted);
  column.gap(space::k6);
}

void draw_waiting(Ui& ui, Page& page, std::string_view id, std::string_view title, std::string_view text) {
  Column column = page.begin(ui, id);
  page_title(ui, column, std::string(id), title, text);
  const Rect place{column.x, column.y, 44, 44};
  turning(ui, column.x + 22, column.y + 22, 40, ui.ink().ember, ui.ink().line);
  Node& node = ui.node(Role::progressbar, std::string(id) + ".progress", std::string(title), place);
  node.progress = 1001;
  node.busy = true;
  column.gap(44);
  page.end(ui, column);
}

}  // namespace tacet::ui
