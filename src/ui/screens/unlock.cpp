#include "ui/screens/unlock.h"

namespace tacet::ui {

using words::Word;

namespace {

// True while it is open.
bool erase_sheet(Ui& ui, Sheet& sheet) {
  Column column = sheet.begin(ui, "erase", ui.word(Word::erase_title));
  column.y += said(ui, "erase.text", column.x, column.y, column.w, ui.word(Word::erase_text), type::kBody,
                   ui.ink().muted);
  column.gap(space::k5);
  const bool erase = button(ui, "erase.confirm", column.take(size::kButton), ui.word(Word::erase),
                            Look::danger, {.icon = Icon::trash});
  if (erase) ui.intend(client::EraseVault{});
  column.gap(space::k2);
  const bool cancel =
      button(ui, "erase.cancel", column.take(size::kButton), ui.word(Word::cancel), Look::secondary);
  const bool closed = sheet.end(ui, column);
  if (!erase && !cancel && !closed) return true;
  sheet.reset(ui);
  return false;
}

}  // namespace

void UnlockScreen::draw(Ui& ui, const client::View& view) {
  {
    const Beneath beneath(ui, erasing_);
    Column column = page_.begin(ui, "unlock");
    page_title(ui, column, "unlock", ui.word(Word::unlock_title), ui.word(Word::unlock_text));
    FieldOptions options;
    options.label = options.placeholder = ui.word(Word::unlock_field);
    options.autocomplete = "current-password";
    options.invalid = view.problem == client::Problem::wrong_passphrase && passphrase_.empty();
    if (options.invalid) options.description = words::explain_in_full(ui.language(), *view.problem);
    const std::string id = "unlock.passphrase." + std::to_string(attempt_);
    const FieldEvents events = password_field(ui, id, column.take(size::kField), passphrase_, options);
    column.gap(space::k4);
    if (view.problem && passphrase_.empty()) {
      problem_card(ui, "unlock.problem", column, *view.problem);
      column.gap(space::k4);
    }
    const bool go = button(ui, "unlock.go", column.take(size::kButton), ui.word(Word::unlock), Look::primary,
                           {.icon = Icon::lock});
    if (go || events.submitted) {
      if (passphrase_.empty()) {
        ui.want_focus(id);
      } else {
        ui.intend(client::Unlock{std::move(passphrase_)});
        passphrase_ = {};
        ++attempt_;
      }
    }
    column.gap(space::k2);
    if (ui.env().security_keys == SecurityKeys::set) {
      if (button(ui, "unlock.key", column.take(size::kButton), ui.word(Word::unlock_with_key),
                 Look::secondary, {.icon = Icon::shield})) {
        ui.intend(client::UnlockWithSecurityKey{});
      }
      column.gap(space::k2);
    }
    if (button(ui, "unlock.start_over", column.take(size::kButton), ui.word(Word::start_over), Look::quiet)) {
      erasing_ = true;
      ui.animate();
    }
    page_.end(ui, column);
  }
  if (erasing_) erasing_ = erase_sheet(ui, sheet_);
}

void UnusableScreen::draw(Ui& ui, const client::View& view) {
  const auto problem = view.problem.value_or(client::Problem::vault_damaged);
  {
    const Beneath beneath(ui, erasing_);
    Column column = page_.begin(ui, "unusable");
    const words::Explanation all = words::explain(ui.language(), problem);
    column.y += said(ui, "unusable.title", column.x, column.y, column.w, ui.word(Word::unusable_title),
                     type::kTitle, ui.ink().ink, Align::left, Role::heading, 1);
    column.gap(space::k3);
    const std::string_view parts[] = {all.happened, all.safe, all.next};
    for (int i = 0; i < 3; ++i) {
      column.y +=
          said(ui, "unusable." + std::to_string(i), column.x, column.y, column.w, parts[i], type::kBody,
               i == 0 ? ui.ink().ink : ui.ink().muted, Align::left, i == 0 ? Role::alert : Role::text);
      column.gap(space::k2);
    }
    column.gap(space::k4);
    if (button(ui, "unusable.reload", column.take(size::kButton), ui.word(Word::reload), Look::primary)) {
      ui.request(ReloadPage{});
    }
    if (problem == client::Problem::open_elsewhere) {
      column.gap(space::k2);
      if (button(ui, "unusable.take_over", column.take(size::kButton), ui.word(Word::take_over),
                 Look::secondary)) {
        ui.request(TakeOver{});
      }
    }
    if (problem == client::Problem::vault_damaged) {
      column.gap(space::k2);
      if (button(ui, "unusable.erase", column.take(size::kButton), ui.word(Word::erase), Look::quiet)) {
        erasing_ = true;
        ui.animate();
      }
    }
    if (problem == client::Problem::storage_missing) {
      column.gap(space::k2);
      if (button(ui, "unusable.session", column.take(size::kButton), ui.word(Word::session_only),
                 Look::secondary)) {
        ui.intend(client::CreateEphemeral{});
      }
    }
    page_.end(ui, column);
  }
  if (erasing_) erasing_ = erase_sheet(ui, sheet_);
}

}  // namespace tacet::ui
