// What every control works with during one frame: measures and colours, the mirror that is being written, the
// events that came from it, the pointer, and motion. One Ui lives as long as the App.
#pragma once

#include <imgui.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/app.h"
#include "ui/theme.h"
#include "words/words.h"

namespace tacet::ui {

// What the pointer, the keyboard or a screen reader does with something.
struct Press {
  bool clicked = false;
  bool hovered = false;
  bool held = false;
  bool focused = false;
};

class Ui {
 public:
  explicit Ui(RunText& run_text) : runs_(run_text) {}

  void load_fonts(ByteView regular, ByteView semibold);

  // `veiled`: nobody looks; fields must not show their text.
  void begin(const Environment& environment, Time now, const std::vector<MirrorEvent>& events, Theme theme,
             words::Language language, bool veiled);
  [[nodiscard]] Output end();

  // ---- what this frame is about
  [[nodiscard]] const Environment& env() const { return env_; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] const Palette& ink() const { return *palette_; }
  [[nodiscard]] words::Language language() const { return language_; }
  [[nodiscard]] ImDrawList& draw() const { return *draw_; }
  [[nodiscard]] RunText& runs() const { return runs_; }
  [[nodiscard]] Rect screen() const;  // without the unsafe margins
  [[nodiscard]] bool wide() const { return env_.width >= size::kTwoPanes; }
  [[nodiscard]] std::string_view word(words::Word w) const { return words::say(language_, w); }
  [[nodiscard]] std::string word(words::Word w, std::initializer_list<std::string_view> values) const {
    return words::say(language_, w, values);
  }
  [[nodiscard]] float snap(float v) const;  // to device pixels
  [[nodiscard]] ImFont* font(bool semibold) const { return fonts_[semibold ? 1 : 0].font; }
  [[nodiscard]] float font_scale(bool semibold) const { return fonts_[semibold ? 1 : 0].scale; }

  // ---- the mirror
  // Adds a leaf; the reference is good until the next one. Nothing is added beneath a dialog.
  Node& node(Role role, std::string id, std::string name, Rect rect);
  void open(Role role, std::string id, std::string name, Rect rect);
  void close();
  void want_focus(std::string id) { out_.mirror.focus = std::move(id); }
  void announce(std::string_view text) { out_.mirror.announcement = text; }
  [[nodiscard]] bool focused(std::string_view id) const { return !id.empty() && focus_ == id; }
  [[nodiscard]] const std::string& focus() const { return focus_; }
  // Where the node is that the keyboard focus came to in this frame, if it lies in the scrolled area being
  // drawn.
  [[nodiscard]] std::optional<Rect> focus_rect() const { return focus_rect_; }

  // ---- what came from the mirror
  [[nodiscard]] const std::string* typed(std::string_view id) const;
  [[nodiscard]] bool submitted(std::string_view id) const;
  [[nodiscard]] bool escaped();  // Escape or back, once: whoever asks first has it

  // ---- the pointer
  // The place `rect` reacts as `id`: pointer, keyboard, screen reader. Says nothing to the mirror.
  Press press(std::string_view id, Rect rect, bool enabled = true);
  [[nodiscard]] bool activated(
      std::string_view id) const;                  // by keyboard or screen reader, not by the pointer
  [[nodiscard]] bool pointer_in(Rect rect) const;  // and nothing covers it
  [[nodiscard]] bool touching() const;             // the pointer is a finger

  // Something floats over the rest at this place, from the next frame on: the pointer reaches only what is
  // drawn between begin_above and end_above there.
  void cover(Rect rect) { next_covers_.push_back(rect); }
  void begin_above() { ++above_; }
  void end_above() { --above_; }

  // ---- reach and clip
  [[nodiscard]] bool reachable() const { return beneath_ == 0; }
  void begin_beneath() { ++beneath_; }  // drawn, but a dialog covers it
  void end_beneath() { --beneath_; }
  [[nodiscard]] bool veiled() const { return veiled_; }
  void push_clip(Rect rect, bool scrolled);
  void pop_clip();

  // ---- motion
  // Follows `target`, eased; the first value is taken at once. Keyed by id.
  [[nodiscard]] float follow(std::string_view id, float target, Millis length = motion::kCalm);
  // The same, but starts at `from` when it is first seen.
  [[nodiscard]] float arrive(std::string_view id, float from, float target, Millis length = motion::kCalm);
  void animate() { out_.animating = true; }
  void wake_at(Time at);

  // ---- what goes out
  void intend(client::Event event) { out_.intents.push_back(std::move(event)); }
  void request(HostRequest wanted) { out_.requests.push_back(std::move(wanted)); }
  void burning(Burning bubble) { out_.burning.push_back(bubble); }
  void focus_ring(Rect rect, float corner);
  // A word that comes, is announced, and goes.
  void toast(std::string_view text);
  void draw_toast();

 private:
  struct Font {
    ImFont* font = nullptr;
    float scale = 1;  // ImGui's size of a font whose em is one pixel
  };
  struct Following {
    float from = 0, target = 0;
    Time since;
    Millis length{0};
    int frame = 0;
  };
  struct Clip {
    Rect rect;
    bool scrolled = false;
  };

  [[nodiscard]] float value_of(Following& f);

  RunText& runs_;
  Font fonts_[2];
  Environment env_;
  Time now_;
  const Palette* palette_ = nullptr;
  words::Language language_ = words::Language::english;
  ImDrawList* draw_ = nullptr;
  const std::vector<MirrorEvent>* events_ = nullptr;  // not copied: a passphrase may be in there
  Output out_;
  Node nowhere_;
  std::string focus_;
  bool focus_came_ = false;
  std::optional<Rect> focus_rect_;
  bool escaped_ = false;
  bool veiled_ = false;
  std::uint16_t depth_ = 0;
  int beneath_ = 0;
  int frame_ = 0;
  std::vector<Clip> clips_;
  std::string toast_;
  Time toast_until_;
  std::vector<Rect> covers_, next_covers_;
  int above_ = 0;
  std::map<std::string, Following, std::less<>> following_;
};

// Everything drawn while one lives is covered by a dialog when `covered` says so.
class Beneath {
 public:
  Beneath(Ui& ui, bool covered) : ui_(ui), covered_(covered) {
    if (covered_) ui_.begin_beneath();
  }
  ~Beneath() {
    if (covered_) ui_.end_beneath();
  }
  Beneath(const Beneath&) = delete;
  Beneath& operator=(const Beneath&) = delete;

 private:
  Ui& ui_;
  bool covered_;
};

// A container of the mirror for a scope.
class Group {
 public:
  Group(Ui& ui, Role role, std::string id, std::string name, Rect rect) : ui_(ui) {
    ui_.open(role, std::move(id), std::move(name), rect);
  }
  ~Group() { ui_.close(); }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

 private:
  Ui& ui_;
};

[[nodiscard]] inline Rect inset(Rect r, float by) {
  return {r.x + by, r.y + by, r.w - 2 * by, r.h - 2 * by};
}
[[nodiscard]] inline float right_of(Rect r) {
  return r.x + r.w;
}
[[nodiscard]] inline float bottom_of(Rect r) {
  return r.y + r.h;
}

}  // namespace tacet::ui
