#include "ui/screens/messages.h"

#include <algorithm>
#include <cmath>

#include "ui/burn.h"
#include "ui/controls.h"
#include "ui/screens/desk.h"
#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

namespace {

constexpr float kPadX = 16, kPadTop = 10, kPadBottom = 9, kFoot = 18, kGapFoot = 2;
constexpr float kDay = 52, kExpired = 40, kSettle = 18;
constexpr float kRead = 22;  // CSS pixels of a bubble in sight that count as seen
constexpr int kAround = 12;  // messages beside those in sight that the mirror holds too
constexpr std::string_view kEarlier = "messages.earlier";
constexpr Minutes kTogether{5};  // messages of one side within this stand close together

bool is_text(const client::MessageView& m) {
  return m.kind == client::MessageKind::text;
}

// When the part of its life began that the ring shows.
Time life_begins(const client::MessageView& m) {
  if (m.burns_at && *m.burns_at < m.expires_at) return *m.burns_at - m.burn_after;
  return m.sent_at;
}

// The ring moves in steps of about one device pixel; asks for a frame at the next step.
float ring_left(Ui& ui, const client::MessageView& m) {
  const Millis life = m.ends_at() - life_begins(m), left = m.ends_at() - ui.now();
  if (life <= Millis(0) || left <= Millis(0)) return 0;
  const double steps = std::max(24.0, std::round(3.1416 * 12 * static_cast<double>(ui.env().pixel_ratio)));
  const double part = std::min(static_cast<double>(left.count()) / static_cast<double>(life.count()), 1.0);
  const double at = std::ceil(part * steps);
  const auto next = Millis(static_cast<std::int64_t>(static_cast<double>(life.count()) * (at - 1) / steps));
  const Time change = m.ends_at() - next;
  if (static_cast<double>(life.count()) / steps < 50) {
    ui.animate();
  } else if (change > ui.now()) {
    ui.wake_at(change);
  }
  return static_cast<float>(at / steps);
}

Word delivery_word(client::Delivery delivery) {
  switch (delivery) {
    case client::Delivery::saving:
      return Word::delivery_saving;
    case client::Delivery::waiting:
      return Word::delivery_waiting;
    case client::Delivery::sent:
      return Word::delivery_sent;
    case client::Delivery::delivered:
      return Word::delivery_delivered;
    case client::Delivery::read:
      return Word::delivery_read;
    case client::Delivery::failed:
      return Word::delivery_failed;
  }
  return Word::delivery_saving;
}

void delivery_icon(Ui& ui, client::Delivery delivery, float x, float y) {
  const Palette& p = ui.ink();
  switch (delivery) {
    case client::Delivery::saving:
      return icon(ui, Icon::clock, x, y, blend(p.muted, p.mine, 0.5f), 14);
    case client::Delivery::waiting:
      return icon(ui, Icon::clock, x, y, p.muted, 14);
    case client::Delivery::sent:
      return icon(ui, Icon::check, x, y, p.muted, 15);
    case client::Delivery::delivered:
      return icon(ui, Icon::double_check, x, y, p.muted, 16);
    case client::Delivery::read:
      return icon(ui, Icon::double_check, x, y, p.good, 16);
    case client::Delivery::failed:
      return icon(ui, Icon::alert, x, y, p.ember_text, 15);
  }
}

}  // namespace

void Messages::start(const client::ConversationView& conversation, float width) {
  if (!started_ || conversation.contact != contact_) {
    started_ = true;
    contact_ = conversation.contact;
    measured_.clear();
    in_sight_.clear();
    order_.clear();
    ghosts_.clear();
    reported_.clear();
    newest_.reset();
    glide_.jump(0);
  }
  if (width != widest_) measured_.clear();
  widest_ = width;
}

// Messages that were in sight and are no more, because their time was over, burn.
void Messages::bury(Ui& ui, const client::ConversationView& conversation) {
  const auto there = [&](const client::MessageId& id, client::MessageKind kind) {
    return std::any_of(conversation.messages.begin(), conversation.messages.end(),
                       [&](const auto& m) { return m.id == id && m.kind == kind; });
  };
  for (client::MessageView& old : in_sight_) {
    if (!is_text(old) || there(old.id, old.kind)) continue;
    Ghost ghost{std::move(old), ui.now(), std::nullopt};
    for (const client::MessageId& id : order_) {
      if (id == ghost.message.id) break;
      if (std::any_of(conversation.messages.begin(), conversation.messages.end(),
                      [&](const auto& m) { return m.id == id; })) {
        ghost.after = id;
      }
    }
    ghosts_.push_back(std::move(ghost));
  }
  order_.clear();
  for (const client::MessageView& m : conversation.messages) order_.push_back(m.id);
  in_sight_.clear();
  const Millis length = ui.env().reduced_motion ? motion::kBurnReduced : motion::kBurn;
  ghosts_.erase(std::remove_if(ghosts_.begin(), ghosts_.end(),
                               [&](const Ghost& g) { return ui.now() - g.since >= length; }),
                ghosts_.end());
  if (!ghosts_.empty()) ui.animate();
}

std::vector<Messages::Item> Messages::items(const Ui& ui,
                                            const client::ConversationView& conversation) const {
  std::vector<Item> out;
  out.reserve(conversation.messages.size() + ghosts_.size());
  for (const client::MessageView& m : conversation.messages) out.push_back({&m});
  for (const Ghost& ghost : ghosts_) {
    auto place = std::find_if(out.begin(), out.end(),
                              [&](const Item& item) { return ghost.after == item.message->id; });
    place = place == out.end() ? out.begin() : place + 1;
    out.insert(place, Item{&ghost.message, &ghost});
  }
  const int offset = ui.env().utc_offset_minutes;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const client::MessageView& m = *out[i].message;
    out[i].opens_day = i == 0 || !words::same_day(out[i - 1].message->received_at, m.received_at, offset);
    if (i == 0 || out[i].opens_day) continue;
    const client::MessageView& above = *out[i - 1].message;
    const bool together =
        above.mine == m.mine && is_text(above) && is_text(m) && m.received_at - above.received_at < kTogether;
    out[i].joins_above = out[i - 1].joins_below = together;
  }
  return out;
}

const Messages::Measured& Messages::measure(Ui& ui, const client::MessageView& m) {
  const auto it = measured_.find(m.id);
  if (it != measured_.end()) return it->second;
  const Run size =
      run_measure(ui, as_text(m.text), widest_ - 2 * kPadX, run_style(type::kBody, ui.ink().ink));
  return measured_[m.id] = {size.w, std::max(size.h, type::kBody.line), size.right_to_left};
}

float Messages::height(Ui& ui, const Item& item) {
  const client::MessageView& m = *item.message;
  float h = item.opens_day ? kDay : item.joins_above ? space::k1 : space::k3;
  float own = kExpired;
  if (is_text(m)) {
    own = measure(ui, m).text_h + kPadTop + kPadBottom + kFoot + kGapFoot;
    if (m.problem) {
      own += paragraph_height(ui, widest_, words::explain(ui.language(), *m.problem).happened, type::kSmall) +
             space::k1;
    }
  }
  h += own;
  if (item.ghost != nullptr) {  // the gap closes in the last third
    const Millis length = ui.env().reduced_motion ? motion::kBurnReduced : motion::kBurn;
    const float t =
        static_cast<float>((ui.now() - item.ghost->since).count()) / static_cast<float>(length.count());
    const float closing = std::clamp((t - 0.66f) / 0.34f, 0.0f, 1.0f);
    h *= 1 - closing * closing * (3 - 2 * closing);
  }
  return h;
}

Rect Messages::bubble_of(Ui& ui, const Item& item, float y) {
  const client::MessageView& m = *item.message;
  const Measured& text = measure(ui, m);
  const float foot = size::kRing + 6 + text_width(ui, "00:00", type::kSmall) + (m.mine ? 22.0f : 0.0f);
  const float w = std::ceil(std::max(text.text_w, foot)) + 2 * kPadX;
  const float x = m.mine ? right_of(area_) - w : area_.x;
  return {ui.snap(x), ui.snap(y), w, text.text_h + kPadTop + kPadBottom + kFoot + kGapFoot};
}

void Messages::draw_bubble(Ui& ui, const Item& item, Rect b) {
  const Palette& p = ui.ink();
  const client::MessageView& m = *item.message;
  // The corners between messages that belong together are less round, on the side they come from.
  const auto corner = [&](bool joined) { return joined ? radius::kSmall : radius::kBubble; };
  const float above = corner(item.joins_above), below = corner(item.joins_below);
  const auto path = [&](Rect r, float less) {
    const float tl = std::max((m.mine ? radius::kBubble : above) - less, 1.0f);
    const float tr = std::max((m.mine ? above : radius::kBubble) - less, 1.0f);
    const float br = std::max((m.mine ? below : radius::kBubble) - less, 1.0f);
    const float bl = std::max((m.mine ? radius::kBubble : below) - less, 1.0f);
    ImDrawList& draw = ui.draw();
    draw.PathArcToFast({r.x + tl, r.y + tl}, tl, 6, 9);
    draw.PathArcToFast({right_of(r) - tr, r.y + tr}, tr, 9, 12);
    draw.PathArcToFast({right_of(r) - br, bottom_of(r) - br}, br, 0, 3);
    draw.PathArcToFast({r.x + bl, bottom_of(r) - bl}, bl, 3, 6);
  };
  const Ink ground = m.mine ? p.mine : p.theirs;
  path(b, 0);
  ui.draw().PathFillConvex(m.mine ? ground : p.line);
  if (!m.mine) {
    path(inset(b, 1), 1);
    ui.draw().PathFillConvex(ground);
  }
  const Measured& text_size = measure(ui, m);
  run(ui, b.x + kPadX, b.y + kPadTop, std::max(b.w - 2 * kPadX, text_size.text_w), as_text(m.text),
      run_style(type::kBody, p.ink));

  const float middle = bottom_of(b) - kPadBottom - kFoot / 2 + 1;
  float right = right_of(b) - kPadX;
  if (m.mine) {
    delivery_icon(ui, m.delivery, right - 7, middle);
    right -= 22;
  }
  const std::string time = words::clock_time(m.sent_at, ui.env().utc_offset_minutes);
  text(ui, right, middle - 8, time, type::kSmall, p.muted, Align::right);
  right -= text_width(ui, time, type::kSmall) + 6 + size::kRing / 2;
  ring(ui, right, middle, item.ghost != nullptr ? 0 : ring_left(ui, m), p.ember,
       blend(ground, p.muted, 0.25f));

  if (item.ghost == nullptr) return;
  const Millis length = ui.env().reduced_motion ? motion::kBurnReduced : motion::kBurn;
  const float t = std::clamp(
      static_cast<float>((ui.now() - item.ghost->since).count()) / static_cast<float>(length.count()), 0.0f,
      1.0f);
  if (ui.env().reduced_motion) {
    fill(ui, inset(b, -1), fade(p.background, t));
  } else {
    const float burnt = std::min(t / 0.72f, 1.0f);
    draw_burn(ui, b, right, middle, 1 - (1 - burnt) * (1 - burnt),
              m.id.raw[0] | (static_cast<std::uint32_t>(m.id.raw[1]) << 8));
    ui.burning({b, right, middle, burnt});
  }
}

void Messages::draw_expired(Ui& ui, const Item&, float y) {
  const Palette& p = ui.ink();
  const std::string_view words = ui.word(Word::expired_unread);
  const float w = std::min(std::ceil(text_width(ui, words, type::kSecondary)) + 24 + 2 * kPadX, area_.w);
  const Rect pill{ui.snap(area_.x + (area_.w - w) / 2), ui.snap(y), w, kExpired};
  dashed(ui, pill, blend(p.line, p.muted, 0.45f), radius::kRow);
  ring(ui, pill.x + kPadX + 7, pill.y + pill.h / 2, 0, p.muted, blend(p.background, p.muted, 0.35f));
  text_within(ui, pill.x + kPadX + 22, pill.y + (pill.h - 20) / 2, w - 2 * kPadX - 22, words,
              type::kSecondary, p.muted);
}

std::string Messages::spoken(Ui& ui, const client::ConversationView& conversation,
                             const client::MessageView& m) {
  std::string out = m.mine ? std::string(ui.word(Word::you)) : name_of(ui, conversation);
  out += ", " + words::clock_time(m.sent_at, ui.env().utc_offset_minutes) + ", ";
  if (!is_text(m)) return out + std::string(ui.word(Word::expired_unread));
  out += as_text(m.text);
  const bool burns = m.burns_at && *m.burns_at < m.expires_at;
  const std::string left = words::time_left(ui.language(), m.ends_at() - ui.now());
  out += ", " + ui.word(burns ? Word::burns_in : Word::expires_in, {left});
  if (m.mine) out += ", " + std::string(ui.word(delivery_word(m.delivery)));
  if (m.problem) out += ". " + words::explain_in_full(ui.language(), *m.problem);
  return out;
}

void Messages::say_item(Ui& ui, const client::ConversationView& conversation, const Item& item, Rect rect) {
  if (item.ghost != nullptr) return;
  ui.node(Role::listitem, dom_id("message", item.message->id.view()), spoken(ui, conversation, *item.message),
          rect);
}

void Messages::draw_item(Ui& ui, const client::ConversationView& conversation, const Item& item, float y) {
  const client::MessageView& m = *item.message;
  if (item.opens_day) {
    const std::string day = words::day(ui.language(), m.received_at, ui.now(), ui.env().utc_offset_minutes);
    text(ui, area_.x + area_.w / 2, y + (kDay - 16) / 2 + 2, day, type::kSmall, ui.ink().muted,
         Align::centre);
  }
  y += item.opens_day ? kDay : item.joins_above ? space::k1 : space::k3;
  if (!is_text(m)) {
    draw_expired(ui, item, y);
    say_item(ui, conversation, item, {area_.x, y, area_.w, kExpired});
    return;
  }
  Rect bubble = bubble_of(ui, item, y);
  if (item.ghost == nullptr && m.received_at > ui.now() - Seconds(2)) {  // a new one settles into its place
    bubble.y += ui.arrive(dom_id("settle", m.id.view()), kSettle, 0, motion::kCalm);
  }
  draw_bubble(ui, item, bubble);
  if (m.problem) {
    const std::string_view happened = words::explain(ui.language(), *m.problem).happened;
    paragraph(ui, m.mine ? right_of(area_) - widest_ : area_.x, bottom_of(bubble) + space::k1, widest_,
              happened, type::kSmall, ui.ink().ember_text, m.mine ? Align::right : Align::left);
  }
  say_item(ui, conversation, item, bubble);
  if (item.ghost == nullptr) in_sight_.push_back(m);
}

// Older messages by keyboard or screen reader: drawn only while it has the focus, like a skip link. A screen
// reader may activate it without.
void Messages::earlier_button(Ui& ui, Rect place) {
  const bool focused = ui.focused(kEarlier);
  if (ui.activated(kEarlier) || ui.press(kEarlier, place, focused).clicked) {
    glide_.go(glide_.at() + area_.h * 0.8f);
  }
  if (!focused) return;
  shadow(ui, place, radius::kButton, 10);
  box(ui, place, ui.ink().panel, ui.ink().strong_line, radius::kButton);
  ui.focus_ring(place, radius::kButton);
  text_within(ui, place.x + place.w / 2, place.y + 11, place.w - 16, ui.word(Word::earlier), type::kStrong,
              ui.ink().ink, Align::centre);
}

void Messages::draw(Ui& ui, const client::ConversationView& conversation, Rect area, bool attentive) {
  const float side = ui.wide() ? space::k8 : space::k4;
  area_ = {area.x + side, area.y, area.w - 2 * side, area.h};
  start(conversation, std::floor(ui.wide() ? std::min(area_.w * 0.68f, 560.0f) : area_.w * 0.86f));
  bury(ui, conversation);
  const std::vector<Item> all = items(ui, conversation);

  // Somebody who reads further up stays there when a message comes in below.
  if (!all.empty()) {
    const client::MessageId last = all.back().message->id;
    if (newest_ && *newest_ != last && glide_.at() > 1 && !all.back().message->mine) {
      float added = 0;
      for (auto it = all.rbegin(); it != all.rend() && it->message->id != *newest_; ++it)
        added += height(ui, *it);
      glide_.jump(glide_.at() + added);
    }
    newest_ = last;
  }

  // From the newest upwards until the area is full; what is above is not even measured.
  ui.open(Role::log, "messages", std::string(ui.word(Word::messages)), area);
  ui.push_clip(area, true);
  float y = bottom_of(area) - space::k3 + glide_.at();
  std::vector<client::MessageId> shown;
  struct Placed {
    std::size_t index;
    float y;
  };
  std::vector<Placed> placed;
  float total = space::k3;
  int beyond = 0;
  std::size_t i = all.size();
  while (i > 0 && beyond < kAround) {
    --i;
    const float h = height(ui, all[i]);
    y -= h;
    total += h;
    if (y + h < area.y) ++beyond;
    if (y < bottom_of(area) + 3000) placed.push_back({i, y});
  }
  const bool at_top = i == 0;
  const float above = at_top ? std::max(total + space::k4 - area.h, 0.0f) : glide_.at() + area.h * 4;
  const bool more = above - glide_.at() > 1;
  const Rect earlier{area_.x + area_.w / 2 - 90, area_.y + space::k2, 180, size::kTouch};
  if (more) ui.node(Role::button, std::string(kEarlier), std::string(ui.word(Word::earlier)), earlier);
  ui.open(Role::list, "messages.list", std::string(ui.word(Word::messages)), area);
  std::reverse(placed.begin(), placed.end());
  int below = 0;
  for (const Placed& place : placed) {
    const Item& item = all[place.index];
    const float h = height(ui, item);
    const bool in_sight = place.y + h > area.y && place.y < bottom_of(area);
    if (in_sight) {
      draw_item(ui, conversation, item, place.y);
      const float seen = std::min(place.y + h, bottom_of(area)) - std::max(place.y, area.y);
      const client::MessageView& m = *item.message;
      if (attentive && item.ghost == nullptr && !m.mine && !m.seen && seen >= std::min(kRead, h) &&
          reported_.insert(m.id).second) {
        shown.push_back(m.id);
      }
    } else if (place.y < area.y || ++below <= kAround) {
      say_item(ui, conversation, item, {area_.x, place.y, area_.w, std::max(h, 1.0f)});
    }
  }
  ui.close();
  if (more) earlier_button(ui, earlier);
  ui.pop_clip();
  ui.close();
  if (!shown.empty()) ui.intend(client::Shown{conversation.contact, std::move(shown)});

  glide_.update(ui, area, above, -1);
  const float content = at_top ? total + space::k4
                               : total / static_cast<float>(all.size() - i) * static_cast<float>(all.size());
  if (content > area.h) {
    const float length = area.h / content;
    scroll_thumb(ui, "messages.thumb", area, std::max(1 - length - glide_.at() / content, 0.0f), length,
                 glide_.moving());
  }
  if (glide_.at() > area.h * 0.5f) {
    const float x = right_of(area) - space::k4 - 22, by = bottom_of(area) - space::k3 - 22;
    shadow(ui, {x - 20, by - 20, 40, 40}, 20, 8);
    box(ui, {x - 20, by - 20, 40, 40}, ui.ink().panel, ui.ink().line, 20);
    if (icon_button(ui, "messages.newest", x, by, Icon::down, ui.word(Word::to_newest))) glide_.go(0);
  }
}

}  // namespace tacet::ui
