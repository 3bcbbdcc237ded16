#include "ui/screens/desk.h"

#include "base/text.h"
#include "words/calendar.h"

namespace tacet::ui {

using words::Word;

std::string short_fingerprint(const client::Fingerprint& fingerprint, int groups) {
  std::string out;
  for (int i = 0; i < groups; ++i) {
    if (i > 0) out += ' ';
    out += to_hex(fingerprint.view().subspan(2 * static_cast<std::size_t>(i), 2));
  }
  return out;
}

std::string name_of(const Ui& ui, const client::ConversationView& conversation) {
  if (!conversation.name.empty()) return conversation.name;
  return ui.word(Word::name_and_fingerprint, {short_fingerprint(conversation.fingerprint)});
}

std::string dom_id(std::string_view prefix, ByteView id) {
  return std::string(prefix) + "." + to_hex(id);
}

RelayLine relay_line(Ui& ui, const client::View& view) {
  if (!ui.env().online) return {std::string(ui.word(Word::device_offline)), false, true};
  const auto it = std::find_if(view.relays.begin(), view.relays.end(),
                               [&](const auto& r) { return r.address == view.home_relay; });
  const std::string& host = view.home_relay.host;
  if (it == view.relays.end()) return {std::string(ui.word(Word::relay_idle)), false, false};
  switch (it->state) {
    case client::RelayView::State::online:
      return {ui.word(Word::relay_online, {host}), true, false};
    case client::RelayView::State::connecting:
      return {ui.word(Word::relay_connecting, {host}), false, false};
    case client::RelayView::State::idle:
      return {std::string(ui.word(Word::relay_idle)), false, false};
    case client::RelayView::State::waiting:
      break;
  }
  const Millis left = it->next_try ? *it->next_try - ui.now() : Millis(0);
  if (left < Seconds(2)) return {ui.word(Word::relay_waiting_soon, {host}), false, true};
  // Counted in seconds below a minute, so that one sees it coming.
  ui.wake_at(ui.now() + (left < Minutes(1) ? Millis(1000) : words::until_time_left_changes(left)));
  const auto seconds = std::chrono::duration_cast<Seconds>(left);
  const std::string when =
      left < Minutes(1) ? words::duration(ui.language(), seconds) : words::time_left(ui.language(), left);
  return {ui.word(Word::relay_waiting, {host, when}), false, true};
}

}  // namespace tacet::ui
