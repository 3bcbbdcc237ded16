// The whole interface: reads the client's view, draws one ImGui frame, says what the mirror holds and what
// the person wants. Knows no browser, no crypto, no storage.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/event.h"
#include "client/view.h"
#include "ui/mirror.h"
#include "ui/run_text.h"

namespace tacet::ui {

enum class Theme : std::uint8_t { light, dark };

// What the browser says about what it keeps for us.
struct Storage {
  std::uint64_t used = 0, available = 0;  // bytes
  bool kept = false;                      // it does not throw it away by itself
};

enum class SecurityKeys : std::uint8_t {
  none,      // this page cannot ask for one
  possible,  // it can
  set,       // and one opens the vault that is here
};

struct Environment {
  float width = 0, height = 0;  // CSS pixels
  float pixel_ratio = 1;
  float safe_top = 0, safe_right = 0, safe_bottom = 0, safe_left = 0;  // CSS pixels
  Theme theme = Theme::light;                                          // what the system prefers
  std::string language = "en";                                         // what the browser prefers
  int utc_offset_minutes = 0;                                          // local time minus UTC
  bool reduced_motion = false;
  bool more_contrast = false;
  bool has_focus = true;  // the window has the person's attention: messages on screen count as shown
  bool online = true;
  bool secure_context = true;      // https or loopback
  bool coarse_pointer = false;     // touch
  std::optional<Storage> storage;  // nothing: the browser does not say, or was not asked yet
  SecurityKeys security_keys = SecurityKeys::none;
  bool vault_evicted = false;  // there was a vault here once, and nobody erased it
};

// Things only the host can do.
struct CopyText {
  std::string text;  // to the clipboard
};
struct KeepSettings {  // theme, language and the like, nothing secret: kept by the host outside the vault
  std::string text;
};
struct PickBackup {};      // a file of the person's choice, for App::backup_chosen
struct MeasureStorage {};  // Environment::storage, please
struct ReloadPage {};
struct TakeOver {};  // Problem::open_elsewhere: the vault shall be open here, and there no more
using HostRequest = std::variant<CopyText, KeepSettings, PickBackup, MeasureStorage, ReloadPage, TakeOver>;

// A bubble that burns away right now. ImGui draws it; a host with a better fire may draw over it.
struct Burning {
  Rect bubble;
  float x = 0, y = 0;  // where the fire starts: the middle of the ring
  float progress = 0;  // 0 to 1
};

struct Output {
  std::vector<client::Event> intents;
  std::vector<HostRequest> requests;
  Mirror mirror;
  std::vector<Burning> burning;
  bool animating = false;             // wants another frame soon, without input
  std::optional<Time> next_frame_at;  // wants a frame at this time (a clock on screen moves); nothing: none
};

class App {
 public:
  App(RunText& runs, std::string_view kept_settings);
  ~App();

  // Once per ImGui context, before the first frame, and when pixel_ratio changes.
  void load_fonts(ByteView regular, ByteView semibold, float pixel_ratio);

  // The browser opened this page with an invitation link: shown as soon as the vault is open.
  void invitation_link(std::string link);

  // The person has picked this file to restore from.
  void backup_chosen(ByteVector file);

  // Between ImGui::NewFrame and ImGui::Render.
  [[nodiscard]] Output frame(const client::View& view, const Environment& environment, Time now,
                             const std::vector<MirrorEvent>& events);

  // For tests: what is on the screen in a few words (screen, open conversation), JSON.
  [[nodiscard]] std::string snapshot() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tacet::ui
