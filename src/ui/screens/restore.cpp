#include "ui/screens/restore.h"

#include "ui/text.h"

namespace tacet::ui {

using words::Word;

bool RestoreScreen::draw(Ui& ui, const client::View& view) {
  const auto problem = tried_ ? view.problem : std::nullopt;
  if (problem == client::Problem::backup_needs_passphrase) asks_passphrase_ = true;
  Column column = page_.begin(ui, "restore");
  page_title(ui, column, "restore", ui.word(Word::restore_title), ui.word(Word::restore_text));
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::unlock_field);
  options.autocomplete = "current-password";
  options.invalid = problem == client::Problem::backup_wrong_passphrase && typed_.empty();
  if (options.invalid) options.description = words::explain_in_full(ui.language(), *problem);
  const std::string id = "restore.typed." + std::to_string(attempt_);
  bool go = password_field(ui, id, column.take(size::kField), typed_, options).submitted;
  column.gap(space::k4);
  const std::string next = "restore.passphrase";
  if (asks_passphrase_) {
    go = passphrase_.draw(ui, column, next, ui.word(Word::choose_passphrase)) || go;
    column.gap(space::k4);
  }
  if (problem && typed_.empty()) {
    problem_card(ui, "restore.problem", column, *problem);
    column.gap(space::k4);
  }
  go = button(ui, "restore.go", column.take(size::kButton), ui.word(Word::restore_go), Look::primary) || go;
  column.gap(space::k2);
  const bool cancel =
      button(ui, "restore.cancel", column.take(size::kButton), ui.word(Word::cancel), Look::quiet);
  page_.end(ui, column);
  if (cancel) return false;
  if (!go) return true;
  if (typed_.empty()) {
    ui.want_focus(id);
  } else if (!asks_passphrase_ || passphrase_.accepted(ui, next)) {
    ui.intend(client::RestoreBackup{file_, std::move(typed_), passphrase_.value()});
    typed_ = {};
    tried_ = true;
    ++attempt_;
  }
  return true;
}

}  // namespace tacet::ui
