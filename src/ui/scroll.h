// Scrolling: wheel, finger and momentum, and whatever gets the keyboard focus comes into view.
#pragma once

#include <string>
#include <string_view>

#include "ui/ui.h"

namespace tacet::ui {

// One position that moves smoothly between 0 and a largest value.
class Glide {
 public:
  // `direction`: +1 when `at` grows as the content moves up (measured from its top), -1 when it is measured
  // from the bottom. Call once a frame after `area` is known.
  void update(Ui& ui, Rect area, float most, float direction);
  void go(float to) { target_ = to; }  // smoothly
  void jump(float to) { at_ = target_ = to; }
  [[nodiscard]] float at() const { return at_; }
  [[nodiscard]] float target() const { return target_; }
  [[nodiscard]] bool moving() const { return dragging_ || at_ != target_; }

 private:
  float at_ = 0, target_ = 0, velocity_ = 0;
  float press_x_ = 0, press_y_ = 0, last_y_ = 0;
  bool pressed_ = false, dragging_ = false, flung_ = false;
  Time last_;
};

// A thumb at the right edge of `area`. `from_top` and `length`: parts of the whole content, 0 to 1.
void scroll_thumb(Ui& ui, std::string_view id, Rect area, float from_top, float length, bool moving);

// A column that scrolls when it is too high. Draw between begin and end from top() downwards.
class ScrollArea {
 public:
  void begin(Ui& ui, std::string_view id, Rect area);
  void end(Ui& ui, float content_height);
  [[nodiscard]] float top() const { return area_.y - glide_.at(); }
  void reset() { glide_.jump(0); }

 private:
  std::string id_;
  Rect area_;
  Glide glide_;
};

}  // namespace tacet::ui
