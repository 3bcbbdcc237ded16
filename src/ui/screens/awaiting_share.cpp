#include "ui/screens/awaiting_share.h"

namespace tacet::ui {

using words::Word;

void AwaitingShareScreen::draw(Ui& ui, const client::View& view) {
  {
    const Beneath beneath(ui, giving_up_);
    const bool lost = view.problem == client::Problem::share_lost;
    Column column = page_.begin(ui, "awaiting_share");
    page_title(ui, column, "awaiting_share", ui.word(lost ? Word::share_lost_title : Word::share_wait_title),
               lost ? "" : ui.word(Word::share_wait_text, {view.share.relay}));
    if (!lost) {
      const Rect place{column.x, column.y, 44, 44};
      turning(ui, place.x + 22, place.y + 22, 40, ui.ink().ember, ui.ink().line);
      Node& node = ui.node(Role::progressbar, "awaiting_share.progress",
                           std::string(ui.word(Word::share_wait_title)), place);
      node.progress = 1001;
      node.busy = true;
      column.gap(place.h + space::k5);
    }
    if (view.problem) {
      problem_card(ui, "awaiting_share.problem", column, *view.problem);
      column.gap(space::k5);
      if (button(ui, "awaiting_share.retry", column.take(size::kButton), ui.word(Word::try_now),
                 Look::primary)) {
        ui.intend(client::RetryNow{});
      }
      column.gap(space::k2);
      if (button(ui, "awaiting_share.give_up", column.take(size::kButton), ui.word(Word::share_give_up),
                 Look::quiet)) {
        giving_up_ = true;
        ui.animate();
      }
      column.gap(space::k2);
    }
    if (button(ui, "awaiting_share.lock", column.take(size::kButton), ui.word(Word::lock_now), Look::quiet,
               {.icon = Icon::lock})) {
      ui.intend(client::Lock{});
    }
    page_.end(ui, column);
  }
  if (giving_up_) give_up(ui);
}

void AwaitingShareScreen::give_up(Ui& ui) {
  Column column = sheet_.begin(ui, "give_up", ui.word(Word::share_give_up_title));
  column.y += said(ui, "give_up.text", column.x, column.y, column.w, ui.word(Word::share_give_up_text),
                   type::kBody, ui.ink().muted);
  column.gap(space::k5);
  const bool confirmed = button(ui, "give_up.confirm", column.take(size::kButton),
                                ui.word(Word::share_give_up_confirm), Look::danger, {.icon = Icon::trash});
  if (confirmed) ui.intend(client::GiveUpShare{});
  column.gap(space::k2);
  const bool cancel =
      button(ui, "give_up.cancel", column.take(size::kButton), ui.word(Word::cancel), Look::secondary);
  const bool closed = sheet_.end(ui, column);
  if (!confirmed && !cancel && !closed) return;
  giving_up_ = false;
  sheet_.reset(ui);
}

}  // namespace tacet::ui
