#include "ui/screens/new_passphrase.h"

#include "base/text.h"
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

// "welcome.passphrase" has the neighbour "welcome.strength".
std::string neighbour(const std::string& id, std::string_view name) {
  return id.substr(0, id.rfind('.') + 1).append(name);
}

}  // namespace

bool NewPassphrase::enough() const {
  return strength_of(as_text(value_)) > Strength::too_short;
}

bool NewPassphrase::draw(Ui& ui, Column& column, const std::string& id, std::string_view label) {
  const Strength strength = strength_of(as_text(value_));
  const Judgement judgement = judge(strength);
  std::string sentence(ui.word(judgement.word));
  if (enough()) sentence += " " + std::string(ui.word(Word::passphrase_facts));
  FieldOptions options;
  options.label = options.placeholder = label;
  options.autocomplete = "new-password";
  options.invalid = asked_ && !enough();
  options.description = sentence;
  const FieldEvents events = password_field(ui, id, column.take(size::kField), value_, options);

  column.gap(space::k3);
  const Rect bar = column.take(5);
  const Ink ink = strength >= Strength::strong ? ui.ink().good : ui.ink().ember;
  meter(ui, bar, ui.follow(neighbour(id, "meter"), judgement.part), ink);
  ui.node(Role::progressbar, neighbour(id, "strength"), std::string(ui.word(Word::strength)), bar).progress =
      static_cast<std::uint16_t>(judgement.part * 1000);
  column.gap(space::k2);
  column.y += said(ui, neighbour(id, "judgement"), column.x, column.y, column.w, sentence, type::kSecondary,
                   ui.ink().muted, Align::left, Role::status);
  return events.submitted;
}

bool NewPassphrase::accepted(Ui& ui, const std::string& id) {
  asked_ = true;
  if (!enough()) ui.want_focus(id);
  return enough();
}

}  // namespace tacet::ui
