// What a person presses and types into. Each control draws itself and says the same to the mirror, with the
// very rectangle it drew; `true` means: pressed by pointer, keyboard or screen reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/icons.h"
#include "ui/paint.h"
#include "ui/text.h"

namespace tacet::ui {

// A place to put things from top to bottom.
struct Column {
  float x = 0, y = 0, w = 0;
  void gap(float h) { y += h; }
  Rect take(float h) {
    const Rect r{x, y, w, h};
    y += h;
    return r;
  }
};

enum class Look : std::uint8_t { primary, secondary, quiet, danger };

struct ButtonOptions {
  bool enabled = true;
  std::optional<Icon> icon;
  std::string_view description = {};  // for a screen reader
};
bool button(Ui& ui, std::string id, Rect rect, std::string_view label, Look look,
            const ButtonOptions& options = {});
// As wide as its label wants.
[[nodiscard]] float button_width(const Ui& ui, std::string_view label, bool has_icon = false);

struct IconButtonOptions {
  Ink ink = 0;  // 0: muted
  bool enabled = true;
  std::optional<bool> expanded;
};
// 44 by 44, centred at x, y.
bool icon_button(Ui& ui, std::string id, float x, float y, Icon icon, std::string_view name,
                 const IconButtonOptions& options = {});

struct FieldOptions {
  std::string_view label;  // accessible name
  std::string_view placeholder;
  std::string description;
  std::optional<Icon> icon;
  bool invalid = false;
  std::uint32_t max_length = 0;
  std::string_view autocomplete = "off";
  Ink ground = 0;  // 0: panel
};
struct FieldEvents {
  bool changed = false;
  bool submitted = false;
};
FieldEvents field(Ui& ui, std::string id, Rect rect, std::string& value, const FieldOptions& options);
// The element keeps the text; the app is told each time it changes. Empty it by giving it another id.
FieldEvents password_field(Ui& ui, std::string id, Rect rect, SecretVector& value,
                           const FieldOptions& options);
// Several lines; grows with `value` between its smallest and largest height.
[[nodiscard]] float area_height(Ui& ui, float width, std::string_view value, int least_lines, int most_lines);
FieldEvents area_field(Ui& ui, std::string id, Rect rect, std::string& value, const FieldOptions& options);

// One of several, side by side, each as wide as the others.
std::size_t segmented(Ui& ui, const std::string& id, Rect rect, std::string_view name,
                      const std::vector<std::string>& labels, std::size_t chosen);
// One of several, in rows of pills; moves `column` on.
std::size_t pills(Ui& ui, const std::string& id, Column& column, std::string_view name,
                  const std::vector<std::string>& labels, std::size_t chosen);

// A small heading in a sheet; moves `column` on.
void section(Ui& ui, std::string id, Column& column, std::string_view title);
// What went wrong: happened, safe, next; moves `column` on.
void problem_card(Ui& ui, std::string id, Column& column, client::Problem problem);
// A calm sentence in a tinted card; moves `column` on.
void hint_card(Ui& ui, std::string id, Column& column, std::string_view sentence,
               std::optional<Icon> icon = {});
// A bar that fills; 0 to 1.
void meter(Ui& ui, Rect rect, float part, Ink ink);

}  // namespace tacet::ui
