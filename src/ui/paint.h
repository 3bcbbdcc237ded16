// Shapes: rounded boxes, soft shadows, dashes, the ring of a remaining life.
#pragma once

#include "ui/ui.h"

namespace tacet::ui {

void fill(Ui& ui, Rect rect, Ink ink, float corner = 0, ImDrawFlags corners = 0);
void stroke(Ui& ui, Rect rect, Ink ink, float corner = 0, float width = 1, ImDrawFlags corners = 0);
// A panel with a hairline around it.
void box(Ui& ui, Rect rect, Ink ground, Ink border, float corner, ImDrawFlags corners = 0);
// Falls softly below a panel; draw it first. `height` is how far the panel floats, in pixels.
void shadow(Ui& ui, Rect rect, float corner, float height);
void dashed(Ui& ui, Rect rect, Ink ink, float corner);
void hairline(Ui& ui, float x, float y, float w);  // horizontal, one device pixel or more
void upright(Ui& ui, float x, float y, float h);   // vertical
void dot(Ui& ui, float x, float y, float radius, Ink ink);

// What is left of a life, 0 to 1, as an arc from twelve o'clock on a faint circle.
void ring(Ui& ui, float x, float y, float left, Ink ink, Ink track, float diameter = size::kRing,
          float width = size::kRingStroke);
// A turning arc for a wait whose end nobody knows. Asks for frames; still under reduced motion.
void turning(Ui& ui, float x, float y, float diameter, Ink ink, Ink track);

}  // namespace tacet::ui
