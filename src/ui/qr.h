// QR codes, drawn dark on white in either theme: many readers want it so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/ui.h"

namespace tacet::ui {

class QrCode {
 public:
  static constexpr std::size_t kMaxText = 1200;  // bytes; more could hardly be read off a screen

  // Empty when the text is too long. Error correction: M.
  explicit QrCode(std::string_view text);
  QrCode() = default;

  [[nodiscard]] int side() const { return side_; }  // modules; 0: none
  [[nodiscard]] bool dark(int x, int y) const {
    return modules_[static_cast<std::size_t>(y) * static_cast<std::size_t>(side_) +
                    static_cast<std::size_t>(x)];
  }
  [[nodiscard]] const std::string& text() const { return text_; }

  // On a white card; the quiet zone of four modules is part of `rect`.
  void draw(Ui& ui, Rect rect) const;

 private:
  std::string text_;
  int side_ = 0;
  std::vector<bool> modules_;
};

}  // namespace tacet::ui
