// The conversations: requests on top, then by last activity; search; how the relay is doing.
#pragma once

#include "ui/controls.h"
#include "ui/screens/desk.h"
#include "ui/scroll.h"

namespace tacet::ui {

class ListScreen {
 public:
  void draw(Ui& ui, const client::View& view, Desk& desk, Rect area);

 private:
  void bar(Ui& ui, const client::View& view, Desk& desk, Rect rect);
  void rows(Ui& ui, const client::View& view, Desk& desk, Rect area);
  void row(Ui& ui, const client::ConversationView& conversation, Desk& desk, Rect rect);
  void empty(Ui& ui, Desk& desk, Rect area);
  float relay(Ui& ui, const client::View& view, Rect area);

  std::string search_;
  ScrollArea scroll_;
};

}  // namespace tacet::ui
