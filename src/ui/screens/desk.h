// What lies open while the vault is: shared by the screens of Phase::open, gone with the lock.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "client/view.h"
#include "ui/text.h"

namespace tacet::ui {

enum class Open : std::uint8_t { nothing, new_contact, clocks, details, remove, settings, vault };

struct Desk {
  std::optional<client::ContactId> contact;  // the open conversation
  Open sheet = Open::nothing;
  bool has_link = false;                             // the new-contact sheet opens where a link can be pasted
  bool details_beside = false;                       // where there is room, details are a third pane
  std::map<client::ContactId, std::string> drafts;   // not yet sent
  std::map<client::ContactId, client::Clocks> once;  // clocks for the next message only
};

[[nodiscard]] inline const client::ConversationView* conversation_of(
    const client::View& view, const std::optional<client::ContactId>& contact) {
  if (!contact) return nullptr;
  const auto it = std::find_if(view.conversations.begin(), view.conversations.end(),
                               [&](const auto& c) { return c.contact == *contact; });
  return it == view.conversations.end() ? nullptr : &*it;
}

// Four groups of four digits of the fingerprint: to tell apart those who have no name.
[[nodiscard]] std::string short_fingerprint(const client::Fingerprint& fingerprint, int groups = 1);
// The name, or "Unnamed 3f2a".
[[nodiscard]] std::string name_of(const Ui& ui, const client::ConversationView& conversation);
[[nodiscard]] std::string dom_id(std::string_view prefix, ByteView id);

// One line about how the home relay is doing.
struct RelayLine {
  std::string words;
  bool good = false, waiting = false;
};
[[nodiscard]] RelayLine relay_line(Ui& ui, const client::View& view);

}  // namespace tacet::ui
