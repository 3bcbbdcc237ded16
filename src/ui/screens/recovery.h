// The recovery code: shown, written down, typed back.
#pragma once

#include "client/view.h"
#include "ui/screens/page.h"

namespace tacet::ui {

class RecoveryScreen {
 public:
  void draw(Ui& ui, const client::View& view);

 private:
  void show(Ui& ui, Column& column, const client::View& view);
  void confirm(Ui& ui, Column& column, const client::View& view);

  Page page_;
  bool confirming_ = false;
  bool tried_ = false;
  std::string typed_;
};

}  // namespace tacet::ui
