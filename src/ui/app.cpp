#include "ui/app.h"

#include <imgui.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "ui/screens/awaiting_share.h"
#include "ui/screens/desk_screen.h"
#include "ui/screens/recovery.h"
#include "ui/screens/unlock.h"
#include "ui/screens/welcome.h"
#include "ui/settings.h"
#include "ui/ui.h"

namespace tacet::ui {

using client::Phase;
using words::Word;

class App::Impl {
 public:
  Impl(RunText& runs, std::string_view kept) : ui_(runs), settings_(Settings::parse(kept)) {}

  Ui& ui() { return ui_; }
  void invitation_link(std::string link) { link_ = std::move(link); }

  void backup_chosen(ByteVector file) {
    if (phase_ == Phase::welcome) welcome_.backup(std::move(file));
  }

  Output frame(const client::View& view, const Environment& env, Time now,
               const std::vector<MirrorEvent>& events) {
    enter(view);
    const Theme theme = settings_.theme.value_or(env.theme);
    const words::Language language = settings_.language.value_or(words::language_of(env.language));
    const bool veiled = !env.has_focus && (view.phase == Phase::open || view.phase == Phase::recovery);
    ui_.begin(env, now, events, theme, language, veiled);
    const Settings before = settings_;
    draw(view);
    lock_when_idle(view, now, !events.empty());
    if (veiled) draw_veil();
    ui_.draw_toast();
    if (settings_ != before) {
      ui_.request(KeepSettings{settings_.text()});
      ui_.animate();  // the rest of the frame was drawn the old way
    }
    return ui_.end();
  }

  [[nodiscard]] std::string snapshot() const;

 private:
  // Screens live as long as their phase, and take what was typed into them along when they go.
  void enter(const client::View& view) {
    const Phase phase = view.phase;
    if (phase == Phase::creating || phase == Phase::recovery) ask_name_ = true;
    if (phase == Phase::open && phase_ == Phase::welcome) ask_name_ = true;  // this session only
    if (phase == Phase::locked || phase == Phase::welcome) ask_name_ = false;
    if (phase == phase_) return;
    const bool unlocking = (phase == Phase::locked || phase == Phase::unlocking) &&
                           (phase_ == Phase::locked || phase_ == Phase::unlocking);
    const bool creating = (phase == Phase::welcome || phase == Phase::creating) &&
                          (phase_ == Phase::welcome || phase_ == Phase::creating);
    if (!unlocking) unlock_ = {};
    if (!creating) welcome_ = {};
    awaiting_ = {};
    recovery_ = {};
    unusable_ = {};
    name_ = {};
    desk_ = {};
    waiting_ = {};
    phase_ = phase;
  }

  void draw(const client::View& view) {
    switch (view.phase) {
      case Phase::starting:
        return draw_waiting(ui_, waiting_, "starting", ui_.word(Word::starting), ui_.word(Word::one_moment));
      case Phase::welcome:
        return welcome_.draw(ui_, view);
      case Phase::creating:
        return draw_waiting(ui_, waiting_, "creating", ui_.word(Word::creating_title),
                            ui_.word(Word::creating_text));
      case Phase::recovery:
        return recovery_.draw(ui_, view);
      case Phase::locked:
        return unlock_.draw(ui_, view);
      case Phase::unlocking:
        return draw_waiting(ui_, waiting_, "unlocking",
                            ui_.word(view.touching ? Word::key_touch : Word::unlocking),
                            ui_.word(view.touching ? Word::key_touch_text : Word::unlocking_text));
      case Phase::awaiting_share:
        return awaiting_.draw(ui_, view);
      case Phase::unusable:
        return unusable_.draw(ui_, view);
      case Phase::open:
        break;
    }
    if (ask_name_ && view.my_name.empty()) {
      if (name_.draw(ui_)) {
        ask_name_ = false;
        ui_.animate();
      }
      return;
    }
    ask_name_ = false;
    if (!link_.empty()) ui_.intend(client::OpenInvitation{std::exchange(link_, {})});
    desk_.draw(ui_, view, settings_);
  }

  // Input is what the mirror told and what ImGui saw. A session that keeps nothing would be lost: it stays
  // open.
  void lock_when_idle(const client::View& view, Time now, bool told) {
    if (view.phase != Phase::open || view.ephemeral || settings_.lock_after == kNeverLock) {
      active_at_.reset();
      return;
    }
    const ImGuiIO& io = ImGui::GetIO();
    const bool touched =
        io.MouseDelta.x != 0 || io.MouseDelta.y != 0 || io.MouseWheel != 0 ||
        std::any_of(std::begin(io.MouseDown), std::end(io.MouseDown), [](bool down) { return down; });
    if (!active_at_ || told || touched || now < *active_at_) active_at_ = now;
    const Time locks_at = *active_at_ + settings_.lock_after;
    if (now >= locks_at) return ui_.intend(client::Lock{});
    ui_.wake_at(locks_at);
  }

  void draw_veil() {
    const Palette& p = ui_.ink();
    const Environment& env = ui_.env();
    fill(ui_, {0, 0, env.width, env.height}, p.background);
    const float x = env.width / 2, y = env.height / 2;
    ring(ui_, x, y - 44, 0.75f, p.ember, p.line, 52, 5);
    paragraph(ui_, space::k6, y, env.width - 2 * space::k6, ui_.word(Word::hidden), type::kBody, p.muted,
              Align::centre);
  }

  Ui ui_;
  Settings settings_;
  Phase phase_ = Phase::starting;
  bool ask_name_ = false;
  std::optional<Time> active_at_;  // the last input, while it counts
  std::string link_;
  Page waiting_;
  WelcomeScreen welcome_;
  NameScreen name_;
  RecoveryScreen recovery_;
  UnlockScreen unlock_;
  AwaitingShareScreen awaiting_;
  UnusableScreen unusable_;
  DeskScreen desk_;
};

std::string App::Impl::snapshot() const {
  const char* screen = "open";
  switch (phase_) {
    case Phase::starting:
      screen = "starting";
      break;
    case Phase::welcome:
      screen = "welcome";
      break;
    case Phase::creating:
      screen = "creating";
      break;
    case Phase::recovery:
      screen = "recovery";
      break;
    case Phase::locked:
      screen = "locked";
      break;
    case Phase::unlocking:
      screen = "unlocking";
      break;
    case Phase::awaiting_share:
      screen = "awaiting_share";
      break;
    case Phase::unusable:
      screen = "unusable";
      break;
    case Phase::open:
      screen = ask_name_ ? "name" : "open";
      break;
  }
  constexpr const char* kSheets[] = {"", "new_contact", "clocks", "details", "remove", "settings", "vault"};
  const Desk& desk = desk_.desk();
  return std::string("{\"screen\":\"") + screen + "\",\"conversation\":\"" +
         (desk.contact ? to_hex(desk.contact->view()) : "") + "\",\"sheet\":\"" +
         kSheets[static_cast<std::size_t>(desk.sheet)] + "\"}";
}

App::App(RunText& runs, std::string_view kept_settings)
    : impl_(std::make_unique<Impl>(runs, kept_settings)) {}
App::~App() = default;

void App::load_fonts(ByteView regular, ByteView semibold, float) {
  impl_->ui().load_fonts(regular, semibold);  // ImGui rasterises for the density of each frame
}

void App::invitation_link(std::string link) {
  impl_->invitation_link(std::move(link));
}

void App::backup_chosen(ByteVector file) {
  impl_->backup_chosen(std::move(file));
}

Output App::frame(const client::View& view, const Environment& environment, Time now,
                  const std::vector<MirrorEvent>& events) {
  return impl_->frame(view, environment, now, events);
}

std::string App::snapshot() const {
  return impl_->snapshot();
}

}  // namespace tacet::ui
