#include "ui/screens/list.h"

#include "ui/avatar.h"
#include "ui/screens/conversation.h"
#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

namespace {

bool found(std::string_view name, std::string_view wanted) {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
  };
  return std::search(name.begin(), name.end(), wanted.begin(), wanted.end(), same) != name.end();
}

// What stands under the name: our words before, then what was written.
struct Preview {
  std::string_view ours;
  std::string_view written;
};

Preview preview_of(const Ui& ui, const client::ConversationView& c) {
  if (c.state == client::ContactState::request_received) return {ui.word(Word::preview_request), {}};
  if (c.state == client::ContactState::request_sent) return {ui.word(Word::preview_request_sent), {}};
  if (c.messages.empty()) return {ui.word(Word::preview_silence), {}};
  const client::MessageView& last = c.messages.back();
  if (last.kind == client::MessageKind::expired_unread) return {ui.word(Word::preview_expired), {}};
  return {last.mine ? ui.word(Word::preview_you) : std::string_view(), as_text(last.text)};
}

}  // namespace

void ListScreen::draw(Ui& ui, const client::View& view, Desk& desk, Rect area) {
  const Palette& p = ui.ink();
  fill(ui, {0, 0, right_of(area), ui.env().height}, p.side);
  const Group group(ui, Role::navigation, "list", std::string(ui.word(Word::conversations)), area);
  const Rect top{area.x, area.y, area.w, size::kBar};
  bar(ui, view, desk, top);
  hairline(ui, 0, bottom_of(top) - 1, right_of(area));

  float y = bottom_of(top);
  if (view.conversations.size() > 4 || !search_.empty()) {
    FieldOptions options;
    options.label = options.placeholder = ui.word(Word::search);
    options.icon = Icon::search;
    field(ui, "list.search", {area.x + space::k3, y + space::k3, area.w - 2 * space::k3, 46}, search_,
          options);
    y += 46 + space::k3;
  }
  const float foot = relay(ui, view, area);
  const Rect body{area.x, y, area.w, area.y + area.h - foot - y};
  if (view.conversations.empty()) {
    empty(ui, desk, body);
  } else {
    rows(ui, view, desk, body);
  }
}

void ListScreen::bar(Ui& ui, const client::View& view, Desk& desk, Rect rect) {
  const float middle = rect.y + rect.h / 2;
  ring(ui, rect.x + space::k5 + 8, middle, 0.75f, ui.ink().ember, ui.ink().strong_line, 17, 2.5f);
  text(ui, rect.x + space::k5 + 26, middle - type::kWordmark.line / 2 - 1, ui.word(Word::tacet),
       type::kWordmark, ui.ink().ink);
  ui.node(Role::heading, "list.title", std::string(ui.word(Word::tacet)),
          {rect.x + space::k5, middle - 13, 90, type::kWordmark.line})
      .level = 1;
  const float right = right_of(rect) - space::k3;
  if (view.ephemeral) {
    const std::string_view badge = ui.word(Word::session_badge);
    const float left = rect.x + 112, room = right - 2 * size::kTouch - left - space::k2;
    const float w = text_within(ui, left, middle - 8, room, badge, type::kSmall, ui.ink().muted);
    ui.node(Role::text, "list.session", std::string(badge), {left, middle - 8, w, 16});
  }
  if (icon_button(ui, "list.new", right - size::kTouch * 1.5f, middle, Icon::plus,
                  ui.word(Word::new_contact))) {
    desk.sheet = Open::new_contact;
  }
  if (icon_button(ui, "list.settings", right - size::kTouch * 0.5f, middle, Icon::sliders,
                  ui.word(Word::settings))) {
    desk.sheet = Open::settings;
  }
}

void ListScreen::rows(Ui& ui, const client::View& view, Desk& desk, Rect area) {
  scroll_.begin(ui, "list.rows", area);
  const float top = scroll_.top();
  Column column{area.x + space::k2, top + space::k3, area.w - 2 * space::k2};
  std::size_t drawn = 0;
  for (const bool requests : {true, false}) {
    bool first = true;
    for (const client::ConversationView& c : view.conversations) {
      if ((c.state == client::ContactState::request_received) != requests || !found(name_of(ui, c), search_))
        continue;
      if (requests && first) {
        const float x = column.x + space::k3;
        column.y += said(ui, "list.requests", x, column.y, column.w - space::k3, ui.word(Word::requests),
                         type::kLabel, ui.ink().ember_text, Align::left, Role::heading, 2);
        column.gap(space::k1);
      }
      if (first) {
        ui.open(Role::list, requests ? "list.requests.rows" : "list.conversations",
                std::string(ui.word(requests ? Word::requests : Word::conversations)),
                {column.x, column.y, column.w, size::kRow});
      }
      first = false;
      ++drawn;
      row(ui, c, desk, column.take(size::kRow));
      column.gap(2);
    }
    if (!first) ui.close();
    if (requests && !first) column.gap(space::k3);
  }
  if (drawn == 0) {
    column.gap(space::k5);
    column.y += said(ui, "list.nothing_found", column.x, column.y, column.w, ui.word(Word::nothing_found),
                     type::kSecondary, ui.ink().muted, Align::centre, Role::status);
  }
  scroll_.end(ui, column.y - top + space::k3);
  ui.wake_at(words::next_midnight(ui.now(), ui.env().utc_offset_minutes));
}

void ListScreen::row(Ui& ui, const client::ConversationView& c, Desk& desk, Rect rect) {
  const Palette& p = ui.ink();
  const std::string id = dom_id("conversation", c.contact.view());
  const bool current = desk.contact == c.contact && ui.wide();
  const Press press = ui.press(id, rect);
  if (press.clicked) desk.contact = c.contact;

  if (current) {
    if (!p.dark) shadow(ui, rect, radius::kRow, 5);
    fill(ui, rect, p.row, radius::kRow);
  } else {
    const float hover = ui.follow(id + ".hover", press.hovered || press.held ? 1.0f : 0.0f, motion::kQuick);
    if (hover > 0) fill(ui, rect, fade(p.hover, hover), radius::kRow);
  }
  if (press.focused) ui.focus_ring(inset(rect, 3), radius::kRow - 3);

  const float middle = rect.y + rect.h / 2;
  avatar(ui, rect.x + space::k3 + size::kAvatar / 2, middle, size::kAvatar, c.fingerprint);
  const float left = rect.x + space::k3 + size::kAvatar + space::k3, right = right_of(rect) - space::k3;
  const std::string when =
      words::moment(ui.language(), c.last_activity, ui.now(), ui.env().utc_offset_minutes);
  const float when_w = text_width(ui, when, type::kSmall);
  const bool unseen = c.unseen > 0;
  text(ui, right, rect.y + 15, when, type::kSmall, unseen ? p.ember_text : p.muted, Align::right);

  const std::string name = name_of(ui, c);
  float name_room = right - when_w - space::k2 - left;
  if (c.verified) name_room -= 20;
  const Run named = run(ui, left, rect.y + 13, name_room, name, run_style(type::kName, p.ink, 1));
  if (c.verified && !named.right_to_left) icon(ui, Icon::check, left + named.w + 12, rect.y + 24, p.good, 14);

  float badge = 0;
  if (unseen) {
    const std::string count = c.unseen > 99 ? "99+" : std::to_string(c.unseen);
    badge = std::max(text_width(ui, count, type::kLabel) + 14, 22.0f);
    const Rect pill{right - badge, rect.y + 36, badge, 20};
    fill(ui, pill, p.fill, 10);
    text(ui, pill.x + pill.w / 2, pill.y + 2, count, type::kLabel, p.on_fill, Align::centre);
    badge += space::k2;
  }
  const Preview preview = preview_of(ui, c);
  const float y = rect.y + 35, room = right - badge - left;
  float x = left;
  if (!preview.ours.empty()) {
    x += text_within(ui, left, y, room, preview.ours, type::kSecondary, p.muted);
  }
  if (!preview.written.empty() && left + room - x > 24) {
    run(ui, x, y, left + room - x, preview.written, run_style(type::kSecondary, p.muted, 1));
  }

  std::string said_name =
      name + ", " + std::string(preview.ours) + std::string(preview.written) + ", " + when;
  if (c.verified) said_name += ", " + std::string(ui.word(Word::verified));
  if (c.unseen == 1) said_name += ", " + std::string(ui.word(Word::unseen_one));
  if (c.unseen > 1) said_name += ", " + ui.word(Word::unseen_many, {std::to_string(c.unseen)});
  const Group item(ui, Role::listitem, id + ".item", {}, rect);
  ui.node(Role::button, id, std::move(said_name), rect).current = current;
}

void ListScreen::empty(Ui& ui, Desk& desk, Rect area) {
  scroll_.begin(ui, "list.empty", area);
  const float top = scroll_.top();
  Column column{area.x + space::k6, top + space::k5, area.w - 2 * space::k6};
  if (ui.wide()) {  // the other pane says what to do
    column.y += said(ui, "list.empty.title", column.x, column.y, column.w, ui.word(Word::list_empty_title),
                     type::kSecondary, ui.ink().muted, Align::centre);
  } else {
    column.gap(std::max(area.h * 0.42f - 170, 0.0f));
    ring(ui, column.x + column.w / 2, column.y + 36, 0.72f, ui.ink().ember, ui.ink().strong_line, 72, 5.5f);
    column.gap(72 + space::k6);
    column.y += said(ui, "list.empty.title", column.x, column.y, column.w, ui.word(Word::list_empty_title),
                     type::kHeading, ui.ink().ink, Align::centre, Role::heading, 2);
    column.gap(space::k1);
    column.y += said(ui, "list.empty.text", column.x, column.y, column.w, ui.word(Word::list_empty_text),
                     type::kSecondary, ui.ink().muted, Align::centre);
    column.gap(space::k6);
    draw_first_steps(ui, "list.empty", desk, column);
  }
  scroll_.end(ui, column.y - top + space::k4);
}

float ListScreen::relay(Ui& ui, const client::View& view, Rect area) {
  const Palette& p = ui.ink();
  const RelayLine line = relay_line(ui, view);
  const float left = area.x + space::k5 + 18, room = area.w - 2 * space::k5 - 18;
  const float h = std::max(paragraph_height(ui, room, line.words, type::kSecondary), 20.0f);
  const float press = line.waiting && ui.env().online ? size::kTouch : 0;
  const float foot = h + 2 * space::k4 + press;
  const float y = bottom_of(area) - foot;
  hairline(ui, 0, y, right_of(area));
  dot(ui, area.x + space::k5 + 4, y + space::k4 + 10, 4,
      line.good      ? p.good
      : line.waiting ? p.ember
                     : p.muted);
  said(ui, "relay.status", left, y + space::k4, room, line.words, type::kSecondary, p.muted, Align::left,
       Role::status);
  if (press > 0) {
    const Rect place{area.x + space::k3, y + space::k4 + h + space::k1, area.w - 2 * space::k3, size::kTouch};
    if (button(ui, "relay.retry", place, ui.word(Word::try_now), Look::quiet)) ui.intend(client::RetryNow{});
  }
  return foot;
}

}  // namespace tacet::ui
