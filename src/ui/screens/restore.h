// A backup file was chosen: what opens it, and the way into a new vault.
#pragma once

#include "client/view.h"
#include "ui/screens/new_passphrase.h"
#include "ui/screens/page.h"

namespace tacet::ui {

class RestoreScreen {
 public:
  explicit RestoreScreen(ByteVector file) : file_(std::move(file)) {}

  // True while it goes on.
  bool draw(Ui& ui, const client::View& view);

 private:
  Page page_;
  ByteVector file_;
  SecretVector typed_;
  NewPassphrase passphrase_;
  bool asks_passphrase_ = false;  // the recovery code opened the file: the new vault needs a passphrase
  bool tried_ = false;
  int attempt_ = 0;
};

}  // namespace tacet::ui
