// Everything while the vault is open: panes side by side or one at a time, what lies over them, notices.
#pragma once

#include "ui/screens/clocks.h"
#include "ui/screens/conversation.h"
#include "ui/screens/details.h"
#include "ui/screens/list.h"
#include "ui/screens/new_contact.h"
#include "ui/screens/settings_sheet.h"
#include "ui/screens/vault_sheet.h"

namespace tacet::ui {

class DeskScreen {
 public:
  void draw(Ui& ui, const client::View& view, Settings& settings);
  [[nodiscard]] const Desk& desk() const { return desk_; }

 private:
  void panes(Ui& ui, const client::View& view, const client::ConversationView* conversation);
  void sheets(Ui& ui, const client::View& view, const client::ConversationView* conversation,
              Settings& settings);
  void notices(Ui& ui, const client::View& view);

  Desk desk_;
  ListScreen list_;
  ConversationScreen conversation_;
  Details details_;
  ClocksSheet clocks_;
  NewContactSheet new_contact_;
  OpeningSheet opening_;
  SettingsSheet settings_;
  VaultSheet vault_;
  bool was_opening_ = false;
  std::size_t contacts_ = 0;
};

}  // namespace tacet::ui
