// A field for a passphrase that is being chosen, and below it what it is worth.
#pragma once

#include "ui/controls.h"

namespace tacet::ui {

class NewPassphrase {
 public:
  // `id`: of the field; the meter and the judgement are its neighbours. True: Enter was pressed in it.
  bool draw(Ui& ui, Column& column, const std::string& id, std::string_view label);
  // Someone wants to go on. False when it is too short: the field says so and has the focus.
  [[nodiscard]] bool accepted(Ui& ui, const std::string& id);

  [[nodiscard]] const SecretVector& value() const { return value_; }

 private:
  [[nodiscard]] bool enough() const;

  SecretVector value_;
  bool asked_ = false;  // to go on, before it was long enough
};

}  // namespace tacet::ui
