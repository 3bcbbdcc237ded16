// What is kept on this device and who has the key to it: room, the relay's half, passphrase, code and backup.
#pragma once

#include "client/view.h"
#include "ui/screens/vault_tasks.h"
#include "ui/sheet.h"

namespace tacet::ui {

class VaultSheet {
 public:
  bool draw(Ui& ui, const client::View& view);  // true while it is open

 private:
  void storage(Ui& ui, Column& column);
  void tasks(Ui& ui, Column& column);
  void old_copies(Ui& ui, Column& column, const client::ShareView& share);

  Sheet sheet_;
  bool started_ = false;
  std::optional<VaultTasks> task_;  // instead of all the rest
};

}  // namespace tacet::ui
