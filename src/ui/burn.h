// The end of a message: it burns away from its ring, or fades where motion is not wanted.
#pragma once

#include "ui/ui.h"

namespace tacet::ui {

// Draw over the bubble. `progress`: 0 to 1; the fire eats towards the ground behind the bubble.
void draw_burn(Ui& ui, Rect bubble, float x, float y, float progress, std::uint32_t seed);

}  // namespace tacet::ui
