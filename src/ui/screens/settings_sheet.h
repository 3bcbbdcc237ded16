// Name, appearance, language, lock, relay, and what all this protects.
#pragma once

#include "ui/screens/desk.h"
#include "ui/settings.h"
#include "ui/sheet.h"

namespace tacet::ui {

class SettingsSheet {
 public:
  // True while it is open. Changes `settings`.
  bool draw(Ui& ui, const client::View& view, Desk& desk, Settings& settings);

 private:
  Sheet sheet_;
  bool started_ = false;
  std::string name_;
};

}  // namespace tacet::ui
