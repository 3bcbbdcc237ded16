// The mirror: what is on the screen, as a screen reader, a keyboard, an input method and a test see it. Every
// frame each screen says it anew while it draws; src/browser makes real DOM elements of it, laid invisibly
// over the canvas at the same place. Pointer input goes to the canvas (ImGui) and is never taken from the
// mirror; keyboard focus belongs to the mirror and is only shown by the canvas.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tacet::ui {

// CSS pixels from the canvas's top left corner.
struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  bool operator==(const Rect&) const = default;
};

enum class Role : std::uint8_t {
  // containers (their children follow with a greater depth)
  main,
  navigation,
  complementary,
  banner,
  region,
  dialog,
  form,
  list,
  listitem,
  log,
  group,
  toolbar,
  // leaves
  heading,
  text,
  image,
  status,
  alert,
  progressbar,
  button,
  link,
  checkbox,
  radio,
  tab,
  field,     // <input>: a real element that shows its own text
  password,  // <input type=password>
  composer,  // <textarea>: a real element that shows its own text
};

struct Node {
  std::string id;  // stable as long as it is the same thing; unique in a frame; ASCII
  Role role = Role::text;
  std::uint16_t depth = 0;
  std::string name;         // accessible name; for text, heading, status, alert, listitem: the text itself
  std::string description;  // aria-description; a field's hint or its error
  std::string
      value;  // fields: what the app wants in them. Written into the element only when it differs from both
              // the element's text and the last value written, so that typing is never overrun
  std::string placeholder;
  Rect rect;  // of a field: where its text is, without the box drawn around it; it has no padding of its own
  Rect clip;  // the part of the screen it may show in (it lies in a scrolled area); no width: everywhere
  std::uint8_t level = 0;  // headings 1 to 6
  bool disabled = false;
  bool pressed = false;  // button, checkbox, radio, tab: on
  bool toggles = false;  // button: has a pressed state
  bool current = false;  // listitem, button: the one that is open
  bool invalid = false;  // field: description says why
  bool busy = false;
  bool expanded = false;  // button that opens something
  bool expands = false;
  std::uint16_t progress = 0;      // progressbar: 0 to 1000; over 1000: not known
  std::uint32_t max_length = 0;    // fields: characters, 0: no bound
  float font_size = 16;            // fields
  float line_height = 23;          // composer
  std::uint32_t ink = 0xFF000000;  // fields: text colour, 0xAABBGGRR; alpha 0 while the veil is drawn
  std::uint32_t placeholder_ink = 0xFF000000;  // fields: the placeholder's
  std::string autocomplete;                    // fields: "new-password", "current-password", "off", …
};

struct Mirror {
  std::vector<Node> nodes;   // in reading and tab order, parents before children
  std::string focus;         // id that shall get the keyboard focus now; empty: leave it
  std::string announcement;  // said once, politely; empty: nothing
  std::string title;         // document title; never a message or a name
  std::string language;      // "en", "fr"
  bool right_to_left = false;
};

// What came back from the mirror's elements since the last frame.
struct MirrorEvent {
  enum class Kind : std::uint8_t {
    activated,  // Enter, Space or a screen reader's action on a button, link, …
    typed,      // a field's whole text is now `text`
    submitted,  // Enter in a field; in the composer Enter without Shift, not while composing
    focused,    // has the keyboard focus now; empty id: nothing has
    escaped,    // Escape anywhere
    back,       // the browser's back gesture or button
  };
  Kind kind = Kind::activated;
  std::string id;
  std::string text;
};

}  // namespace tacet::ui
