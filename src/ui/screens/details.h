// About one contact: safety number, clocks, name, removal. A pane beside the conversation, or a drawer over
// it.
#pragma once

#include "ui/screens/desk.h"
#include "ui/scroll.h"
#include "ui/sheet.h"

namespace tacet::ui {

class Details {
 public:
  void draw_beside(Ui& ui, const client::ConversationView& conversation, Desk& desk, Rect area);
  // True while it is open.
  bool draw_over(Ui& ui, const client::ConversationView& conversation, Desk& desk);
  // Asks before a contact is removed; true while it is open.
  bool draw_remove(Ui& ui, const client::ConversationView& conversation, Desk& desk);

 private:
  void content(Ui& ui, const client::ConversationView& conversation, Desk& desk, Column& column);
  void safety(Ui& ui, const client::ConversationView& conversation, Column& column);

  Sheet sheet_, remove_;
  ScrollArea scroll_;
  std::optional<client::ContactId> contact_;
  std::string name_;
};

}  // namespace tacet::ui
