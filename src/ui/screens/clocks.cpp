#include "ui/screens/clocks.h"

#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

namespace {

constexpr Seconds kExpiries[] = {Minutes(5), Hours(1), Hours(8), Days(1),
                                 Days(3),    Days(6),  Days(14), Days(30)};
constexpr Seconds kBurns[] = {Seconds(0), Seconds(5), Seconds(30), Minutes(1), Minutes(5), Hours(1), Days(1)};

// The presets in words, and whatever is chosen if it is none of them.
struct Choices {
  std::vector<Seconds> values;
  std::vector<std::string> labels;
  std::size_t chosen = 0;
};

template <std::size_t N>
Choices choices(const Ui& ui, const Seconds (&presets)[N], Seconds now) {
  Choices out;
  out.values.assign(presets, presets + N);
  if (std::find(out.values.begin(), out.values.end(), now) == out.values.end()) {
    out.values.insert(std::upper_bound(out.values.begin(), out.values.end(), now), now);
  }
  for (const Seconds value : out.values) {
    if (value == now) out.chosen = out.labels.size();
    out.labels.push_back(value.count() == 0 ? std::string(ui.word(Word::burn_off))
                                            : words::duration(ui.language(), value));
  }
  return out;
}

}  // namespace

bool ClocksSheet::draw(Ui& ui, const client::ConversationView& c, Desk& desk) {
  if (!started_) {
    started_ = true;
    const auto once = desk.once.find(c.contact);
    chosen_ = once == desk.once.end() ? c.clocks : once->second;
    scope_ = once == desk.once.end() ? 0 : 1;
  }
  Column column = sheet_.begin(ui, "clocks_sheet", ui.word(Word::clocks_title));
  section(ui, "clocks_sheet.expiry.title", column, ui.word(Word::clock_expiry));
  const Choices expiry = choices(ui, kExpiries, chosen_.expires_after);
  chosen_.expires_after = expiry.values[pills(ui, "clocks_sheet.expiry", column, ui.word(Word::clock_expiry),
                                              expiry.labels, expiry.chosen)];
  column.gap(space::k5);
  section(ui, "clocks_sheet.burn.title", column, ui.word(Word::clock_burn));
  const Choices burn = choices(ui, kBurns, chosen_.burn_after);
  chosen_.burn_after = burn.values[pills(ui, "clocks_sheet.burn", column, ui.word(Word::clock_burn),
                                         burn.labels, burn.chosen)];
  column.gap(space::k5);

  const std::string length = words::duration(ui.language(), chosen_.expires_after);
  const std::string sentence =
      chosen_.burn_after.count() == 0
          ? ui.word(Word::clocks_sentence, {length})
          : ui.word(Word::clocks_sentence_burn, {length, words::duration(ui.language(), chosen_.burn_after)});
  hint_card(ui, "clocks_sheet.sentence", column, sentence,
            chosen_.burn_after.count() == 0 ? Icon::ring : Icon::flame);
  column.gap(space::k5);
  section(ui, "clocks_sheet.scope.title", column, ui.word(Word::apply_to));
  scope_ = segmented(ui, "clocks_sheet.scope", column.take(48), ui.word(Word::apply_to),
                     {std::string(ui.word(Word::apply_conversation)), std::string(ui.word(Word::apply_next))},
                     scope_);
  column.gap(space::k5);
  const bool apply =
      button(ui, "clocks_sheet.apply", column.take(size::kButton), ui.word(Word::apply), Look::primary);
  if (apply && scope_ == 0) {
    desk.once.erase(c.contact);
    if (chosen_ != c.clocks) ui.intend(client::SetClocks{c.contact, chosen_});
  }
  if (apply && scope_ == 1) desk.once[c.contact] = chosen_;
  const bool closed = sheet_.end(ui, column);
  if (!apply && !closed) return true;
  started_ = false;
  sheet_.reset(ui);
  return false;
}

}  // namespace tacet::ui
