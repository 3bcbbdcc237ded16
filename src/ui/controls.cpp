#include "ui/controls.h"

#include <algorithm>

namespace tacet::ui {
namespace {

struct Skin {
  Ink ground, border, label;
};

Skin skin_of(const Ui& ui, Look look, float hover, float held) {
  const Palette& p = ui.ink();
  const float depth = std::max(hover * 0.6f, held);
  switch (look) {
    case Look::primary: {
      const Ink towards = p.dark ? ink_of(0xFFA27D) : ink_of(0x8F2A0D);
      return {blend(p.fill, towards, 0.35f * depth), 0, p.on_fill};
    }
    case Look::secondary:
      return {blend(p.panel, p.hover, depth), p.strong_line, p.ink};
    case Look::quiet:
      return {fade(p.hover, depth), 0, p.muted};
    case Look::danger:
      return {blend(p.panel, p.warn_ground, depth), p.strong_line, p.ember_text};
  }
  return {};
}

}  // namespace

float button_width(const Ui& ui, std::string_view label, bool has_icon) {
  return text_width(ui, label, type::kStrong) + 2 * space::k6 + (has_icon ? size::kIcon + space::k2 : 0);
}

bool button(Ui& ui, std::string id, Rect rect, std::string_view label, Look look,
            const ButtonOptions& options) {
  const Press press = ui.press(id, rect, options.enabled);
  const float hover = ui.follow(id + ".hover", press.hovered ? 1.0f : 0.0f, motion::kQuick);
  const Skin skin = skin_of(ui, look, hover, press.held ? 1.0f : 0.0f);
  const float strength = options.enabled ? 1.0f : 0.45f;
  if (skin.border != 0) {
    box(ui, rect, skin.ground, skin.border, radius::kButton);
  } else {
    fill(ui, rect, fade(skin.ground, strength), radius::kButton);
  }
  if (press.focused) ui.focus_ring(rect, radius::kButton);
  const float room = rect.w - 2 * space::k3 - (options.icon ? size::kIcon + space::k2 : 0);
  const std::string fitting = shortened(ui, label, type::kStrong, room);
  const float w = text_width(ui, fitting, type::kStrong) + (options.icon ? size::kIcon + space::k2 : 0);
  float x = rect.x + (rect.w - w) / 2;
  const float middle = rect.y + rect.h / 2;
  const Ink ink =
      options.enabled ? skin.label : blend(skin.label, skin.border != 0 ? skin.ground : ui.ink().panel, 0.3f);
  if (options.icon) {
    icon(ui, *options.icon, x + size::kIcon / 2, middle, ink);
    x += size::kIcon + space::k2;
  }
  text(ui, x, middle - type::kStrong.line / 2, fitting, type::kStrong, ink);
  Node& node = ui.node(Role::button, std::move(id), std::string(label), rect);
  node.disabled = !options.enabled;
  node.description = options.description;
  return press.clicked;
}

bool icon_button(Ui& ui, std::string id, float x, float y, Icon which, std::string_view name,
                 const IconButtonOptions& options) {
  const Rect rect{x - size::kTouch / 2, y - size::kTouch / 2, size::kTouch, size::kTouch};
  const Press press = ui.press(id, rect, options.enabled);
  const float hover = ui.follow(id + ".hover", press.hovered || press.held ? 1.0f : 0.0f, motion::kQuick);
  if (hover > 0) fill(ui, inset(rect, 2), fade(ui.ink().hover, hover), radius::kButton);
  if (press.focused) ui.focus_ring(inset(rect, 3), radius::kButton);
  const Ink ink = options.ink != 0 ? options.ink : blend(ui.ink().muted, ui.ink().ink, hover);
  icon(ui, which, x, y, options.enabled ? ink : fade(ink, 0.4f));
  Node& node = ui.node(Role::button, std::move(id), std::string(name), rect);
  node.disabled = !options.enabled;
  node.expands = options.expanded.has_value();
  node.expanded = options.expanded.value_or(false);
  return press.clicked;
}

namespace {

// The box of a field; returns where its text goes.
Rect field_box(Ui& ui, const std::string& id, Rect rect, const FieldOptions& options, bool whole_height) {
  const Palette& p = ui.ink();
  const bool focused = ui.focused(id);
  const float lit = ui.follow(id + ".lit", focused ? 1.0f : 0.0f, motion::kQuick);
  const Ink border = options.invalid ? p.ember : blend(p.strong_line, p.ember, lit);
  const Ink ground = options.ground != 0 ? options.ground : p.panel;
  if (lit > 0 || options.invalid)
    fill(ui, inset(rect, -2), fade(p.ember, 0.16f * std::max(lit, 0.5f)), radius::kRow + 2);
  box(ui, rect, ground, border, radius::kRow);
  float left = rect.x + space::k4;
  if (options.icon) {
    icon(ui, *options.icon, rect.x + space::k4 + size::kIcon / 2, rect.y + rect.h / 2, p.muted);
    left += size::kIcon + space::k3;
  }
  if (ui.press(id, rect).clicked) ui.want_focus(id);
  const Rect inner{left, rect.y, right_of(rect) - space::k4 - left, rect.h};
  return whole_height ? inner : Rect{inner.x, inner.y + space::k3, inner.w, inner.h - 2 * space::k3};
}

// Under a dialog there is no element to show the text: draw it.
void stand_in(Ui& ui, Rect inner, std::string_view value, std::string_view placeholder, bool several_lines) {
  if (ui.reachable()) return;
  const Palette& p = ui.ink();
  const float y = several_lines ? inner.y : inner.y + (inner.h - type::kBody.line) / 2;
  if (value.empty()) {
    text_within(ui, inner.x, y, inner.w, placeholder, type::kBody, p.muted);
  } else {
    ui.push_clip(inner, false);
    run(ui, inner.x, y, inner.w, value,
        run_style(type::kBody, p.ink, several_lines ? std::uint16_t{0} : std::uint16_t{1}));
    ui.pop_clip();
  }
}

Node& field_node(Ui& ui, Role role, std::string id, Rect inner, const FieldOptions& options) {
  Node& node = ui.node(role, std::move(id), std::string(options.label), inner);
  node.placeholder = options.placeholder;
  node.description = options.description;
  node.invalid = options.invalid;
  node.max_length = options.max_length;
  node.autocomplete = options.autocomplete;
  node.font_size = type::kBody.size;
  node.line_height = type::kBody.line;
  node.ink = ui.veiled() ? 0 : ui.ink().ink;
  node.placeholder_ink = ui.veiled() ? 0 : ui.ink().muted;
  return node;
}

}  // namespace

FieldEvents field(Ui& ui, std::string id, Rect rect, std::string& value, const FieldOptions& options) {
  FieldEvents events;
  if (const std::string* typed = ui.typed(id); typed != nullptr && *typed != value) {
    value = *typed;
    events.changed = true;
  }
  events.submitted = ui.submitted(id);
  const Rect inner = field_box(ui, id, rect, options, true);
  stand_in(ui, inner, value, options.placeholder, false);
  field_node(ui, Role::field, std::move(id), inner, options).value = value;
  return events;
}

FieldEvents password_field(Ui& ui, std::string id, Rect rect, SecretVector& value,
                           const FieldOptions& options) {
  FieldEvents events;
  if (const std::string* typed = ui.typed(id)) {
    const ByteView bytes = as_bytes(*typed);
    events.changed = !std::equal(bytes.begin(), bytes.end(), value.begin(), value.end());
    value.assign(bytes.begin(), bytes.end());
  }
  events.submitted = ui.submitted(id);
  const Rect inner = field_box(ui, id, rect, options, true);
  if (!ui.reachable()) {
    for (std::size_t i = 0; i < std::min<std::size_t>(value.size(), 24); ++i) {
      dot(ui, inner.x + 4 + 10 * static_cast<float>(i), inner.y + inner.h / 2, 3, ui.ink().ink);
    }
    if (value.empty()) stand_in(ui, inner, {}, options.placeholder, false);
  }
  field_node(ui, Role::password, std::move(id), inner, options);
  return events;
}

float area_height(Ui& ui, float width, std::string_view value, int least_lines, int most_lines) {
  const float line = type::kBody.line;
  float h = value.empty() ? line : run_measure(ui, value, width, run_style(type::kBody, ui.ink().ink)).h;
  if (!value.empty() && value.back() == '\n') h += line;
  return std::clamp(h, line * static_cast<float>(least_lines), line * static_cast<float>(most_lines));
}

FieldEvents area_field(Ui& ui, std::string id, Rect rect, std::string& value, const FieldOptions& options) {
  FieldEvents events;
  if (const std::string* typed = ui.typed(id); typed != nullptr && *typed != value) {
    value = *typed;
    events.changed = true;
  }
  events.submitted = ui.submitted(id);
  const Rect inner = field_box(ui, id, rect, options, false);
  stand_in(ui, inner, value, options.placeholder, true);
  field_node(ui, Role::composer, std::move(id), inner, options).value = value;
  return events;
}

std::size_t segmented(Ui& ui, const std::string& id, Rect rect, std::string_view name,
                      const std::vector<std::string>& labels, std::size_t chosen) {
  const Palette& p = ui.ink();
  const Group group(ui, Role::group, id, std::string(name), rect);
  fill(ui, rect, p.dark ? p.background : p.side, radius::kButton);
  const float w = rect.w / static_cast<float>(labels.size());
  const float slide = ui.follow(id + ".slide", static_cast<float>(chosen));
  const Rect thumb = inset({rect.x + w * slide, rect.y, w, rect.h}, 3);
  shadow(ui, thumb, radius::kButton - 3, 3);
  fill(ui, thumb, p.dark ? p.strong_line : p.panel, radius::kButton - 3);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string part = id + "." + std::to_string(i);
    const Rect place{rect.x + w * static_cast<float>(i), rect.y, w, rect.h};
    const Press press = ui.press(part, place);
    if (press.clicked) chosen = i;
    if (press.focused) ui.focus_ring(inset(place, 4), radius::kButton - 3);
    text_within(ui, place.x + w / 2, rect.y + (rect.h - 20) / 2, w - space::k2, labels[i],
                i == chosen ? type::kSecondaryStrong : type::kSecondary, i == chosen ? p.ink : p.muted,
                Align::centre);
    ui.node(Role::radio, part, labels[i], place).pressed = i == chosen;
  }
  return chosen;
}

std::size_t pills(Ui& ui, const std::string& id, Column& column, std::string_view name,
                  const std::vector<std::string>& labels, std::size_t chosen) {
  const Palette& p = ui.ink();
  const float h = size::kTouch;
  // Lay out first: the group's rectangle stands before its parts.
  std::vector<Rect> places;
  float x = column.x, y = column.y;
  for (const std::string& label : labels) {
    const float w = std::max(text_width(ui, label, type::kSecondaryStrong) + 2 * space::k4, 56.0f);
    if (x > column.x && x + w > column.x + column.w) {
      x = column.x;
      y += h + space::k2;
    }
    places.push_back({x, y, std::min(w, column.w), h});
    x += w + space::k2;
  }
  const Group group(ui, Role::group, id, std::string(name), {column.x, column.y, column.w, y + h - column.y});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string part = id + "." + std::to_string(i);
    const Press press = ui.press(part, places[i]);
    if (press.clicked) chosen = i;
    const bool on = i == chosen;
    const Ink ground = on ? p.warn_ground : press.hovered ? p.hover : p.panel;
    box(ui, places[i], ground, on ? p.ember : p.strong_line, h / 2);
    if (press.focused) ui.focus_ring(places[i], h / 2);
    text(ui, places[i].x + places[i].w / 2, places[i].y + (h - 20) / 2, labels[i],
         on ? type::kSecondaryStrong : type::kSecondary, on ? p.ember_text : p.ink, Align::centre);
    ui.node(Role::radio, part, labels[i], places[i]).pressed = on;
  }
  column.y = y + h;
  return chosen;
}

void section(Ui& ui, std::string id, Column& column, std::string_view title) {
  column.y += said(ui, std::move(id), column.x, column.y, column.w, title, type::kSecondaryStrong,
                   ui.ink().muted, Align::left, Role::heading, 3);
  column.gap(space::k2);
}

void problem_card(Ui& ui, std::string id, Column& column, client::Problem problem) {
  const Palette& p = ui.ink();
  const words::Explanation all = words::explain(ui.language(), problem);
  const float inner = column.w - 2 * space::k4 - size::kIcon - space::k3;
  const std::string rest = std::string(all.safe) + " " + std::string(all.next);
  const float first = paragraph_height(ui, inner, all.happened, type::kSecondaryStrong);
  const float second = paragraph_height(ui, inner, rest, type::kSecondary);
  const Rect card = column.take(first + second + 2 + 2 * space::k3);
  fill(ui, card, p.warn_ground, radius::kButton);
  icon(ui, Icon::alert, card.x + space::k4 + size::kIcon / 2, card.y + space::k3 + 10, p.ember_text);
  const float x = card.x + space::k4 + size::kIcon + space::k3;
  paragraph(ui, x, card.y + space::k3, inner, all.happened, type::kSecondaryStrong, p.ink);
  paragraph(ui, x, card.y + space::k3 + first + 2, inner, rest, type::kSecondary, p.muted);
  ui.node(Role::alert, std::move(id), words::explain_in_full(ui.language(), problem), card);
}

void hint_card(Ui& ui, std::string id, Column& column, std::string_view sentence, std::optional<Icon> which) {
  const Palette& p = ui.ink();
  const float indent = which ? size::kIcon + space::k3 : 0;
  const float inner = column.w - 2 * space::k4 - indent;
  const float h = paragraph_height(ui, inner, sentence, type::kSecondary);
  const Rect card = column.take(h + 2 * space::k3);
  fill(ui, card, p.dark ? p.background : p.side, radius::kButton);
  if (which) icon(ui, *which, card.x + space::k4 + size::kIcon / 2, card.y + space::k3 + 10, p.muted);
  paragraph(ui, card.x + space::k4 + indent, card.y + space::k3, inner, sentence, type::kSecondary, p.muted);
  ui.node(Role::text, std::move(id), std::string(sentence), card);
}

void meter(Ui& ui, Rect rect, float part, Ink ink) {
  fill(ui, rect, ui.ink().line, rect.h / 2);
  if (part > 0.01f)
    fill(ui, {rect.x, rect.y, std::max(rect.w * std::min(part, 1.0f), rect.h), rect.h}, ink, rect.h / 2);
}

}  // namespace tacet::ui
