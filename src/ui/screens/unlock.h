// There is a vault: passphrase or recovery code, please. Or, with both lost, start over.
#pragma once

#include "client/view.h"
#include "ui/screens/page.h"
#include "ui/sheet.h"

namespace tacet::ui {

class UnlockScreen {
 public:
  void draw(Ui& ui, const client::View& view);

 private:
  Page page_;
  SecretVector passphrase_;
  int attempt_ = 0;  // names the field: after a wrong passphrase it is a new and empty one
  bool erasing_ = false;
  Sheet sheet_;
};

// Nothing can be done with this vault here; says why, and the way on.
class UnusableScreen {
 public:
  void draw(Ui& ui, const client::View& view);

 private:
  Page page_;
  bool erasing_ = false;
  Sheet sheet_;
};

}  // namespace tacet::ui
