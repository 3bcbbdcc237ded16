// The first thing anybody sees: a passphrase, or nothing kept at all. And, once there is a vault, a name.
#pragma once

#include "client/view.h"
#include "ui/screens/page.h"

namespace tacet::ui {

class WelcomeScreen {
 public:
  void draw(Ui& ui, const client::View& view);

 private:
  Page page_;
  SecretVector passphrase_;
  bool asked_ = false;  // the button was pressed before the passphrase was long enough
};

class NameScreen {
 public:
  // True when the person is done with it.
  bool draw(Ui& ui);

 private:
  Page page_;
  std::string name_;
};

}  // namespace tacet::ui
