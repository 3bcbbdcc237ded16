#include "ui/qr.h"

#include <qrcodegen.h>

#include <array>
#include <cmath>

#include "ui/paint.h"

namespace tacet::ui {

QrCode::QrCode(std::string_view text) {
  if (text.size() > kMaxText) return;
  text_ = text;
  std::array<std::uint8_t, qrcodegen_BUFFER_LEN_MAX> data{};
  std::array<std::uint8_t, qrcodegen_BUFFER_LEN_MAX> code{};
  std::copy(text.begin(), text.end(), data.begin());
  if (!qrcodegen_encodeBinary(data.data(), text.size(), code.data(), qrcodegen_Ecc_MEDIUM,
                              qrcodegen_VERSION_MIN, qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true)) {
    return;
  }
  side_ = qrcodegen_getSize(code.data());
  modules_.reserve(static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_));
  for (int y = 0; y < side_; ++y) {
    for (int x = 0; x < side_; ++x) modules_.push_back(qrcodegen_getModule(code.data(), x, y));
  }
}

void QrCode::draw(Ui& ui, Rect rect) const {
  fill(ui, rect, ink_of(0xFFFFFF), radius::kRow);
  if (side_ == 0) return;
  // Whole device pixels to a module, so that all are the same size.
  const float ratio = ui.env().pixel_ratio;
  const auto all = static_cast<float>(side_ + 8);
  const float module = std::max(std::floor(rect.w * ratio / all), 1.0f) / ratio;
  const float left = ui.snap(rect.x + (rect.w - module * static_cast<float>(side_)) / 2);
  const float top = ui.snap(rect.y + (rect.h - module * static_cast<float>(side_)) / 2);
  for (int y = 0; y < side_; ++y) {
    for (int x = 0; x < side_;) {
      int end = x;
      while (end < side_ && dark(end, y)) ++end;
      if (end > x) {
        ui.draw().AddRectFilled(
            {left + module * static_cast<float>(x), top + module * static_cast<float>(y)},
            {left + module * static_cast<float>(end), top + module * static_cast<float>(y + 1)},
            ink_of(0x1E1B18));
      }
      x = end + 1;
    }
  }
}

}  // namespace tacet::ui
