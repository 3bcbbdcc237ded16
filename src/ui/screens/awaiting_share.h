// The passphrase was right, and the relay has half of the key to the messages: wait for it, or give them up.
#pragma once

#include "client/view.h"
#include "ui/screens/page.h"
#include "ui/sheet.h"

namespace tacet::ui {

class AwaitingShareScreen {
 public:
  void draw(Ui& ui, const client::View& view);

 private:
  void give_up(Ui& ui);

  Page page_;
  Sheet sheet_;
  bool giving_up_ = false;
};

}  // namespace tacet::ui
