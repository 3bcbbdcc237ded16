#include "ui/text.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace tacet::ui {
namespace {

float font_size(const Ui& ui, const Type& type) {
  return type.size * ui.font_scale(type.semibold);
}

// Calls `line(begin, end, index)` for each wrapped line; returns their number.
template <class Line>
int each_line(const Ui& ui, float width, std::string_view words, const Type& type, Line line) {
  ImFont* font = ui.font(type.semibold);
  const float size = font_size(ui, type);
  const char* at = words.data();
  const char* const end = at + words.size();
  int index = 0;
  while (at < end) {
    const char* stop = font->CalcWordWrapPosition(size, at, end, std::max(width, 1.0f));
    const char* newline = std::find(at, stop, '\n');
    if (newline != stop) stop = newline;
    if (stop == at && *at != '\n') ++stop;  // not even one character fits: never stand still
    const char* visible = stop;
    while (visible > at && visible[-1] == ' ') --visible;
    line(at, visible, index++);
    at = stop;
    if (at < end && *at == '\n') ++at;
    while (at < end && *at == ' ') ++at;
  }
  return index;
}

}  // namespace

float text_width(const Ui& ui, std::string_view words, const Type& type) {
  return ui.font(type.semibold)
      ->CalcTextSizeA(font_size(ui, type), FLT_MAX, 0, words.data(), words.data() + words.size())
      .x;
}

void text(Ui& ui, float x, float y, std::string_view words, const Type& type, Ink ink, Align align) {
  if (words.empty()) return;
  if (align != Align::left) x -= text_width(ui, words, type) * (align == Align::centre ? 0.5f : 1.0f);
  const float size = font_size(ui, type);
  const float left = ui.snap(x), top = ui.snap(y + (type.line - size) / 2);
  // ImGui places text on whole units; the rest of the way to the device pixel is made up on the vertices.
  ImDrawList& draw = ui.draw();
  const int first = draw.VtxBuffer.Size;
  draw.AddText(ui.font(type.semibold), size, {left, top}, ink, words.data(), words.data() + words.size());
  const float dx = left - std::trunc(left), dy = top - std::trunc(top);
  for (int i = first; i < draw.VtxBuffer.Size; ++i) {
    draw.VtxBuffer[i].pos.x += dx;
    draw.VtxBuffer[i].pos.y += dy;
  }
}

std::string shortened(const Ui& ui, std::string_view words, const Type& type, float width) {
  // Widths that were added up and taken apart again differ in their last bits.
  if (text_width(ui, words, type) <= width + 0.5f) return std::string(words);
  const std::string_view dots = "…";
  const float room = width - text_width(ui, dots, type);
  ImFont* font = ui.font(type.semibold);
  const char* stop = nullptr;
  (void)font->CalcTextSizeA(font_size(ui, type), std::max(room, 1.0f), 0, words.data(),
                            words.data() + words.size(), &stop);
  std::string out(words.data(), stop);
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out += dots;
}

float text_within(Ui& ui, float x, float y, float width, std::string_view words, const Type& type, Ink ink,
                  Align align) {
  const std::string fitting = shortened(ui, words, type, width);
  text(ui, x, y, fitting, type, ink, align);
  return text_width(ui, fitting, type);
}

float paragraph(Ui& ui, float x, float y, float width, std::string_view words, const Type& type, Ink ink,
                Align align) {
  const float anchor = align == Align::left ? x : align == Align::centre ? x + width / 2 : x + width;
  const int lines = each_line(ui, width, words, type, [&](const char* begin, const char* end, int index) {
    text(ui, anchor, y + static_cast<float>(index) * type.line,
         {begin, static_cast<std::size_t>(end - begin)}, type, ink, align);
  });
  return static_cast<float>(lines) * type.line;
}

float paragraph_height(const Ui& ui, float width, std::string_view words, const Type& type) {
  return static_cast<float>(each_line(ui, width, words, type, [](const char*, const char*, int) {})) *
         type.line;
}

float said(Ui& ui, std::string id, float x, float y, float width, std::string_view words, const Type& type,
           Ink ink, Align align, Role role, std::uint8_t level) {
  const float height = paragraph(ui, x, y, width, words, type, ink, align);
  ui.node(role, std::move(id), std::string(words), {x, y, width, std::max(height, 1.0f)}).level = level;
  return height;
}

RunStyle run_style(const Type& type, Ink ink, std::uint16_t max_lines) {
  return {.size = type.size,
          .line_height = type.line,
          .weight = static_cast<std::uint16_t>(type.semibold ? 600 : 400),
          .ink = ink,
          .max_lines = max_lines};
}

Run run_measure(Ui& ui, std::string_view written, float width, const RunStyle& style) {
  return ui.runs().measure(written, width, style);
}

Run run(Ui& ui, float x, float y, float width, std::string_view written, const RunStyle& style, Align align,
        float strength) {
  const Run drawn = ui.runs().draw(written, width, style);
  if (drawn.texture == 0) {
    ui.animate();  // not there yet
    return drawn;
  }
  if (align == Align::centre) x += (width - drawn.w) / 2;
  if (align == Align::right || (align == Align::left && drawn.right_to_left)) x += width - drawn.w;
  const float left = ui.snap(x), top = ui.snap(y);
  ui.draw().AddImage(ImTextureRef(static_cast<ImTextureID>(drawn.texture)), {left, top},
                     {left + drawn.w, top + drawn.h}, {drawn.u0, drawn.v0}, {drawn.u1, drawn.v1},
                     fade(0xFFFFFFFF, strength));
  return drawn;
}

}  // namespace tacet::ui
