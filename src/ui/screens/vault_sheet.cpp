#include "ui/screens/vault_sheet.h"

namespace tacet::ui {

using words::Word;

namespace {

// To two digits or three, in the unit that makes it short.
std::string amount(Ui& ui, std::uint64_t bytes) {
  const auto in = [&](std::uint64_t unit, Word word) {
    const std::uint64_t tenths = (bytes * 10 + unit / 2) / unit;
    const bool whole = tenths >= 100 || tenths % 10 == 0;
    const char* point = ui.language() == words::Language::french ? "," : ".";
    return ui.word(word, {std::to_string(tenths / 10) + (whole ? "" : point + std::to_string(tenths % 10))});
  };
  if (bytes < 1'000'000) return in(1'000, Word::kilobytes);
  if (bytes < 1'000'000'000) return in(1'000'000, Word::megabytes);
  return in(1'000'000'000, Word::gigabytes);
}

Word sentence_of(client::ShareView::State state) {
  using State = client::ShareView::State;
  switch (state) {
    case State::off:
      return Word::old_copies_off;
    case State::setting_up:
      return Word::old_copies_setting_up;
    case State::settled:
      return Word::old_copies_settled;
    case State::behind:
      return Word::old_copies_behind;
    case State::giving_back:
      return Word::old_copies_giving_back;
  }
  return Word::old_copies_off;
}

}  // namespace

bool VaultSheet::draw(Ui& ui, const client::View& view) {
  if (!started_) ui.request(MeasureStorage{});
  started_ = true;
  Column column =
      sheet_.begin(ui, task_ ? "task" : "vault", ui.word(task_ ? task_->title(view.work) : Word::vault));
  if (task_) {
    const bool goes_on = task_->draw(ui, column, view);
    const bool closed = sheet_.end(ui, column);
    if (!goes_on || closed) {
      task_.reset();
      ui.intend(client::DismissWork{});
      ui.animate();
    }
    return true;
  }
  storage(ui, column);
  column.gap(space::k6);
  tasks(ui, column);
  column.gap(space::k6);
  old_copies(ui, column, view.share);
  if (!sheet_.end(ui, column)) return true;
  started_ = false;
  sheet_.reset(ui);
  return false;
}

void VaultSheet::storage(Ui& ui, Column& column) {
  section(ui, "vault.storage.title", column, ui.word(Word::storage));
  const auto& known = ui.env().storage;
  std::string sentence(ui.word(Word::storage_unknown));
  if (known) {
    sentence = ui.word(Word::storage_used, {amount(ui, known->used), amount(ui, known->available)}) + " " +
               std::string(ui.word(known->kept ? Word::storage_kept : Word::storage_not_kept));
  }
  column.y += said(ui, "vault.storage", column.x, column.y, column.w, sentence, type::kSecondary,
                   ui.ink().ink, Align::left, Role::status);
}

void VaultSheet::tasks(Ui& ui, Column& column) {
  using Kind = VaultTasks::Kind;
  if (button(ui, "vault.backup", column.take(size::kButton), ui.word(Word::backup), Look::secondary,
             {.icon = Icon::down})) {
    task_.emplace(Kind::backup);
  }
  column.gap(space::k2);
  if (button(ui, "vault.passphrase", column.take(size::kButton), ui.word(Word::new_passphrase),
             Look::secondary)) {
    task_.emplace(Kind::passphrase);
  }
  column.gap(space::k2);
  if (button(ui, "vault.code", column.take(size::kButton), ui.word(Word::new_code), Look::secondary)) {
    task_.emplace(Kind::recovery_code);
  }
  const SecurityKeys keys = ui.env().security_keys;
  if (keys != SecurityKeys::none) {
    column.gap(space::k2);
    const bool set = keys == SecurityKeys::set;
    if (button(ui, "vault.key", column.take(size::kButton), ui.word(set ? Word::key_remove : Word::key_set),
               Look::secondary)) {
      task_.emplace(set ? Kind::no_security_key : Kind::security_key);
    }
  }
  if (task_) ui.animate();
}

void VaultSheet::old_copies(Ui& ui, Column& column, const client::ShareView& share) {
  using State = client::ShareView::State;
  section(ui, "vault.copies.title", column, ui.word(Word::old_copies));
  const bool wanted = share.state != State::off && share.state != State::giving_back;
  const std::size_t chosen = segmented(
      ui, "vault.copies", column.take(46), ui.word(Word::old_copies),
      {std::string(ui.word(Word::old_copies_alone)), std::string(ui.word(Word::old_copies_relay))}, wanted);
  if ((chosen == 1) != wanted) ui.intend(client::SetRelayShare{chosen == 1});
  column.gap(space::k3);
  column.y += said(ui, "vault.copies.state", column.x, column.y, column.w,
                   ui.word(sentence_of(share.state), {share.relay}), type::kSecondary, ui.ink().muted,
                   Align::left, Role::status);
  if (share.problem) {
    column.gap(space::k3);
    problem_card(ui, "vault.copies.problem", column, *share.problem);
  }
}

}  // namespace tacet::ui
