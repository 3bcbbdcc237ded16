#include "ui/screens/desk_screen.h"

namespace tacet::ui {

using words::Word;

void DeskScreen::draw(Ui& ui, const client::View& view, Settings& settings) {
  const client::ConversationView* conversation = conversation_of(view, desk_.contact);
  if (conversation == nullptr) desk_.contact.reset();  // removed, declined
  const bool needs_contact =
      desk_.sheet == Open::clocks || desk_.sheet == Open::details || desk_.sheet == Open::remove;
  if (needs_contact && conversation == nullptr) desk_.sheet = Open::nothing;
  if (view.opening) {
    desk_.sheet = Open::nothing;
    desk_.has_link = false;
    new_contact_ = {};  // the next one opens afresh
  } else {
    opening_.reset(ui);
    // The introduction went out: show the conversation it began.
    if (was_opening_ && view.conversations.size() > contacts_ && !view.conversations.empty()) {
      desk_.contact = view.conversations.front().contact;
      conversation = &view.conversations.front();
    }
  }
  was_opening_ = view.opening.has_value();
  contacts_ = view.conversations.size();

  {
    const Beneath beneath(ui, desk_.sheet != Open::nothing || view.opening.has_value());
    panes(ui, view, conversation);
    notices(ui, view);
  }
  sheets(ui, view, conversation_of(view, desk_.contact), settings);
  if (!ui.wide() && desk_.contact && ui.escaped()) desk_.contact.reset();
}

void DeskScreen::panes(Ui& ui, const client::View& view, const client::ConversationView* conversation) {
  const Rect screen = ui.screen();
  if (!ui.wide()) {
    if (conversation != nullptr) {
      conversation_.draw(ui, view, *conversation, desk_, screen);
    } else {
      list_.draw(ui, view, desk_, screen);
    }
    return;
  }
  const Rect left{screen.x, screen.y, size::kList, screen.h};
  list_.draw(ui, view, desk_, left);
  upright(ui, right_of(left), 0, ui.env().height);
  const bool beside = desk_.details_beside && conversation != nullptr && ui.env().width >= size::kThreePanes;
  const float details = beside ? size::kDetails : 0;
  const Rect middle{right_of(left) + 1, screen.y, screen.w - left.w - 1 - details, screen.h};
  if (conversation != nullptr) {
    conversation_.draw(ui, view, *conversation, desk_, middle);
  } else {
    draw_nothing_open(ui, view, desk_, middle);
  }
  if (beside) details_.draw_beside(ui, *conversation, desk_, {right_of(middle), screen.y, details, screen.h});
}

void DeskScreen::sheets(Ui& ui, const client::View& view, const client::ConversationView* conversation,
                        Settings& settings) {
  if (view.opening) {
    opening_.draw(ui, *view.opening);
    return;
  }
  const Open open = desk_.sheet;
  bool stays = true;
  switch (open) {
    case Open::nothing:
      return;
    case Open::new_contact:
      stays = new_contact_.draw(ui, view, desk_.has_link);
      if (!stays) desk_.has_link = false;
      break;
    case Open::settings:
      stays = settings_.draw(ui, view, desk_, settings);
      break;
    case Open::vault:
      stays = vault_.draw(ui, view);
      break;
    case Open::clocks:
      stays = conversation != nullptr && clocks_.draw(ui, *conversation, desk_);
      break;
    case Open::details:
      stays = conversation != nullptr && details_.draw_over(ui, *conversation, desk_);
      break;
    case Open::remove:
      stays = conversation != nullptr && details_.draw_remove(ui, *conversation, desk_);
      break;
  }
  if (!stays && desk_.sheet == open) {
    desk_.sheet = Open::nothing;
    ui.animate();  // what lay beneath is back in the mirror with the next frame
  }
}

void DeskScreen::notices(Ui& ui, const client::View& view) {
  if (view.notices.empty()) return;
  ui.begin_above();
  const Palette& p = ui.ink();
  const Rect screen = ui.screen();
  const float left = ui.wide() ? screen.x + size::kList : screen.x;
  const float w = std::min(right_of(screen) - left - 2 * space::k4, 480.0f);
  float y = screen.y + size::kBar + space::k3;
  const client::NoticeView& notice =
      view.notices.front();  // one at a time; the next comes when it is dismissed
  const float x = left + (right_of(screen) - left - w) / 2;
  const words::Explanation all = words::explain(ui.language(), notice.problem);
  const std::string rest = std::string(all.safe) + " " + std::string(all.next);
  std::string happened(all.happened);
  if (notice.problem == client::Problem::vault_records_lost && notice.count > 0) {
    happened += " " + ui.word(Word::records_lost, {std::to_string(notice.count)});
  }
  const client::ConversationView* who = conversation_of(view, notice.contact);
  const float inner = w - 2 * space::k4 - size::kTouch + 8;
  const float name_h = who != nullptr ? 21.0f : 0.0f;
  const float first = paragraph_height(ui, inner, happened, type::kSecondaryStrong),
              second = paragraph_height(ui, inner, rest, type::kSecondary);
  const Rect card{x, y, w, first + second + name_h + 2 + 2 * space::k4};
  ui.cover(card);
  shadow(ui, card, radius::kRow, 18);
  box(ui, card, p.panel, p.strong_line, radius::kRow);
  float at = card.y + space::k4;
  if (who != nullptr) {
    run(ui, x + space::k4, at, inner, name_of(ui, *who), run_style(type::kName, p.ink, 1));
    at += name_h;
  }
  paragraph(ui, x + space::k4, at, inner, happened, type::kSecondaryStrong, p.ink);
  paragraph(ui, x + space::k4, at + first + 2, inner, rest, type::kSecondary, p.muted);
  const std::string id = "notice." + std::to_string(notice.id);
  const Group region(ui, Role::region, id, std::string(ui.word(Word::notice)), card);
  ui.node(Role::alert, id + ".text",
          (who != nullptr ? name_of(ui, *who) + ": " : std::string()) + happened + " " + rest, card);
  if (icon_button(ui, id + ".dismiss", right_of(card) - 28, card.y + 28, Icon::close,
                  ui.word(Word::dismiss))) {
    ui.intend(client::DismissNotice{notice.id});
  }
  ui.end_above();
}

}  // namespace tacet::ui
