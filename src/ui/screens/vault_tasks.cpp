#include "ui/screens/vault_tasks.h"

namespace tacet::ui {

using words::Word;
using State = client::WorkView::State;

namespace {

struct Wording {
  Word title, text, button, done;
};

Wording wording_of(VaultTasks::Kind kind) {
  using Kind = VaultTasks::Kind;
  switch (kind) {
    case Kind::recovery_code:
      return {Word::new_code, Word::new_code_text, Word::go_on, Word::new_code_done};
    case Kind::security_key:
      return {Word::key_set, Word::key_set_text, Word::key_set_go, Word::key_set_done};
    case Kind::no_security_key:
      return {Word::key_remove, Word::key_remove_text, Word::key_remove_go, Word::key_remove_done};
    case Kind::backup:
      return {Word::backup, Word::backup_text, Word::backup_save, Word::backup_done};
    case Kind::passphrase:
    case Kind::none:
      break;
  }
  return {Word::new_passphrase, Word::new_passphrase_text, Word::new_passphrase_set,
          Word::new_passphrase_done};
}

}  // namespace

Word VaultTasks::title(const client::WorkView& work) const {
  const bool code = work.kind == kind_ && work.state == State::confirming;
  return code ? steps_.title() : wording_of(kind_).title;
}

std::string VaultTasks::current_id() const {
  return "task.current." + std::to_string(attempt_);
}

bool VaultTasks::draw(Ui& ui, Column& column, const client::View& view) {
  const client::WorkView& work = view.work;
  if (work.kind != kind_ || work.state == State::failed) {
    ask(ui, column, work);
    return true;
  }
  if (work.state == State::confirming) {
    column.y += said(ui, "task.text", column.x, column.y, column.w, ui.word(steps_.advice()), type::kBody,
                     ui.ink().muted);
    column.gap(space::k4);
    steps_.draw(ui, column, work.recovery_code, work.problem);
    return true;
  }
  if (work.state == State::working) {
    column.y += said(ui, "task.working", column.x, column.y, column.w,
                     ui.word(view.touching ? Word::key_touch : Word::unlocking_text), type::kBody,
                     ui.ink().muted, Align::left, Role::status);
    column.gap(space::k5);
    const Rect bar = column.take(5);
    const bool known = work.percent > 0;
    if (known) {
      meter(ui, bar, static_cast<float>(work.percent) / 100, ui.ink().ember);
    } else {
      turning(ui, bar.x + 22, bar.y + 22, 40, ui.ink().ember, ui.ink().line);
      column.gap(44);
    }
    Node& node = ui.node(Role::progressbar, "task.progress", std::string(ui.word(title(work))), bar);
    node.progress = known ? static_cast<std::uint16_t>(work.percent * 10) : 1001;
    node.busy = true;
    return true;
  }
  hint_card(ui, "task.done", column, ui.word(wording_of(kind_).done), Icon::check);
  column.gap(space::k4);
  return !button(ui, "task.finish", column.take(size::kButton), ui.word(Word::done), Look::primary);
}

void VaultTasks::ask(Ui& ui, Column& column, const client::WorkView& work) {
  const Wording wording = wording_of(kind_);
  column.y +=
      said(ui, "task.text", column.x, column.y, column.w, ui.word(wording.text), type::kBody, ui.ink().muted);
  column.gap(space::k4);
  const bool failed = work.kind == kind_ && work.problem.has_value();
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::unlock_field);
  options.autocomplete = "current-password";
  options.invalid = failed && current_.empty();
  if (options.invalid) options.description = words::explain_in_full(ui.language(), *work.problem);
  bool go = password_field(ui, current_id(), column.take(size::kField), current_, options).submitted;
  column.gap(space::k4);
  const std::string next_id = "task.next." + std::to_string(attempt_);
  if (kind_ == Kind::passphrase) {
    go = next_.draw(ui, column, next_id, ui.word(Word::new_passphrase_field)) || go;
    column.gap(space::k4);
  }
  if (kind_ == Kind::backup) {
    history_ =
        segmented(ui, "task.history", column.take(46), ui.word(Word::backup_contents),
                  {std::string(ui.word(Word::backup_with)), std::string(ui.word(Word::backup_without))},
                  history_ ? 0 : 1) == 0;
    column.gap(space::k4);
  }
  if (failed) {
    problem_card(ui, "task.problem", column, *work.problem);
    column.gap(space::k4);
  }
  go = button(ui, "task.go", column.take(size::kButton), ui.word(wording.button), Look::primary) || go;
  if (!go) return;
  if (current_.empty()) return ui.want_focus(current_id());
  if (kind_ == Kind::passphrase && !next_.accepted(ui, next_id)) return;
  begin(ui);
}

void VaultTasks::begin(Ui& ui) {
  switch (kind_) {
    case Kind::passphrase:
      ui.intend(client::ChangePassphrase{std::move(current_), next_.value()});
      break;
    case Kind::recovery_code:
      ui.intend(client::RenewRecoveryCode{std::move(current_)});
      break;
    case Kind::security_key:
      ui.intend(client::SetSecurityKey{std::move(current_)});
      break;
    case Kind::no_security_key:
      ui.intend(client::SetSecurityKey{std::move(current_), false});
      break;
    case Kind::backup:
      ui.intend(client::MakeBackup{std::move(current_), history_});
      break;
    case Kind::none:
      break;
  }
  current_ = {};
  next_ = {};
  ++attempt_;
}

}  // namespace tacet::ui
