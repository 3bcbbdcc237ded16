#include "browser/mirror_link.h"

#include <algorithm>
#include <cstdio>

#include "browser/page.h"

namespace tacet::browser {
namespace {

// Bits of "flags" in library/mirror.js.
unsigned flags_of(const ui::Node& node) {
  return (node.disabled ? 1U : 0U) | (node.pressed ? 2U : 0U) | (node.toggles ? 4U : 0U) |
         (node.current ? 8U : 0U) | (node.invalid ? 16U : 0U) | (node.busy ? 32U : 0U) |
         (node.expanded ? 64U : 0U) | (node.expands ? 128U : 0U);
}

void write(JsonWriter& out, const ui::Node& node) {
  out.begin('{');
  out.key("id").text(node.id);
  out.key("role").number(static_cast<double>(node.role));
  out.key("depth").number(node.depth);
  out.key("name").text(node.name);
  out.key("description").text(node.description);
  out.key("x").number(node.rect.x).key("y").number(node.rect.y);
  out.key("w").number(node.rect.w).key("h").number(node.rect.h);
  if (node.clip.w > 0) {
    char clip[64];
    std::snprintf(clip, sizeof clip, "%.1f %.1f %.1f %.1f", static_cast<double>(node.clip.x),
                  static_cast<double>(node.clip.y), static_cast<double>(node.clip.w),
                  static_cast<double>(node.clip.h));
    out.key("clip").text(clip);
  }
  out.key("flags").number(flags_of(node));
  if (node.role == ui::Role::heading) out.key("level").number(std::clamp<int>(node.level, 1, 6));
  if (node.role == ui::Role::progressbar) out.key("progress").number(node.progress);
  if (node.role >= ui::Role::field) {
    out.key("value").text(node.value);
    out.key("placeholder").text(node.placeholder);
    out.key("max").number(node.max_length);
    out.key("size").number(node.font_size);
    out.key("line").number(node.line_height);
    out.key("ink").number(node.ink);
    out.key("faint").number(node.placeholder_ink);
    out.key("autocomplete").text(node.autocomplete);
  }
  out.end('}');
}

}  // namespace

void MirrorLink::show(const ui::Mirror& mirror) {
  JsonWriter out;
  out.begin('{');
  out.key("title").text(mirror.title);
  out.key("language").text(mirror.language);
  out.key("rtl").flag(mirror.right_to_left);
  out.key("behind").flag(pending());
  out.key("nodes").begin('[');
  for (const ui::Node& node : mirror.nodes) write(out, node);
  out.end(']').end('}');

  if (out.str() != shown_) {
    shown_ = out.take();
    tacet_mirror(shown_.data(), shown_.size());
    const bool has_back = std::any_of(mirror.nodes.begin(), mirror.nodes.end(), [](const ui::Node& node) {
      return node.role == ui::Role::dialog || node.id == "conversation.back";
    });
    tacet_arm_back(has_back ? 1 : 0);
  }
  if (!mirror.focus.empty()) tacet_focus(mirror.focus.c_str());
  if (!mirror.announcement.empty()) tacet_announce(mirror.announcement.c_str());
}

std::vector<ui::MirrorEvent> MirrorLink::take() {
  std::vector<ui::MirrorEvent> events;
  bool submitted = false;
  while (!queue_.empty() && !submitted) {
    const auto kind = queue_.front().kind;
    submitted = kind == ui::MirrorEvent::Kind::submitted;
    // An element changed by itself: what was shown before does not say any more what is there.
    if (submitted || kind == ui::MirrorEvent::Kind::typed) shown_.clear();
    events.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return events;
}

}  // namespace tacet::browser
