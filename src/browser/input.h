// From the browser's pointer, wheel and key events to ImGui's.
#pragma once

namespace tacet::browser::input {

enum class PointerKind : int {
  move = 0,
  down = 1,
  up = 2,
  cancel = 3,
  leave = 4
};  // numbers of library/stage.js

// Position in CSS pixels. Button 0 left, 1 middle, 2 right, as the DOM has them.
void pointer(PointerKind kind, float x, float y, int button, bool touch);
void wheel(float dx, float dy);  // CSS pixels
void key(int key, bool down);    // numbers of library/stage.js

}  // namespace tacet::browser::input
