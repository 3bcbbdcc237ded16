#include "browser/input.h"

#include <imgui.h>

#include <cfloat>

namespace tacet::browser::input {
namespace {

constexpr float kPixelsPerNotch = 100;  // ImGui counts notches; src/ui multiplies by the same

ImGuiKey key_of(int key) {
  switch (key) {
    case 1:
      return ImGuiKey_PageUp;
    case 2:
      return ImGuiKey_PageDown;
    case 3:
      return ImGuiKey_UpArrow;
    case 4:
      return ImGuiKey_DownArrow;
    case 5:
      return ImGuiKey_Home;
    case 6:
      return ImGuiKey_End;
    default:
      return ImGuiKey_None;
  }
}

}  // namespace

void pointer(PointerKind kind, float x, float y, int button, bool touch) {
  ImGuiIO& io = ImGui::GetIO();
  const int imgui_button = button == 1 ? 2 : button == 2 ? 1 : 0;
  io.AddMouseSourceEvent(touch ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  switch (kind) {
    case PointerKind::move:
      io.AddMousePosEvent(x, y);
      break;
    case PointerKind::down:
      io.AddMousePosEvent(x, y);
      io.AddMouseButtonEvent(imgui_button, true);
      break;
    case PointerKind::up:
      io.AddMousePosEvent(x, y);
      io.AddMouseButtonEvent(imgui_button, false);
      if (touch) io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);  // a finger that is gone hovers nowhere
      break;
    case PointerKind::cancel:
      io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);  // first away, so that letting go presses nothing
      for (int each = 0; each < 3; ++each) io.AddMouseButtonEvent(each, false);
      break;
    case PointerKind::leave:
      io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);
      break;
  }
}

void wheel(float dx, float dy) {
  ImGui::GetIO().AddMouseWheelEvent(-dx / kPixelsPerNotch, -dy / kPixelsPerNotch);
}

void key(int key, bool down) {
  const ImGuiKey name = key_of(key);
  if (name != ImGuiKey_None) ImGui::GetIO().AddKeyEvent(name, down);
}

}  // namespace tacet::browser::input
