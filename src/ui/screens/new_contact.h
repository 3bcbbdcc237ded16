// A new contact: make an invitation and hand it over, or open one.
#pragma once

#include "ui/qr.h"
#include "ui/screens/desk.h"
#include "ui/sheet.h"

namespace tacet::ui {

class NewContactSheet {
 public:
  // True while it is open.
  bool draw(Ui& ui, const client::View& view, bool has_link);

 private:
  void make(Ui& ui, Column& column, const client::View& view);
  void existing(Ui& ui, Column& column, const client::View& view);
  void show(Ui& ui, Column& column, const client::InvitationView& invitation);
  void open_link(Ui& ui, Column& column);

  Sheet sheet_;
  std::size_t tab_ = 0, uses_ = 0, lifetime_ = 1;
  std::string label_, link_;
  std::optional<client::InvitationId> shown_;
  std::optional<std::size_t> awaited_;  // how many invitations there were before the one just asked for
  QrCode qr_;
};

// An invitation link that this person has opened.
class OpeningSheet {
 public:
  void draw(Ui& ui, const client::OpeningView& opening);
  void reset(Ui& ui);

 private:
  Sheet sheet_;
  std::string message_;
};

}  // namespace tacet::ui
