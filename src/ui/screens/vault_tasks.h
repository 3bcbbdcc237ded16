// What is done to a vault with its passphrase: another one, another recovery code, a security key, a backup.
// One at a time, each asking for the passphrase first.
#pragma once

#include "client/view.h"
#include "ui/screens/new_passphrase.h"
#include "ui/screens/recovery.h"

namespace tacet::ui {

class VaultTasks {
 public:
  using Kind = client::WorkView::Kind;

  explicit VaultTasks(Kind kind) : kind_(kind) {}

  [[nodiscard]] words::Word title(const client::WorkView& work) const;
  // True while it goes on.
  bool draw(Ui& ui, Column& column, const client::View& view);

 private:
  void ask(Ui& ui, Column& column, const client::WorkView& work);
  void begin(Ui& ui);
  [[nodiscard]] std::string current_id() const;

  Kind kind_;
  SecretVector current_;
  NewPassphrase next_;
  bool history_ = true;
  RecoverySteps steps_;
  int attempt_ = 0;  // names the fields: after a failure they are new and empty
};

}  // namespace tacet::ui
