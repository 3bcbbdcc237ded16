// A page before the conversations: one calm column in the middle of the window, under the wordmark.
#pragma once

#include <string>
#include <string_view>

#include "ui/controls.h"
#include "ui/scroll.h"

namespace tacet::ui {

class Page {
 public:
  Column begin(Ui& ui, std::string_view id);
  void end(Ui& ui, const Column& column);

 private:
  ScrollArea scroll_;
  float height_ = 0, top_ = 0, start_ = 0;
};

// Title and text of a page.
void page_title(Ui& ui, Column& column, const std::string& id, std::string_view title, std::string_view text);

// A page with nothing to do but wait.
void draw_waiting(Ui& ui, Page& page, std::string_view id, std::string_view title, std::string_view text);

}  // namespace tacet::ui
