// How long messages live: for a conversation, or for the next message only.
#pragma once

#include "ui/screens/desk.h"
#include "ui/sheet.h"

namespace tacet::ui {

class ClocksSheet {
 public:
  // True while it is open.
  bool draw(Ui& ui, const client::ConversationView& conversation, Desk& desk);

 private:
  Sheet sheet_;
  bool started_ = false;
  client::Clocks chosen_;
  std::size_t scope_ = 0;  // 0: this conversation, 1: the next message
};

}  // namespace tacet::ui
