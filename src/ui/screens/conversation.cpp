#include "ui/screens/conversation.h"

#include <utility>

#include "client/messenger.h"
#include "ui/avatar.h"
#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

namespace {

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool waits_for_relay(const client::View& view, const client::ConversationView& c) {
  const bool online = std::any_of(view.relays.begin(), view.relays.end(),
                                  [](const auto& r) { return r.state == client::RelayView::State::online; });
  return !online && std::any_of(c.messages.begin(), c.messages.end(), [](const auto& m) {
    return m.mine && m.delivery == client::Delivery::waiting;
  });
}

client::Clocks clocks_of(const client::ConversationView& c, const Desk& desk) {
  const auto once = desk.once.find(c.contact);
  return once == desk.once.end() ? c.clocks : once->second;
}

}  // namespace

void ConversationScreen::draw(Ui& ui, const client::View& view, const client::ConversationView& c, Desk& desk,
                              Rect area) {
  const std::string name = name_of(ui, c);
  fill(ui, {area.x, 0, ui.env().width - area.x, ui.env().height}, ui.ink().background);
  const Group main(ui, Role::main, "conversation", ui.word(Word::conversation_with, {name}), area);
  const Rect top{area.x, area.y, area.w, size::kBar};
  bar(ui, c, desk, top);

  Rect rest{area.x, bottom_of(top), area.w, area.h - top.h};
  if (c.problem) {
    Column column{rest.x + space::k4, rest.y + space::k3, rest.w - 2 * space::k4};
    problem_card(ui, "conversation.problem", column, *c.problem);
    const float used = column.y + space::k1 - rest.y;
    rest = {rest.x, rest.y + used, rest.w, rest.h - used};
  }
  // The foot says how high it is before the messages are laid out above it; in the mirror it comes after
  // them.
  const bool fresh = before_ != c.contact;
  before_ = c.contact;
  if (fresh && c.state == client::ContactState::accepted && !ui.env().coarse_pointer && ui.reachable()) {
    ui.want_focus("composer");
  }
  const float foot = foot_height(ui, view, c, desk, rest.w);
  const Rect log{rest.x, rest.y, rest.w, rest.h - foot};
  if (c.messages.empty()) {
    silence(ui, c, log);
  }
  messages_.draw(ui, c, log,
                 ui.env().has_focus && ui.reachable() && c.state == client::ContactState::accepted);
  draw_foot(ui, view, c, desk, {rest.x, bottom_of(log), rest.w, foot});
}

void ConversationScreen::bar(Ui& ui, const client::ConversationView& c, Desk& desk, Rect rect) {
  const Palette& p = ui.ink();
  fill(ui, {rect.x, 0, ui.env().width - rect.x, bottom_of(rect)}, p.panel);
  hairline(ui, rect.x, bottom_of(rect) - 1, ui.env().width - rect.x);
  const Group group(ui, Role::banner, "conversation.bar", {}, rect);
  const float middle = rect.y + rect.h / 2;
  float x = rect.x + (ui.wide() ? space::k4 : space::k1);
  if (!ui.wide()) {
    if (icon_button(ui, "conversation.back", x + size::kTouch / 2, middle, Icon::back, ui.word(Word::back)))
      desk.contact.reset();
    x += size::kTouch;
  }
  avatar(ui, x + 21, middle, 42, c.fingerprint);
  x += 42 + space::k3;
  const float right = right_of(rect) - space::k2 - size::kTouch;
  const float room = right - space::k2 - x;
  const std::string name = name_of(ui, c);
  run(ui, x, middle - 22, room, name, run_style({16, 23, true}, p.ink, 1));
  ui.node(Role::heading, "conversation.name", name, {x, middle - 22, room, 23}).level = 1;

  float sub = x;
  const float y = middle + 1;
  if (c.verified) {
    icon(ui, Icon::check, sub + 7, y + 10, p.good, 15);
    sub += 18;
    const std::string_view verified = ui.word(Word::verified);
    text(ui, sub, y, verified, type::kSecondary, p.good);
    sub += text_width(ui, verified, type::kSecondary);
    text(ui, sub, y, " · ", type::kSecondary, p.muted);
    sub += text_width(ui, " · ", type::kSecondary);
  }
  const client::Clocks& clocks = c.clocks;
  const std::string expiry = words::short_duration(ui.language(), clocks.expires_after);
  std::string line = ui.word(Word::subtitle_expires, {words::duration(ui.language(), clocks.expires_after)});
  if (sub + text_width(ui, line, type::kSecondary) > right) {
    line = clocks.burn_after.count() == 0
               ? expiry
               : ui.word(Word::subtitle_brief_burns,
                         {expiry, words::short_duration(ui.language(), clocks.burn_after)});
  }
  text_within(ui, sub, y, right - sub, line, type::kSecondary, p.muted);
  std::string said_line = c.verified ? std::string(ui.word(Word::verified)) + ", " : std::string();
  ui.node(Role::text, "conversation.clocks", said_line + line, {x, y, room, 20});

  const bool beside = desk.details_beside && ui.env().width >= size::kThreePanes;
  const bool pressed =
      icon_button(ui, "conversation.details", right + size::kTouch / 2, middle, Icon::more,
                  ui.word(Word::details), {.expanded = beside || desk.sheet == Open::details});
  if (pressed || ui.press("conversation.face",
                          {rect.x + (ui.wide() ? 0.0f : 48.0f), rect.y, right - rect.x - 52, rect.h})
                     .clicked) {
    if (ui.env().width >= size::kThreePanes) {
      desk.details_beside = !desk.details_beside;
    } else {
      desk.sheet = Open::details;
    }
  }
}

void ConversationScreen::silence(Ui& ui, const client::ConversationView& c, Rect area) {
  if (c.state != client::ContactState::accepted || area.h < 180) return;
  const float x = area.x + space::k6, w = area.w - 2 * space::k6;
  float y = area.y + area.h / 2 - 80;
  ring(ui, area.x + area.w / 2, y + 26, 1, ui.ink().ember, ui.ink().line, 52, 4);
  y += 52 + space::k4;
  y += said(ui, "silence.title", x, y, w, ui.word(Word::conversation_empty_title), type::kHeading,
            ui.ink().ink, Align::centre, Role::heading, 2);
  const std::string text =
      ui.word(Word::conversation_empty_text, {words::duration(ui.language(), c.clocks.expires_after)});
  said(ui, "silence.text", x, y + space::k1, w, text, type::kSecondary, ui.ink().muted, Align::centre);
}

namespace {

constexpr float kChipRow = 44, kChip = 34, kSend = 40, kPad = 12;

float text_room(const Ui& ui, float width) {
  const float side = ui.wide() ? space::k6 : space::k3;
  return width - 2 * side - space::k5 - kSend - 2 * space::k2;
}

struct Banner {
  std::string_view title, text;
  bool buttons;
};

std::optional<Banner> banner_of(const Ui& ui, const client::ConversationView& c) {
  if (c.state == client::ContactState::request_received) {
    return Banner{ui.word(Word::request_title), ui.word(Word::request_text), true};
  }
  if (c.state == client::ContactState::request_sent) {
    return Banner{ui.word(Word::request_sent_title), ui.word(Word::request_sent_text), false};
  }
  return std::nullopt;
}

float banner_height(const Ui& ui, const Banner& banner, float width) {
  const float inner = std::min(width, 640.0f) - 2 * space::k5;
  return space::k4 + paragraph_height(ui, inner, banner.title, type::kStrong) + 2 +
         paragraph_height(ui, inner, banner.text, type::kSecondary) +
         (banner.buttons ? space::k4 + size::kButton : 0) + space::k4;
}

}  // namespace

float ConversationScreen::foot_height(Ui& ui, const client::View& view, const client::ConversationView& c,
                                      Desk& desk, float width) const {
  if (const auto banner = banner_of(ui, c)) return banner_height(ui, *banner, width);
  const std::string& draft = desk.drafts[c.contact];
  const float lines = area_height(ui, text_room(ui, width), draft, 1, 6);
  const float box_h = lines + 2 * kPad + 4;
  const float notice =
      waits_for_relay(view, c)
          ? paragraph_height(ui, width - 2 * space::k6 - 24, ui.word(Word::waiting_for_relay), type::kSmall) +
                space::k2
          : 0;
  return notice + kChipRow + box_h + (ui.wide() ? space::k5 : space::k3);
}

void ConversationScreen::draw_foot(Ui& ui, const client::View& view, const client::ConversationView& c,
                                   Desk& desk, Rect area) {
  if (const auto banner = banner_of(ui, c)) {
    draw_banner(ui, c, area);
    return;
  }
  const float side = ui.wide() ? space::k6 : space::k3;
  const Group form(ui, Role::form, "composer.form", ui.word(Word::message_to, {name_of(ui, c)}), area);
  float y = area.y;
  if (waits_for_relay(view, c)) {
    const float w = area.w - 2 * space::k6 - 24;
    icon(ui, Icon::clock, area.x + side + 8, y + 8, ui.ink().muted, 16);
    y += said(ui, "composer.waiting", area.x + side + 24, y, w, ui.word(Word::waiting_for_relay),
              type::kSmall, ui.ink().muted, Align::left, Role::status);
    y += space::k2;
  }
  chips(ui, c, desk, {area.x + side, y, area.w - 2 * side, kChipRow});
  y += kChipRow;
  const float bottom = bottom_of(area) - (ui.wide() ? space::k5 : space::k3);
  composer(ui, c, desk, {area.x + side, y, area.w - 2 * side, bottom - y});
}

void ConversationScreen::draw_banner(Ui& ui, const client::ConversationView& c, Rect area) {
  const Palette& p = ui.ink();
  const Banner banner = *banner_of(ui, c);
  fill(ui, {area.x, area.y, area.w, ui.env().height - area.y}, p.panel);
  hairline(ui, area.x, area.y, area.w);
  const Group region(ui, Role::region, "request", std::string(banner.title), area);
  const float w = std::min(area.w, 640.0f) - 2 * space::k5;
  Column column{area.x + (area.w - w) / 2, area.y + space::k4, w};
  column.y += said(ui, "request.title", column.x, column.y, w, banner.title, type::kStrong, p.ink,
                   Align::left, Role::heading, 2);
  column.gap(2);
  column.y += said(ui, "request.text", column.x, column.y, w, banner.text, type::kSecondary, p.muted);
  if (!banner.buttons) return;
  column.gap(space::k4);
  const Rect row = column.take(size::kButton);
  const float half = (row.w - space::k3) / 2;
  if (button(ui, "request.decline", {row.x, row.y, half, row.h}, ui.word(Word::decline), Look::danger)) {
    ui.intend(client::DeclineRequest{c.contact});
  }
  if (button(ui, "request.accept", {row.x + half + space::k3, row.y, half, row.h}, ui.word(Word::accept),
             Look::primary)) {
    ui.intend(client::AcceptRequest{c.contact});
  }
}

namespace {

struct ChipPart {
  std::string words;
  bool strong;
};

// One chip at x; returns its width, 0 when it was not drawn.
float chip(Ui& ui, std::string id, float x, Rect row, std::optional<Icon> which,
           const std::vector<ChipPart>& parts, bool lit, bool& pressed) {
  const Palette& p = ui.ink();
  float w = space::k3 + (which ? 16 + 7.0f : 0);
  std::string name;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Type& type = parts[i].strong ? type::kSecondaryStrong : type::kSecondary;
    w += text_width(ui, parts[i].words, type) + (i > 0 ? 5 : 0);
    name += (i > 0 ? " " : "") + parts[i].words;
  }
  w += space::k3;
  std::size_t drawn = parts.size();
  if (x + w > right_of(row) + 1 && drawn > 2) {  // the tail is the first to go
    w -= text_width(ui, parts.back().words, type::kSecondary) + 5;
    --drawn;
  }
  if (x + w > right_of(row) + 1) w = right_of(row) - x;
  if (w < 60) return 0;
  const Rect hit{x, row.y, w, row.h};
  const Rect shape{x, row.y + (row.h - kChip) / 2 - 1, w, kChip};
  const Press press = ui.press(id, hit);
  const float hover = ui.follow(id + ".hover", press.hovered || press.held ? 1.0f : 0.0f, motion::kQuick);
  box(ui, shape, blend(p.panel, p.hover, hover), lit ? p.ember : p.line, kChip / 2);
  if (press.focused) ui.focus_ring(shape, kChip / 2);
  float at = x + space::k3;
  const float middle = shape.y + kChip / 2;
  if (which) {
    if (*which == Icon::ring) {
      ring(ui, at + 7, middle, 0.75f, p.muted, p.line);
    } else {
      icon(ui, *which, at + 8, middle, which == Icon::flame ? p.ember : p.muted, 17);
    }
    at += 16 + 7;
  }
  for (std::size_t i = 0; i < drawn; ++i) {
    const ChipPart& part = parts[i];
    const Type& type = part.strong ? type::kSecondaryStrong : type::kSecondary;
    const float room = x + w - space::k3 - at;
    if (room < 12) break;
    at += text_within(ui, at, middle - 10, room, part.words, type, part.strong ? p.ink : p.muted) + 5;
  }
  pressed = press.clicked;
  ui.node(Role::button, std::move(id), std::move(name), hit).expands = true;
  return w;
}

}  // namespace

void ConversationScreen::chips(Ui& ui, const client::ConversationView& c, Desk& desk, Rect row) {
  const bool once = desk.once.count(c.contact) > 0;
  const client::Clocks clocks = clocks_of(c, desk);
  const auto brief = [&](Seconds s) { return words::short_duration(ui.language(), s); };
  bool pressed = false;
  const Group group(ui, Role::group, "clocks", std::string(ui.word(Word::clocks)), row);
  float x = row.x;
  x += chip(ui, "clocks.expiry", x, row, Icon::ring,
            {{std::string(ui.word(Word::chip_expires)), false}, {brief(clocks.expires_after), true}}, once,
            pressed) +
       space::k2;
  bool open = pressed;
  std::vector<ChipPart> burn;
  if (clocks.burn_after.count() == 0) {
    burn = {{std::string(ui.word(Word::chip_never_burns)), false}};
  } else {
    burn = {{std::string(ui.word(Word::chip_burns)), false},
            {brief(clocks.burn_after), true},
            {std::string(ui.word(Word::chip_after_reading)), false}};
  }
  pressed = false;
  x += chip(ui, "clocks.burn", x, row, Icon::flame, burn, once, pressed) + space::k2;
  open |= pressed;
  if (once) {
    pressed = false;
    chip(ui, "clocks.reset", x, row, Icon::close, {{std::string(ui.word(Word::chip_next_only)), false}},
         false, pressed);
    if (pressed) desk.once.erase(c.contact);
  }
  if (open) desk.sheet = Open::clocks;
}

void ConversationScreen::composer(Ui& ui, const client::ConversationView& c, Desk& desk, Rect rect) {
  const Palette& p = ui.ink();
  std::string& draft = desk.drafts[c.contact];
  if (const std::string* typed = ui.typed("composer")) draft = *typed;
  const bool submitted = ui.submitted("composer");
  const std::string placeholder =
      c.name.empty() ? std::string(ui.word(Word::message_field)) : ui.word(Word::message_to, {c.name});

  const float lit = ui.follow("composer.lit", ui.focused("composer") ? 1.0f : 0.0f, motion::kQuick);
  box(ui, rect, p.panel, blend(p.strong_line, p.ember, lit * 0.55f),
      std::min(radius::kComposer + 4, rect.h / 2));
  if (ui.press("composer.box", rect).clicked) ui.want_focus("composer");
  const Rect inner{rect.x + space::k5, rect.y + kPad + 2, rect.w - space::k5 - kSend - 2 * space::k2,
                   rect.h - 2 * kPad - 4};
  if (!ui.reachable()) {
    if (draft.empty()) {
      run(ui, inner.x, inner.y, inner.w, placeholder, run_style(type::kBody, p.muted, 1));
    } else {
      ui.push_clip(inner, false);
      run(ui, inner.x, inner.y, inner.w, draft, run_style(type::kBody, p.ink));
      ui.pop_clip();
    }
  }
  const bool too_long = draft.size() > client::Messenger::kMaxText;
  Node& node = ui.node(Role::composer, "composer", placeholder, inner);
  node.value = draft;
  node.placeholder = placeholder;
  node.ink = ui.veiled() ? 0 : p.ink;
  node.placeholder_ink = ui.veiled() ? 0 : p.muted;
  node.invalid = too_long;
  if (too_long) node.description = words::explain_in_full(ui.language(), client::Problem::text_too_long);

  const std::size_t room = client::Messenger::kMaxText - std::min(draft.size(), client::Messenger::kMaxText);
  const float x = right_of(rect) - space::k2 - kSend / 2, y = bottom_of(rect) - rect.h / 2;
  const float by = rect.h > 60 ? bottom_of(rect) - space::k1 - 2 - kSend / 2 : y;
  if (room < 500) {
    const std::string left =
        too_long ? "-" + std::to_string(draft.size() - client::Messenger::kMaxText) : std::to_string(room);
    text(ui, right_of(rect) - space::k2, by - kSend / 2 - 18, left, type::kSmall,
         too_long ? p.ember_text : p.muted, Align::right);
  }
  const bool sendable = !blank(draft) && !too_long;
  const Rect hit{x - size::kTouch / 2, by - size::kTouch / 2, size::kTouch, size::kTouch};
  const Press press = ui.press("composer.send", hit, sendable);
  const float on = ui.follow("composer.send.on", sendable ? 1.0f : 0.0f, motion::kQuick);
  const Ink ground = blend(p.dark ? p.hover : p.side,
                           press.hovered || press.held ? blend(p.ember, p.ink, 0.12f) : p.ember, on);
  dot(ui, x, by, kSend / 2 - (press.held ? 1.0f : 0.0f), ground);
  if (press.focused) ui.focus_ring(inset(hit, 4), kSend / 2);
  icon(ui, Icon::send, x, by, blend(p.muted, p.dark ? p.on_fill : ink_of(0xFFFFFF), on));
  ui.node(Role::button, "composer.send", std::string(ui.word(Word::send)), hit).disabled = !sendable;

  if ((submitted || press.clicked) && sendable) {
    client::SendText send{c.contact, std::exchange(draft, {}), std::nullopt};
    if (const auto once = desk.once.find(c.contact); once != desk.once.end()) {
      send.clocks = once->second;
      desk.once.erase(once);
    }
    ui.intend(std::move(send));
    messages_.to_bottom();
    ui.want_focus("composer");
  }
}

void draw_nothing_open(Ui& ui, const client::View& view, Desk& desk, Rect area) {
  const Palette& p = ui.ink();
  fill(ui, {area.x, 0, ui.env().width - area.x, ui.env().height}, p.background);
  const Group main(ui, Role::main, "nothing_open", std::string(ui.word(Word::tacet)), area);
  const bool anybody = !view.conversations.empty();
  const float w = std::min(area.w - 2 * space::k6, 340.0f);
  Column column{area.x + (area.w - w) / 2, area.y + std::max(area.h / 2 - 150, space::k4), w};
  ring(ui, column.x + w / 2, column.y + 40, 0.72f, p.ember, p.line, 80, 6);
  column.gap(80 + space::k6);
  column.y += said(ui, "nothing_open.title", column.x, column.y, w,
                   ui.word(anybody ? Word::nothing_open_title : Word::list_empty_title), type::kHeading,
                   p.ink, Align::centre, Role::heading, 2);
  column.gap(space::k1);
  column.y += said(ui, "nothing_open.text", column.x, column.y, w,
                   ui.word(anybody ? Word::nothing_open_text : Word::list_empty_text), type::kSecondary,
                   p.muted, Align::centre);
  column.gap(space::k6);
  if (!anybody) draw_first_steps(ui, "nothing_open", desk, column);
}

void draw_first_steps(Ui& ui, const std::string& id, Desk& desk, Column& column) {
  const bool invite =
      button(ui, id + ".invite", column.take(size::kButton), ui.word(Word::make_invitation), Look::primary);
  column.gap(space::k2);
  const bool link =
      button(ui, id + ".link", column.take(size::kButton), ui.word(Word::have_link), Look::secondary);
  if (!invite && !link) return;
  desk.sheet = Open::new_contact;
  desk.has_link = link;
}

}  // namespace tacet::ui
