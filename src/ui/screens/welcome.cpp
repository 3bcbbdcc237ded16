#include "ui/screens/welcome.h"

#include "base/text.h"
#include "client/messenger.h"
#include "ui/strength.h"

namespace tacet::ui {

using words::Word;

namespace {

struct Judgement {
  float part;
  Word word;
};

Judgement judge(Strength strength) {
  switch (strength) {
    case Strength::empty:
      return {0, Word::strength_empty};
    case Strength::too_short:
      return {0.08f, Word::strength_short};
    case Strength::weak:
      return {0.25f, Word::strength_weak};
    case Strength::fair:
      return {0.5f, Word::strength_fair};
    case Strength::strong:
      return {0.78f, Word::strength_strong};
    case Strength::excellent:
      return {1, Word::strength_excellent};
  }
  return {0, Word::strength_empty};
}

}  // namespace

void WelcomeScreen::draw(Ui& ui, const client::View& view) {
  Column column = page_.begin(ui, "welcome");
  page_title(ui, column, "welcome", ui.word(Word::welcome_title), ui.word(Word::welcome_text));

  const Strength strength = strength_of(as_text(passphrase_));
  const bool enough = strength > Strength::too_short;
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::choose_passphrase);
  options.autocomplete = "new-password";
  options.invalid = asked_ && !enough;
  const Judgement judgement = judge(strength);
  std::string sentence(ui.word(judgement.word));
  if (enough) sentence += " " + std::string(ui.word(Word::passphrase_facts));
  options.description = sentence;
  const FieldEvents events =
      password_field(ui, "welcome.passphrase", column.take(size::kField), passphrase_, options);

  column.gap(space::k3);
  const Rect bar = column.take(5);
  const Ink ink = strength >= Strength::strong ? ui.ink().good : ui.ink().ember;
  meter(ui, bar, ui.follow("welcome.meter", judgement.part), ink);
  ui.node(Role::progressbar, "welcome.strength", std::string(ui.word(Word::strength)), bar).progress =
      static_cast<std::uint16_t>(judgement.part * 1000);
  column.gap(space::k2);
  column.y += said(ui, "welcome.judgement", column.x, column.y, column.w, sentence, type::kSecondary,
                   ui.ink().muted, Align::left, Role::status);
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
  if (go || events.submitted) {
    asked_ = true;
    if (enough) ui.intend(client::CreateVault{passphrase_});
    if (!enough) ui.want_focus("welcome.passphrase");
  }
  column.gap(space::k2);
  if (button(ui, "welcome.session", column.take(size::kButton), ui.word(Word::session_only), Look::quiet,
             {.description = ui.word(Word::session_only_hint)})) {
    ui.intend(client::CreateEphemeral{});
  }
  column.y += said(ui, "welcome.session_hint", column.x, column.y, column.w, ui.word(Word::session_only_hint),
                   type::kSmall, ui.ink().muted, Align::centre);
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
