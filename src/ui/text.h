// Text of two kinds: our words in the bundled font, and what people wrote, which the browser shapes
// (RunText).
#pragma once

#include <string>
#include <string_view>

#include "ui/ui.h"

namespace tacet::ui {

enum class Align : std::uint8_t { left, centre, right };

// ---- our words
[[nodiscard]] float text_width(const Ui& ui, std::string_view words, const Type& type);
// One line in a line box whose top is y. x: its left end, middle or right end, by `align`.
void text(Ui& ui, float x, float y, std::string_view words, const Type& type, Ink ink,
          Align align = Align::left);
// The same, cut with an ellipsis where it would be wider than `width`; returns the width drawn.
float text_within(Ui& ui, float x, float y, float width, std::string_view words, const Type& type, Ink ink,
                  Align align = Align::left);
// Wrapped; returns its height.
float paragraph(Ui& ui, float x, float y, float width, std::string_view words, const Type& type, Ink ink,
                Align align = Align::left);
[[nodiscard]] float paragraph_height(const Ui& ui, float width, std::string_view words, const Type& type);
[[nodiscard]] std::string shortened(const Ui& ui, std::string_view words, const Type& type, float width);

// A paragraph, and the same as a text node of the mirror.
float said(Ui& ui, std::string id, float x, float y, float width, std::string_view words, const Type& type,
           Ink ink, Align align = Align::left, Role role = Role::text, std::uint8_t level = 0);

// ---- what people wrote
[[nodiscard]] RunStyle run_style(const Type& type, Ink ink, std::uint16_t max_lines = 0);
[[nodiscard]] Run run_measure(Ui& ui, std::string_view written, float width, const RunStyle& style);
// Draws within `width` from x, y. Right-to-left text hangs on the right when `align` is left. Returns its
// size.
Run run(Ui& ui, float x, float y, float width, std::string_view written, const RunStyle& style,
        Align align = Align::left, float strength = 1);

}  // namespace tacet::ui
