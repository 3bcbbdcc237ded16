#include "ui/screens/welcome.h"

#include "base/text.h"
#include "client/messenger.h"

namespace tacet::ui {

using words::Word;

void WelcomeScreen::draw(Ui& ui, const client::View& view) {
  if (restore_) {
    if (!restore_->draw(ui, view)) {
      restore_.reset();
      ui.animate();
    }
    return;
  }
  Column column = page_.begin(ui, "welcome");
  page_title(ui, column, "welcome", ui.word(Word::welcome_title), ui.word(Word::welcome_text));

  constexpr const char* kField = "welcome.passphrase";
  const bool submitted = passphrase_.draw(ui, column, kField, ui.word(Word::choose_passphrase));
  column.gap(space::k5);
  if (ui.env().vault_evicted && !view.problem) {
    problem_card(ui, "welcome.evicted", column, client::Problem::vault_evicted);
    column.gap(space::k4);
  }
  if (view.problem) {
    problem_card(ui, "welcome.problem", column, *view.problem);
    column.gap(space::k4);
  }
  const bool go =
      button(ui, "welcome.continue", column.take(size::kButton), ui.word(Word::go_on), Look::primary);
  if ((go || submitted) && passphrase_.accepted(ui, kField))
    ui.intend(client::CreateVault{passphrase_.value()});
  column.gap(space::k2);
  if (button(ui, "welcome.session", column.take(size::kButton), ui.word(Word::session_only), Look::quiet,
             {.description = ui.word(Word::session_only_hint)})) {
    ui.intend(client::CreateEphemeral{});
  }
  column.y += said(ui, "welcome.session_hint", column.x, column.y, column.w, ui.word(Word::session_only_hint),
                   type::kSmall, ui.ink().muted, Align::centre);
  column.gap(space::k3);
  if (button(ui, "welcome.restore", column.take(size::kButton), ui.word(Word::restore), Look::quiet)) {
    ui.request(PickBackup{});
  }
  if (!ui.env().secure_context) {
    column.gap(space::k5);
    hint_card(ui, "welcome.plain_http", column, ui.word(Word::plain_http), Icon::alert);
  }
  page_.end(ui, column);
}

bool NameScreen::draw(Ui& ui) {
  Column column = page_.begin(ui, "name");
  page_title(ui, column, "name", ui.word(Word::name_title), ui.word(Word::name_text));
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::your_name);
  options.autocomplete = "nickname";
  options.max_length = client::Messenger::kMaxName;
  const FieldEvents events = field(ui, "name.field", column.take(size::kField), name_, options);
  column.gap(space::k5);
  const bool go =
      button(ui, "name.continue", column.take(size::kButton), ui.word(Word::go_on), Look::primary);
  column.gap(space::k2);
  const bool skip = button(ui, "name.skip", column.take(size::kButton), ui.word(Word::skip), Look::quiet);
  page_.end(ui, column);
  if ((go || events.submitted) && !name_.empty()) {
    ui.intend(client::SetMyName{std::string(clip_utf8(name_, client::Messenger::kMaxName))});
  }
  return go || events.submitted || skip;
}

}  // namespace tacet::ui
