#include "ui/screens/details.h"

#include "base/text.h"
#include "client/messenger.h"
#include "ui/avatar.h"
#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

void Details::draw_beside(Ui& ui, const client::ConversationView& c, Desk& desk, Rect area) {
  fill(ui, {area.x, 0, ui.env().width - area.x, ui.env().height}, ui.ink().panel);
  upright(ui, area.x, 0, ui.env().height);
  const Group group(ui, Role::complementary, "details", ui.word(Word::details_of, {name_of(ui, c)}), area);
  scroll_.begin(ui, "details." + to_hex(c.contact.view()), area);
  const float top = scroll_.top();
  Column column{area.x + space::k6, top + space::k8, area.w - 2 * space::k6};
  content(ui, c, desk, column);
  scroll_.end(ui, column.y - top + space::k6);
}

bool Details::draw_over(Ui& ui, const client::ConversationView& c, Desk& desk) {
  Column column = sheet_.begin(ui, "details", ui.word(Word::details), Sheet::Shape::drawer);
  content(ui, c, desk, column);
  const bool closed = sheet_.end(ui, column) || desk.sheet != Open::details;
  if (closed) sheet_.reset(ui);
  return !closed;
}

void Details::content(Ui& ui, const client::ConversationView& c, Desk& desk, Column& column) {
  const Palette& p = ui.ink();
  if (contact_ != c.contact) {
    contact_ = c.contact;
    name_ = c.name;
  }
  const std::string name = name_of(ui, c);
  avatar(ui, column.x + column.w / 2, column.y + 42, 84, c.fingerprint);
  column.gap(84 + space::k4);
  run(ui, column.x, column.y, column.w, name, run_style(type::kHeading, p.ink, 1), Align::centre);
  ui.node(Role::heading, "details.name", name, {column.x, column.y, column.w, type::kHeading.line}).level = 2;
  column.gap(type::kHeading.line + 2);
  const std::string state =
      c.verified && c.verified_at
          ? ui.word(Word::verified_on,
                    {words::date(ui.language(), *c.verified_at, ui.now(), ui.env().utc_offset_minutes)})
          : std::string(ui.word(c.verified ? Word::verified : Word::not_verified));
  const float w = text_width(ui, state, type::kSecondary) + (c.verified ? 20 : 0);
  float x = column.x + (column.w - w) / 2;
  if (c.verified) {
    icon(ui, Icon::check, x + 7, column.y + 10, p.good, 16);
    x += 20;
  }
  text(ui, x, column.y, state, type::kSecondary, c.verified ? p.good : p.muted);
  ui.node(Role::text, "details.state", state, {column.x, column.y, column.w, 20});
  column.gap(20);
  if (!c.their_name.empty() && c.their_name != c.name) {
    column.gap(space::k2);
    column.y += paragraph(ui, column.x, column.y, column.w, ui.word(Word::calls_themselves), type::kSmall,
                          p.muted, Align::centre);
    run(ui, column.x, column.y, column.w, c.their_name, run_style(type::kSecondary, p.ink, 1), Align::centre);
    ui.node(Role::text, "details.their_name",
            std::string(ui.word(Word::calls_themselves)) + " " + c.their_name,
            {column.x, column.y, column.w, 20});
    column.gap(20);
  }
  column.gap(space::k6);
  if (!c.safety_number.empty()) safety(ui, c, column);

  section(ui, "details.clocks.title", column, ui.word(Word::clocks));
  const std::string expires =
      ui.word(Word::expires_after, {words::duration(ui.language(), c.clocks.expires_after)});
  const std::string burns =
      c.clocks.burn_after.count() == 0
          ? std::string(ui.word(Word::burns_never))
          : ui.word(Word::burns_after, {words::duration(ui.language(), c.clocks.burn_after)});
  column.y +=
      said(ui, "details.clocks.expires", column.x, column.y, column.w, expires, type::kSecondary, p.ink);
  column.y += said(ui, "details.clocks.burns", column.x, column.y, column.w, burns, type::kSecondary, p.ink);
  if (c.state == client::ContactState::accepted) {
    column.gap(space::k3);
    if (button(ui, "details.clocks.change", column.take(size::kTouch), ui.word(Word::change_clocks),
               Look::secondary))
      desk.sheet = Open::clocks;
  }
  column.gap(space::k6);

  section(ui, "details.rename.title", column, ui.word(Word::rename));
  FieldOptions options;
  options.label = ui.word(Word::rename);
  options.placeholder = c.their_name.empty() ? ui.word(Word::nameless) : std::string_view(c.their_name);
  options.max_length = client::Messenger::kMaxName;
  options.ground = p.background;
  const FieldEvents events = field(ui, "details.rename", column.take(size::kField), name_, options);
  if (name_ != c.name) {
    column.gap(space::k2);
    const bool save =
        button(ui, "details.rename.save", column.take(size::kTouch), ui.word(Word::save), Look::secondary);
    if (save || events.submitted) {
      name_ = std::string(clip_utf8(name_, client::Messenger::kMaxName));
      ui.intend(client::RenameContact{c.contact, name_});
      if (name_.empty()) name_ = c.their_name;
    }
  }
  column.gap(space::k6);
  if (!c.relay.empty()) {
    column.y += said(ui, "details.relay", column.x, column.y, column.w,
                     ui.word(Word::writes_through, {c.relay}), type::kSmall, p.muted);
    column.gap(space::k4);
  }
  if (button(ui, "details.remove", column.take(size::kButton), ui.word(Word::remove_contact), Look::danger))
    desk.sheet = Open::remove;
}

void Details::safety(Ui& ui, const client::ConversationView& c, Column& column) {
  const Palette& p = ui.ink();
  section(ui, "details.safety.title", column, ui.word(Word::safety_number));
  const float line = 32;
  const Rect card = column.take(4 * line + 2 * space::k3);
  box(ui, card, p.background, p.line, radius::kRow);
  // Digits in cells of one width: columns that can be compared at a glance.
  std::string digits;
  for (const char ch : c.safety_number) {
    if (ch >= '0' && ch <= '9') digits += ch;
  }
  const float cell = 10.2f, group = 5 * cell;
  const float gap = std::min((card.w - 2 * space::k4 - 3 * group) / 2, 44.0f);
  const float first = card.x + (card.w - 3 * group - 2 * gap) / 2;
  for (std::size_t i = 0; i < digits.size() && i < 60; ++i) {
    const std::size_t written = i / 15;
    const auto g = static_cast<float>(i / 5 % 3), row = static_cast<float>(written),
               in = static_cast<float>(i % 5);
    const float x = first + g * (group + gap) + in * cell + cell / 2;
    text(ui, x, card.y + space::k3 + row * line + (line - 21) / 2, std::string_view(digits).substr(i, 1),
         {15, 21, true}, p.ink, Align::centre);
  }
  ui.node(Role::text, "details.safety", c.safety_number, card).description = ui.word(Word::safety_number);
  column.gap(space::k3);
  column.y += said(ui, "details.safety.text", column.x, column.y, column.w, ui.word(Word::safety_text),
                   type::kSmall, p.muted);
  column.gap(space::k3);
  if (c.verified) {
    if (button(ui, "details.unverify", column.take(size::kTouch), ui.word(Word::unmark_verified),
               Look::quiet)) {
      ui.intend(client::MarkVerified{c.contact, false});
    }
  } else if (button(ui, "details.verify", column.take(size::kButton), ui.word(Word::mark_verified),
                    Look::secondary, {.icon = Icon::shield})) {
    ui.intend(client::MarkVerified{c.contact, true});
  }
  column.gap(space::k6);
}

bool Details::draw_remove(Ui& ui, const client::ConversationView& c, Desk&) {
  Column column = remove_.begin(ui, "remove", ui.word(Word::remove_title));
  const float y = column.y;
  column.y +=
      run(ui, column.x, column.y, column.w, name_of(ui, c), run_style(type::kStrong, ui.ink().ink, 1)).h;
  ui.node(Role::text, "remove.name", name_of(ui, c), {column.x, y, column.w, type::kStrong.line});
  column.gap(space::k2);
  column.y += said(ui, "remove.text", column.x, column.y, column.w, ui.word(Word::remove_text), type::kBody,
                   ui.ink().muted);
  column.gap(space::k5);
  const bool remove = button(ui, "remove.confirm", column.take(size::kButton), ui.word(Word::remove_confirm),
                             Look::danger, {.icon = Icon::trash});
  column.gap(space::k2);
  const bool cancel =
      button(ui, "remove.cancel", column.take(size::kButton), ui.word(Word::cancel), Look::secondary);
  const bool closed = remove_.end(ui, column);
  if (remove) ui.intend(client::RemoveContact{c.contact});
  if (!remove && !cancel && !closed) return true;
  remove_.reset(ui);
  return false;
}

}  // namespace tacet::ui
