#include "ui/ui.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "ui/icons.h"
#include "ui/paint.h"
#include "ui/text.h"

namespace tacet::ui {
namespace {

constexpr float kReferenceSize = 16;

std::uint32_t big_endian(ByteView bytes, std::size_t at, std::size_t count) {
  std::uint32_t v = 0;
  for (std::size_t i = 0; i < count; ++i) v = (v << 8) | (at + i < bytes.size() ? bytes[at + i] : 0u);
  return v;
}

std::size_t table_of(ByteView font, std::uint32_t tag) {
  const std::uint32_t count = big_endian(font, 4, 2);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t entry = 12 + 16 * std::size_t{i};
    if (big_endian(font, entry, 4) == tag) return big_endian(font, entry + 8, 4);
  }
  return 0;
}

// ImGui's size of a font is ascent plus descent, ours is the em. OpenType: head.unitsPerEm, hhea.ascender and
// descender.
float scale_of(ByteView font) {
  const std::size_t head = table_of(font, 0x68656164), hhea = table_of(font, 0x68686561);
  const auto em = static_cast<float>(big_endian(font, head + 18, 2));
  const auto up = static_cast<float>(static_cast<std::int16_t>(big_endian(font, hhea + 4, 2)));
  const auto down = static_cast<float>(static_cast<std::int16_t>(big_endian(font, hhea + 6, 2)));
  if (head == 0 || hhea == 0 || em < 16 || up <= down) return 1.21f;
  return (up - down) / em;
}

float eased(float t) {  // ease-out, cubic
  const float rest = 1 - std::clamp(t, 0.0f, 1.0f);
  return 1 - rest * rest * rest;
}

}  // namespace

void Ui::load_fonts(ByteView regular, ByteView semibold) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  if (atlas.Fonts.contains(fonts_[0].font)) return;  // sizes and densities are rasterised on demand
  const ByteView data[] = {regular, semibold};
  for (int i = 0; i < 2; ++i) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = true;
    void* copy = IM_ALLOC(data[i].size());
    std::memcpy(copy, data[i].data(), data[i].size());
    fonts_[i].scale = scale_of(data[i]);
    fonts_[i].font = atlas.AddFontFromMemoryTTF(copy, static_cast<int>(data[i].size()),
                                                kReferenceSize * fonts_[i].scale, &config);
  }
}

void Ui::begin(const Environment& environment, Time now, const std::vector<MirrorEvent>& events, Theme theme,
               words::Language language, bool veiled) {
  env_ = environment;
  now_ = now;
  events_ = &events;
  palette_ = &palette_of(theme, environment.more_contrast);
  language_ = language;
  veiled_ = veiled;
  out_ = {};
  out_.mirror.language = words::tag_of(language);
  out_.mirror.title = "Tacet";
  covers_ = std::exchange(next_covers_, {});
  depth_ = 0;
  ++frame_;
  focus_came_ = false;
  focus_rect_.reset();
  escaped_ = false;
  for (const MirrorEvent& event : *events_) {
    if (event.kind == MirrorEvent::Kind::focused) {
      focus_came_ = event.id != focus_;
      focus_ = event.id;
    }
    if (event.kind == MirrorEvent::Kind::escaped || event.kind == MirrorEvent::Kind::back) escaped_ = true;
  }

  ImGuiStyle& style = ImGui::GetStyle();
  style.AntiAliasedLinesUseTex = false;
  style.CircleTessellationMaxError = 0.12f;
  style.CurveTessellationTol = 0.3f;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({env_.width, env_.height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, {1, 1});
  ImGui::Begin("tacet", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBringToFrontOnFocus);
  ImGui::PopStyleVar(3);
  draw_ = ImGui::GetWindowDrawList();
  draw_->_FringeScale = 1 / std::max(env_.pixel_ratio, 1.0f);
  for (const Font& font : fonts_) {  // tells each font the density of this frame
    ImGui::PushFont(font.font, 0);
    ImGui::PopFont();
  }
}

Output Ui::end() {
  ImGui::End();
  for (auto it = following_.begin(); it != following_.end();) {
    it = it->second.frame == frame_ ? std::next(it) : following_.erase(it);
  }
  events_ = nullptr;
  return std::move(out_);
}

Rect Ui::screen() const {
  return {env_.safe_left, env_.safe_top, env_.width - env_.safe_left - env_.safe_right,
          env_.height - env_.safe_top - env_.safe_bottom};
}

float Ui::snap(float v) const {
  const float ratio = std::max(env_.pixel_ratio, 0.5f);
  return std::round(v * ratio) / ratio;
}

Node& Ui::node(Role role, std::string id, std::string name, Rect rect) {
  Node made;
  made.id = std::move(id);
  made.role = role;
  made.depth = depth_;
  made.name = std::move(name);
  made.rect = rect;
  for (const Clip& clip : clips_) {
    if (clip.scrolled) made.clip = clip.rect;
  }
  if (!reachable()) return nowhere_ = std::move(made);
  if (focus_came_ && made.id == focus_ && made.clip.w > 0) focus_rect_ = rect;
  return out_.mirror.nodes.emplace_back(std::move(made));
}

void Ui::open(Role role, std::string id, std::string name, Rect rect) {
  node(role, std::move(id), std::move(name), rect);
  ++depth_;
}

void Ui::close() {
  --depth_;
}

const std::string* Ui::typed(std::string_view id) const {
  const std::string* last = nullptr;
  for (const MirrorEvent& event : *events_) {
    const bool text = event.kind == MirrorEvent::Kind::typed ||
                      (event.kind == MirrorEvent::Kind::submitted && !event.text.empty());
    if (text && event.id == id) last = &event.text;
  }
  return reachable() ? last : nullptr;
}

bool Ui::submitted(std::string_view id) const {
  return reachable() && std::any_of(events_->begin(), events_->end(), [&](const MirrorEvent& event) {
           return event.kind == MirrorEvent::Kind::submitted && event.id == id;
         });
}

bool Ui::escaped() {
  return reachable() && std::exchange(escaped_, false);
}

bool Ui::activated(std::string_view id) const {
  return reachable() && std::any_of(events_->begin(), events_->end(), [&](const MirrorEvent& event) {
           return event.kind == MirrorEvent::Kind::activated && event.id == id;
         });
}

Press Ui::press(std::string_view id, Rect rect, bool enabled) {
  Press out;
  out.focused = focused(id);
  if (!reachable() || !enabled || rect.w <= 0 || rect.h <= 0) return out;
  out.clicked = activated(id);
  if (above_ == 0 && std::any_of(covers_.begin(), covers_.end(), [](Rect r) {
        return ImGui::IsMouseHoveringRect({r.x, r.y}, {r.x + r.w, r.y + r.h}, false);
      })) {
    return out;
  }
  ImGui::SetCursorScreenPos({rect.x, rect.y});
  ImGui::PushID(id.data(), id.data() + id.size());
  out.clicked |= ImGui::InvisibleButton("press", {rect.w, rect.h});
  out.held = ImGui::IsItemActive();
  out.hovered = ImGui::IsItemHovered() && (!touching() || out.held);
  ImGui::PopID();
  if (out.hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return out;
}

bool Ui::pointer_in(Rect rect) const {
  return reachable() && ImGui::IsMouseHoveringRect({rect.x, rect.y}, {rect.x + rect.w, rect.y + rect.h});
}

bool Ui::touching() const {
  return ImGui::GetIO().MouseSource == ImGuiMouseSource_TouchScreen;
}

void Ui::push_clip(Rect rect, bool scrolled) {
  ImGui::PushClipRect({rect.x, rect.y}, {rect.x + rect.w, rect.y + rect.h}, true);
  clips_.push_back({rect, scrolled});
  if (scrolled) focus_rect_.reset();
}

void Ui::pop_clip() {
  ImGui::PopClipRect();
  if (clips_.back().scrolled) focus_rect_.reset();
  clips_.pop_back();
}

float Ui::value_of(Following& f) {
  f.frame = frame_;
  const Millis gone = now_ - f.since;
  if (gone >= f.length || gone < Millis(0) || env_.reduced_motion) return f.target;
  animate();
  return f.from +
         (f.target - f.from) * eased(static_cast<float>(gone.count()) / static_cast<float>(f.length.count()));
}

float Ui::follow(std::string_view id, float target, Millis length) {
  return arrive(id, target, target, length);
}

float Ui::arrive(std::string_view id, float from, float target, Millis length) {
  auto it = following_.find(id);
  if (it == following_.end()) {
    it = following_
             .emplace(std::string(id),
                      Following{from, target, now_, from == target ? Millis(0) : length, frame_})
             .first;
  } else if (it->second.target != target) {
    const float at = value_of(it->second);
    it->second = {at, target, now_, length, frame_};
  }
  return value_of(it->second);
}

void Ui::wake_at(Time at) {
  if (!out_.next_frame_at || at < *out_.next_frame_at) out_.next_frame_at = at;
}

void Ui::toast(std::string_view text) {
  toast_ = text;
  toast_until_ = now_ + Millis(2200);
  announce(text);
}

void Ui::draw_toast() {
  if (toast_.empty()) return;
  if (now_ >= toast_until_) {
    toast_.clear();
    return;
  }
  wake_at(toast_until_);
  const float in = arrive("toast", 0, 1);
  const float w = text_width(*this, toast_, type::kSecondaryStrong) + size::kIcon + space::k2 + 2 * space::k4;
  const Rect s = screen();
  const Rect rect{s.x + (s.w - w) / 2, s.y + s.h - 100 + (1 - in) * space::k3, w, 40};
  fill(*this, rect, fade(ink().ink, in), 20);
  icon(*this, Icon::check, rect.x + space::k4 + 8, rect.y + 20, fade(ink().panel, in), 18);
  text(*this, rect.x + space::k4 + size::kIcon + space::k2, rect.y + 10, toast_, type::kSecondaryStrong,
       fade(ink().panel, in));
}

void Ui::focus_ring(Rect rect, float corner) {
  const Rect out = inset(rect, -3);
  stroke(*this, out, ink().ember, corner + 3, 2);
}

}  // namespace tacet::ui
