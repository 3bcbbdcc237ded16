// The recovery code: shown, written down, typed back.
#pragma once

#include "client/view.h"
#include "ui/screens/page.h"

namespace tacet::ui {

// The two steps, wherever they are drawn; title() and advice() belong above them.
class RecoverySteps {
 public:
  [[nodiscard]] words::Word title() const;
  [[nodiscard]] words::Word advice() const;
  void draw(Ui& ui, Column& column, const SecretVector& code, std::optional<client::Problem> problem);

 private:
  void show(Ui& ui, Column& column, std::string_view code);
  void confirm(Ui& ui, Column& column, std::optional<client::Problem> problem);

  bool confirming_ = false;
  bool tried_ = false;
  std::string typed_;
};

class RecoveryScreen {
 public:
  void draw(Ui& ui, const client::View& view);

 private:
  Page page_;
  RecoverySteps steps_;
};

}  // namespace tacet::ui
