#include "ui/screens/settings_sheet.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "client/messenger.h"

namespace tacet::ui {

using words::Word;

namespace {

constexpr std::string_view kVersion = "0.1.0";

}  // namespace

bool SettingsSheet::draw(Ui& ui, const client::View& view, Desk& desk, Settings& settings) {
  const Palette& p = ui.ink();
  if (!started_) {
    started_ = true;
    name_ = view.my_name;
  }
  Column column = sheet_.begin(ui, "settings", ui.word(Word::settings));
  section(ui, "settings.name.title", column, ui.word(Word::your_name));
  FieldOptions options;
  options.label = options.placeholder = ui.word(Word::your_name);
  options.description = ui.word(Word::name_text);
  options.max_length = client::Messenger::kMaxName;
  options.autocomplete = "nickname";
  options.ground = p.background;
  const FieldEvents events = field(ui, "settings.name", column.take(size::kField), name_, options);
  if (name_ != view.my_name) {
    column.gap(space::k2);
    if (button(ui, "settings.name.save", column.take(size::kTouch), ui.word(Word::save), Look::secondary) ||
        events.submitted) {
      name_ = std::string(clip_utf8(name_, client::Messenger::kMaxName));
      ui.intend(client::SetMyName{name_});
    }
  }
  column.gap(space::k5);

  section(ui, "settings.theme.title", column, ui.word(Word::theme));
  const std::size_t theme =
      segmented(ui, "settings.theme", column.take(46), ui.word(Word::theme),
                {std::string(ui.word(Word::theme_system)), std::string(ui.word(Word::theme_light)),
                 std::string(ui.word(Word::theme_dark))},
                !settings.theme                   ? 0u
                : *settings.theme == Theme::light ? 1u
                                                  : 2u);
  settings.theme = theme == 0 ? std::nullopt : std::optional(theme == 1 ? Theme::light : Theme::dark);
  column.gap(space::k5);

  section(ui, "settings.language.title", column, ui.word(Word::language));
  const std::size_t language =
      segmented(ui, "settings.language", column.take(46), ui.word(Word::language),
                {std::string(ui.word(Word::language_system)), std::string(ui.word(Word::language_english)),
                 std::string(ui.word(Word::language_french))},
                !settings.language                               ? 0u
                : *settings.language == words::Language::english ? 1u
                                                                 : 2u);
  settings.language = language == 0
                          ? std::nullopt
                          : std::optional(language == 1 ? words::Language::english : words::Language::french);
  column.gap(space::k5);

  section(ui, "settings.relay.title", column, ui.word(Word::relay));
  const RelayLine relay = relay_line(ui, view);
  dot(ui, column.x + 4, column.y + 10, 4, relay.good ? p.good : relay.waiting ? p.ember : p.muted);
  column.y += said(ui, "settings.relay", column.x + 18, column.y, column.w - 18, relay.words,
                   type::kSecondary, p.ink, Align::left, Role::status);
  if (relay.waiting && ui.env().online) {
    column.gap(space::k2);
    if (button(ui, "settings.retry", column.take(size::kTouch), ui.word(Word::try_now), Look::secondary))
      ui.intend(client::RetryNow{});
  }
  column.gap(space::k5);

  if (view.ephemeral) {
    hint_card(ui, "settings.session", column, ui.word(Word::session_text), Icon::alert);
    column.gap(space::k3);
  } else {
    section(ui, "settings.lock_after.title", column, ui.word(Word::lock_after));
    const auto chosen = std::find(std::begin(kLockAfter), std::end(kLockAfter), settings.lock_after);
    settings.lock_after = kLockAfter[segmented(
        ui, "settings.lock_after", column.take(46), ui.word(Word::lock_after),
        {std::string(ui.word(Word::lock_after_minute)), std::string(ui.word(Word::lock_after_minutes)),
         std::string(ui.word(Word::lock_after_hour)), std::string(ui.word(Word::lock_never))},
        static_cast<std::size_t>(chosen - std::begin(kLockAfter)))];
    column.gap(space::k3);
  }
  bool vault = false;
  if (!view.ephemeral) {
    vault = button(ui, "settings.vault", column.take(size::kButton), ui.word(Word::vault), Look::secondary,
                   {.icon = Icon::shield});
    column.gap(space::k2);
  }
  const bool lock = button(ui, "settings.lock", column.take(size::kButton),
                           ui.word(view.ephemeral ? Word::end_session : Word::lock_now),
                           view.ephemeral ? Look::danger : Look::secondary, {.icon = Icon::lock});
  column.gap(space::k6);
  section(ui, "settings.protection.title", column, ui.word(Word::protection));
  const bool shared = view.share.state == client::ShareView::State::settled ||
                      view.share.state == client::ShareView::State::behind;
  column.y +=
      said(ui, "settings.protection", column.x, column.y, column.w,
           ui.word(shared ? Word::protection_shared : Word::protection_text), type::kSecondary, p.ink);
  column.gap(space::k2);
  column.y += said(ui, "settings.limits", column.x, column.y, column.w, ui.word(Word::protection_limits),
                   type::kSecondary, p.muted);
  if (!ui.env().secure_context) {
    column.gap(space::k3);
    hint_card(ui, "settings.plain_http", column, ui.word(Word::plain_http), Icon::alert);
  }
  column.gap(space::k4);
  column.y += said(ui, "settings.version", column.x, column.y, column.w, ui.word(Word::version, {kVersion}),
                   type::kSmall, p.muted);
  if (lock) ui.intend(client::Lock{});
  const bool closed = sheet_.end(ui, column);
  if (vault) desk.sheet = Open::vault;
  if (!closed && !lock && !vault) return true;
  started_ = false;
  sheet_.reset(ui);
  return false;
}

}  // namespace tacet::ui
