// One conversation: who it is, what was said, and what comes next.
#pragma once

#include "ui/controls.h"
#include "ui/screens/desk.h"
#include "ui/screens/messages.h"

namespace tacet::ui {

class ConversationScreen {
 public:
  void draw(Ui& ui, const client::View& view, const client::ConversationView& conversation, Desk& desk,
            Rect area);

 private:
  void bar(Ui& ui, const client::ConversationView& conversation, Desk& desk, Rect rect);
  [[nodiscard]] float foot_height(Ui& ui, const client::View& view,
                                  const client::ConversationView& conversation, Desk& desk,
                                  float width) const;
  void draw_foot(Ui& ui, const client::View& view, const client::ConversationView& conversation, Desk& desk,
                 Rect area);
  void draw_banner(Ui& ui, const client::ConversationView& conversation, Rect area);
  void chips(Ui& ui, const client::ConversationView& conversation, Desk& desk, Rect row);
  void composer(Ui& ui, const client::ConversationView& conversation, Desk& desk, Rect rect);
  void silence(Ui& ui, const client::ConversationView& conversation, Rect area);

  Messages messages_;
  std::optional<client::ContactId> before_;
};

// In place of a conversation where none is open.
void draw_nothing_open(Ui& ui, const client::View& view, Desk& desk, Rect area);

// What somebody with no contacts can do: invite, or open a link.
void draw_first_steps(Ui& ui, const std::string& id, Desk& desk, Column& column);

}  // namespace tacet::ui
