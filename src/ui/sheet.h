// A dialog: scrim, panel, title, a way to close it. A card in the middle of a wide window, a sheet from below
// on a phone, a drawer at the right where it belongs to a conversation. Draw everything else inside Beneath.
#pragma once

#include <string>
#include <string_view>

#include "ui/controls.h"
#include "ui/scroll.h"

namespace tacet::ui {

class Sheet {
 public:
  enum class Shape : std::uint8_t { card, drawer };

  // Returns the column for its content. `title` is drawn and names the dialog.
  Column begin(Ui& ui, std::string_view id, std::string_view title, Shape shape = Shape::card,
               bool closable = true);
  // `column.y` must have reached the end of the content. True when the person wants it closed.
  bool end(Ui& ui, const Column& column);

  // Forget everything: the next one opens afresh. Gives the focus back to where it was.
  void reset(Ui& ui);
  [[nodiscard]] bool is_open() const { return !id_.empty(); }

 private:
  std::string id_;
  std::string came_from_;  // had the focus before
  Rect panel_;
  float content_height_ = 0, top_ = 0;
  bool close_ = false;
  ScrollArea scroll_;
};

}  // namespace tacet::ui
