// The first thing anybody sees: a passphrase, or nothing kept at all. And, once there is a vault, a name.
#pragma once

#include "client/view.h"
#include "ui/screens/restore.h"

namespace tacet::ui {

class WelcomeScreen {
 public:
  void draw(Ui& ui, const client::View& view);
  // The person chose this file to restore from.
  void backup(ByteVector file) { restore_.emplace(std::move(file)); }

 private:
  Page page_;
  NewPassphrase passphrase_;
  std::optional<RestoreScreen> restore_;  // instead of all the rest
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
