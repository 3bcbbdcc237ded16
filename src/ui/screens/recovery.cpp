#include "ui/screens/recovery.h"

#include <algorithm>

namespace tacet::ui {

using words::Word;

namespace {

std::vector<std::string_view> groups_of(std::string_view code) {
  std::vector<std::string_view> out;
  while (!code.empty()) {
    const std::size_t end = code.find_first_of("- \n");
    if (end != 0) out.push_back(code.substr(0, end));
    code = end == std::string_view::npos ? std::string_view() : code.substr(end + 1);
  }
  return out;
}

}  // namespace

Word RecoverySteps::title() const {
  return confirming_ ? Word::recovery_confirm_title : Word::recovery_title;
}

Word RecoverySteps::advice() const {
  return confirming_ ? Word::recovery_confirm_text : Word::recovery_text;
}

void RecoverySteps::draw(Ui& ui, Column& column, const SecretVector& code,
                         std::optional<client::Problem> problem) {
  if (confirming_) {
    confirm(ui, column, problem);
  } else {
    show(ui, column, as_text(code));
  }
}

void RecoverySteps::show(Ui& ui, Column& column, std::string_view code) {
  const auto groups = groups_of(code);

  // As many columns as fit, and no last row with a single group if that can be helped.
  float widest = 0;
  for (const std::string_view group : groups)
    widest = std::max(widest, text_width(ui, group, type::kHeading));
  const float inner = column.w - 2 * space::k5;
  const int fit = std::clamp(static_cast<int>((inner + space::k4) / (widest + space::k4)), 1, 4);
  const int count = static_cast<int>(groups.size());
  int columns = fit;
  for (int c = fit; c >= std::max(fit - 1, 1); --c) {
    if (count % c == 0) {
      columns = c;
      break;
    }
  }
  const int rows = (count + columns - 1) / columns;
  const float line = 38;
  const Rect card = column.take(static_cast<float>(rows) * line + 2 * space::k3);
  box(ui, card, ui.ink().panel, ui.ink().strong_line, radius::kRow);
  const float cell = inner / static_cast<float>(columns);
  for (int i = 0; i < count; ++i) {
    const float x = card.x + space::k5 + cell * (static_cast<float>(i % columns) + 0.5f);
    const int row = i / columns;
    const float y = card.y + space::k3 + line * static_cast<float>(row);
    text(ui, x, y + (line - type::kHeading.line) / 2, groups[static_cast<std::size_t>(i)], type::kHeading,
         ui.ink().ink, Align::centre);
  }
  ui.node(Role::text, "recovery.code", std::string(code), card).description = ui.word(Word::recovery_field);
  column.gap(space::k5);
  if (button(ui, "recovery.written", column.take(size::kButton), ui.word(Word::recovery_written),
             Look::primary)) {
    confirming_ = true;
    ui.animate();
    ui.want_focus("recovery.typed");
  }
  column.gap(space::k2);
  if (button(ui, "recovery.copy", column.take(size::kButton), ui.word(Word::copy_code), Look::quiet,
             {.icon = Icon::copy})) {
    ui.request(CopyText{std::string(code)});
    ui.toast(ui.word(Word::code_copied));
  }
}

void RecoverySteps::confirm(Ui& ui, Column& column, std::optional<client::Problem> problem) {
  const bool wrong = tried_ && problem.has_value();
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::recovery_field);
  options.invalid = wrong;
  if (wrong) options.description = words::explain_in_full(ui.language(), *problem);
  const FieldEvents events = field(ui, "recovery.typed", column.take(size::kField), typed_, options);
  if (events.changed) tried_ = false;
  column.gap(space::k4);
  if (wrong) {
    problem_card(ui, "recovery.problem", column, *problem);
    column.gap(space::k4);
  }
  const bool go = button(ui, "recovery.confirm", column.take(size::kButton), ui.word(Word::recovery_confirm),
                         Look::primary);
  if (go || events.submitted) {
    tried_ = true;
    ui.intend(client::ConfirmRecoveryCode{typed_});
  }
  column.gap(space::k2);
  if (button(ui, "recovery.again", column.take(size::kButton), ui.word(Word::recovery_show_again),
             Look::quiet)) {
    confirming_ = false;
    ui.animate();
  }
}

void RecoveryScreen::draw(Ui& ui, const client::View& view) {
  Column column = page_.begin(ui, "recovery");
  page_title(ui, column, "recovery", ui.word(steps_.title()), ui.word(steps_.advice()));
  steps_.draw(ui, column, view.recovery_code, view.problem);
  page_.end(ui, column);
}

}  // namespace tacet::ui
