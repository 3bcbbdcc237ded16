#include "ui/screens/new_contact.h"

#include "client/messenger.h"
#include "ui/avatar.h"
#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

namespace {

constexpr std::uint32_t kUses[] = {1, 5, 25, 0};
constexpr Seconds kLifetimes[] = {Days(1), Days(7), Days(30)};

std::string state_of(const Ui& ui, const client::InvitationView& i) {
  if (i.expires_at <= ui.now()) return std::string(ui.word(Word::invite_expired));
  std::string out;
  if (i.unlimited) {
    out = ui.word(Word::invite_left_unlimited);
  } else if (i.uses_left == 0) {
    return std::string(ui.word(Word::invite_used_up));
  } else if (i.uses_left == 1) {
    out = ui.word(Word::invite_left_one);
  } else {
    out = ui.word(Word::invite_left_many, {std::to_string(i.uses_left)});
  }
  return out + ", " +
         ui.word(Word::invite_expires_in, {words::time_left(ui.language(), i.expires_at - ui.now())});
}

bool works(const Ui& ui, const client::InvitationView& i) {
  return i.expires_at > ui.now() && (i.unlimited || i.uses_left > 0);
}

}  // namespace

bool NewContactSheet::draw(Ui& ui, const client::View& view, bool has_link) {
  if (!sheet_.is_open()) tab_ = has_link ? 1 : 0;
  if (awaited_ && view.invitations.size() > *awaited_) {
    shown_ = view.invitations.front().id;
    awaited_.reset();
  }
  const auto it = std::find_if(view.invitations.begin(), view.invitations.end(),
                               [&](const auto& i) { return shown_ == i.id; });
  if (it == view.invitations.end()) shown_.reset();

  Column column = sheet_.begin(ui, "new_contact", ui.word(shown_ ? Word::invitation : Word::new_title));
  if (shown_) {
    show(ui, column, *it);
  } else {
    tab_ = segmented(ui, "new_contact.tab", column.take(48), ui.word(Word::new_title),
                     {std::string(ui.word(Word::tab_invite)), std::string(ui.word(Word::tab_open))}, tab_);
    column.gap(space::k5);
    if (tab_ == 0) {
      make(ui, column, view);
      existing(ui, column, view);
    } else {
      open_link(ui, column);
    }
  }
  if (!sheet_.end(ui, column)) return true;
  sheet_.reset(ui);
  *this = NewContactSheet();
  return false;
}

void NewContactSheet::make(Ui& ui, Column& column, const client::View& view) {
  column.y += said(ui, "invite.text", column.x, column.y, column.w, ui.word(Word::invite_text),
                   type::kSecondary, ui.ink().muted);
  column.gap(space::k4);
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::invite_label);
  options.max_length = client::Messenger::kMaxName;
  options.ground = ui.ink().background;
  field(ui, "invite.label", column.take(size::kField), label_, options);
  column.gap(space::k5);
  section(ui, "invite.uses.title", column, ui.word(Word::invite_uses));
  uses_ = segmented(
      ui, "invite.uses", column.take(46), ui.word(Word::invite_uses),
      {std::string(ui.word(Word::uses_once)), "5", "25", std::string(ui.word(Word::uses_unlimited))}, uses_);
  column.gap(space::k5);
  section(ui, "invite.lifetime.title", column, ui.word(Word::invite_lifetime));
  std::vector<std::string> lengths;
  for (const Seconds length : kLifetimes) lengths.push_back(words::duration(ui.language(), length));
  lifetime_ =
      segmented(ui, "invite.lifetime", column.take(46), ui.word(Word::invite_lifetime), lengths, lifetime_);
  column.gap(space::k5);
  const Rect place = column.take(size::kButton);
  const std::string_view words = ui.word(awaited_ ? Word::one_moment : Word::invite_make);
  if (button(ui, "invite.make", place, words, Look::primary, {.enabled = !awaited_, .icon = Icon::link})) {
    awaited_ = view.invitations.size();
    ui.intend(client::MakeInvitation{std::exchange(label_, {}), kUses[uses_], kLifetimes[lifetime_]});
  }
}

void NewContactSheet::existing(Ui& ui, Column& column, const client::View& view) {
  if (view.invitations.empty()) return;
  column.gap(space::k6);
  section(ui, "invite.existing.title", column, ui.word(Word::invite_existing));
  const Palette& p = ui.ink();
  const float row_h = 60;
  const Group list(ui, Role::list, "invite.existing", std::string(ui.word(Word::invite_existing)),
                   {column.x, column.y, column.w, row_h * static_cast<float>(view.invitations.size())});
  for (const client::InvitationView& i : view.invitations) {
    const std::string id = dom_id("invitation", i.id.view());
    const Rect row = column.take(row_h);
    const Press press = ui.press(id, row);
    if (press.clicked) {
      shown_ = i.id;
      ui.animate();
    }
    const float hover = ui.follow(id + ".hover", press.hovered || press.held ? 1.0f : 0.0f, motion::kQuick);
    if (hover > 0)
      fill(ui, {row.x - space::k3, row.y, row.w + 2 * space::k3, row.h}, fade(p.hover, hover),
           radius::kButton);
    if (press.focused)
      ui.focus_ring({row.x - space::k2, row.y + 2, row.w + 2 * space::k2, row.h - 4}, radius::kButton);
    const float room = row.w - size::kIcon - space::k2;
    if (i.label.empty()) {
      text_within(ui, row.x, row.y + 9, room, ui.word(Word::invitation), type::kName, p.ink);
    } else {
      run(ui, row.x, row.y + 9, room, i.label, run_style(type::kName, p.ink, 1));
    }
    const std::string state = state_of(ui, i);
    text_within(ui, row.x, row.y + 31, room, state, type::kSecondary, p.muted);
    icon(ui, Icon::chevron, right_of(row) - 8, row.y + row.h / 2, p.muted, 18);
    const Group item(ui, Role::listitem, id + ".item", {}, row);
    ui.node(Role::button, id,
            (i.label.empty() ? std::string(ui.word(Word::invitation)) : i.label) + ", " + state, row);
  }
}

void NewContactSheet::show(Ui& ui, Column& column, const client::InvitationView& i) {
  const Palette& p = ui.ink();
  if (!i.label.empty()) {
    column.y += run(ui, column.x, column.y, column.w, i.label, run_style(type::kStrong, p.ink, 2)).h;
    ui.node(Role::text, "invite.shown.label", i.label,
            {column.x, column.y - type::kStrong.line, column.w, type::kStrong.line});
    column.gap(space::k1);
  }
  column.y += said(ui, "invite.shown.state", column.x, column.y, column.w, state_of(ui, i), type::kSecondary,
                   p.muted);
  column.gap(space::k4);
  if (i.problem) {
    problem_card(ui, "invite.problem", column, *i.problem);
    column.gap(space::k4);
  } else if (!i.ready) {
    hint_card(ui, "invite.publishing", column, ui.word(Word::invite_publishing), Icon::clock);
    column.gap(space::k4);
  }
  if (!i.link.empty() && works(ui, i)) {
    if (qr_.text() != i.link) qr_ = QrCode(i.link);
    const float side = std::min(column.w, 264.0f);
    if (qr_.side() > 0) {
      const Rect code{column.x + (column.w - side) / 2, column.y, side, side};
      qr_.draw(ui, code);
      if (!p.dark) stroke(ui, code, p.line, radius::kRow);
      ui.node(Role::image, "invite.qr", std::string(ui.word(Word::invite_qr)), code);
      column.gap(side + space::k4);
    }
    const Rect place = column.take(size::kField);
    box(ui, place, p.background, p.line, radius::kButton);
    icon(ui, Icon::link, place.x + space::k4 + 8, place.y + place.h / 2, p.muted);
    text_within(ui, place.x + space::k4 + 28, place.y + (place.h - 20) / 2, place.w - 2 * space::k4 - 28,
                i.link, type::kSecondary, p.ink);
    ui.node(Role::text, "invite.link", i.link, place).description = ui.word(Word::invite_link);
    column.gap(space::k3);
    if (button(ui, "invite.copy", column.take(size::kButton), ui.word(Word::copy_link), Look::primary,
               {.icon = Icon::copy})) {
      ui.request(CopyText{i.link});
      ui.toast(ui.word(Word::link_copied));
    }
    column.gap(space::k3);
    column.y += said(ui, "invite.advice", column.x, column.y, column.w,
                     ui.word(i.unlimited || i.uses_left > 1 ? Word::invite_ready_many : Word::invite_ready),
                     type::kSecondary, p.muted, Align::centre);
    column.gap(space::k4);
  }
  const Rect row = column.take(size::kButton);
  const float half = (row.w - space::k3) / 2;
  if (button(ui, "invite.back", {row.x, row.y, half, row.h}, ui.word(Word::back), Look::secondary)) {
    shown_.reset();
    ui.animate();
  }
  if (button(ui, "invite.revoke", {row.x + half + space::k3, row.y, half, row.h}, ui.word(Word::revoke),
             Look::danger, {.icon = Icon::trash, .description = ui.word(Word::revoke_hint)})) {
    ui.intend(client::RevokeInvitation{i.id});
    shown_.reset();
    ui.animate();
  }
  column.gap(space::k2);
  column.y += said(ui, "invite.revoke.hint", column.x, column.y, column.w, ui.word(Word::revoke_hint),
                   type::kSmall, p.muted, Align::centre);
}

void NewContactSheet::open_link(Ui& ui, Column& column) {
  column.y += said(ui, "open_link.text", column.x, column.y, column.w, ui.word(Word::open_text),
                   type::kSecondary, ui.ink().muted);
  column.gap(space::k4);
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::open_field);
  options.icon = Icon::link;
  options.ground = ui.ink().background;
  const FieldEvents events = field(ui, "open_link.field", column.take(size::kField), link_, options);
  column.gap(space::k4);
  const bool go = button(ui, "open_link.go", column.take(size::kButton), ui.word(Word::open_link),
                         Look::primary, {.enabled = !link_.empty()});
  if ((go || events.submitted) && !link_.empty()) ui.intend(client::OpenInvitation{std::exchange(link_, {})});
}

void OpeningSheet::reset(Ui& ui) {
  if (sheet_.is_open()) {
    sheet_.reset(ui);
    message_.clear();
  }
}

void OpeningSheet::draw(Ui& ui, const client::OpeningView& o) {
  using State = client::OpeningView::State;
  const Palette& p = ui.ink();
  Column column = sheet_.begin(
      ui, "opening", ui.word(o.state == State::failed ? Word::opening_failed : Word::opening_title));
  if (o.state == State::failed) {
    problem_card(ui, "opening.problem", column, o.problem.value_or(client::Problem::link_malformed));
    column.gap(space::k5);
    if (button(ui, "opening.give_up", column.take(size::kButton), ui.word(Word::close), Look::secondary))
      ui.intend(client::CancelInvitation{});
  } else if (o.state == State::fetching) {
    const Rect place{column.x + column.w / 2 - 22, column.y + space::k2, 44, 44};
    turning(ui, column.x + column.w / 2, place.y + 22, 40, p.ember, p.line);
    const std::string words = ui.word(Word::opening_fetching, {o.relay});
    Node& node = ui.node(Role::progressbar, "opening.progress", words, place);
    node.progress = 1001;
    node.busy = true;
    column.gap(44 + space::k5);
    column.y += said(ui, "opening.fetching", column.x, column.y, column.w, words, type::kBody, p.muted,
                     Align::centre, Role::status);
    if (o.problem) {  // it is tried again all the same
      column.gap(space::k4);
      problem_card(ui, "opening.problem", column, *o.problem);
    }
  } else {
    avatar(ui, column.x + column.w / 2, column.y + 44, 88, o.fingerprint);
    column.gap(88 + space::k3);
    const std::string print = short_fingerprint(o.fingerprint, 6);
    text(ui, column.x + column.w / 2, column.y, print, type::kSecondaryStrong, p.ink, Align::centre);
    ui.node(Role::text, "opening.fingerprint", std::string(ui.word(Word::fingerprint)) + " " + print,
            {column.x, column.y, column.w, 20});
    column.gap(20 + space::k4);
    if (!o.label.empty()) {
      column.y += said(ui, "opening.label.title", column.x, column.y, column.w, ui.word(Word::opening_label),
                       type::kSecondary, p.muted);
      column.gap(space::k1);
      const float h = run_measure(ui, o.label, column.w - 2 * space::k4, run_style(type::kBody, p.ink, 4)).h;
      const Rect card = column.take(h + 2 * space::k3);
      fill(ui, card, p.dark ? p.background : p.side, radius::kButton);
      run(ui, card.x + space::k4, card.y + space::k3, card.w - 2 * space::k4, o.label,
          run_style(type::kBody, p.ink, 4));
      ui.node(Role::text, "opening.label", o.label, card);
      column.gap(space::k4);
    }
    if (o.problem) {
      problem_card(ui, "opening.problem", column, *o.problem);
      column.gap(space::k4);
    }
    column.y += said(ui, "opening.text", column.x, column.y, column.w, ui.word(Word::opening_text),
                     type::kSecondary, p.muted);
    column.gap(space::k3);
    FieldOptions options;
    options.label = options.placeholder = ui.word(Word::opening_field);
    options.ground = p.background;
    options.invalid = message_.size() > client::Messenger::kMaxIntroduction;
    if (options.invalid)
      options.description = words::explain_in_full(ui.language(), client::Problem::text_too_long);
    const float lines = area_height(ui, column.w - 2 * space::k4, message_, 3, 6);
    const FieldEvents events =
        area_field(ui, "opening.message", column.take(lines + 2 * space::k3), message_, options);
    if (message_.size() + 100 > client::Messenger::kMaxIntroduction) {
      const bool over = options.invalid;
      const auto left = static_cast<std::int64_t>(client::Messenger::kMaxIntroduction) -
                        static_cast<std::int64_t>(message_.size());
      column.gap(space::k1);
      text(ui, column.x + column.w, column.y, ui.word(Word::characters_left, {std::to_string(left)}),
           type::kSmall, over ? p.ember_text : p.muted, Align::right);
      column.gap(16);
    }
    column.gap(space::k4);
    const bool sending = o.state == State::sending;
    const bool sendable =
        !sending && !options.invalid && message_.find_first_not_of(" \n\t") != std::string::npos;
    const bool go = button(ui, "opening.send", column.take(size::kButton),
                           ui.word(sending ? Word::opening_sending : Word::opening_send), Look::primary,
                           {.enabled = sendable, .icon = Icon::send});
    if ((go || events.submitted) && sendable) ui.intend(client::Introduce{message_});
  }
  if (sheet_.end(ui, column)) ui.intend(client::CancelInvitation{});
}

}  // namespace tacet::ui
