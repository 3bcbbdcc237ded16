// What tests see of the program: counts and states, no text that anybody wrote.
#include "browser/host.h"
#include "browser/json.h"

namespace tacet::browser {
namespace {

std::string_view name_of(client::Phase phase) {
  using client::Phase;
  switch (phase) {
    case Phase::starting:
      return "starting";
    case Phase::welcome:
      return "welcome";
    case Phase::creating:
      return "creating";
    case Phase::recovery:
      return "recovery";
    case Phase::locked:
      return "locked";
    case Phase::unlocking:
      return "unlocking";
    case Phase::awaiting_share:
      return "awaiting_share";
    case Phase::open:
      return "open";
    case Phase::unusable:
      return "unusable";
  }
  return "";
}

std::string_view name_of(client::RelayView::State state) {
  using State = client::RelayView::State;
  switch (state) {
    case State::idle:
      return "idle";
    case State::connecting:
      return "connecting";
    case State::online:
      return "online";
    case State::waiting:
      return "waiting";
  }
  return "";
}

std::string_view name_of(StorageState state) {
  switch (state) {
    case StorageState::ready:
      return "ready";
    case StorageState::missing:
      return "missing";
    case StorageState::elsewhere:
      return "elsewhere";
    case StorageState::opening:
      return "opening";
  }
  return "";
}

}  // namespace

WipedString Host::snapshot() const {
  const client::View& shown = view();
  std::uint64_t messages = 0, unseen = 0;
  for (const client::ConversationView& conversation : shown.conversations) {
    messages += conversation.messages.size();
    unseen += conversation.unseen;
  }
  const auto count = [](std::uint64_t n) { return static_cast<double>(n); };

  JsonWriter out;
  out.begin('{');
  out.key("phase").text(name_of(shown.phase));
  out.key("problem").number(shown.problem ? static_cast<double>(*shown.problem) : -1);
  out.key("ephemeral").flag(shown.ephemeral);
  out.key("storage").text(name_of(storage_));
  out.key("saving").flag(shown.saving);
  out.key("conversations").number(count(shown.conversations.size()));
  out.key("messages").number(count(messages));
  out.key("unseen").number(count(unseen));
  out.key("invitations").number(count(shown.invitations.size()));
  out.key("notices").number(count(shown.notices.size()));
  out.key("relays").begin('[');
  for (const client::RelayView& relay : shown.relays) out.text(name_of(relay.state));
  out.end(']');
  out.key("frames").number(count(frames_drawn_));
  out.key("drawing").flag(frames_wanted_ > 0);
  out.key("graphics").flag(renderer_.usable());
  out.key("textureBytes").number(count(runs_.texture_bytes()));
  out.key("ui").raw(app_->snapshot());
  out.end('}');
  return out.take();
}

}  // namespace tacet::browser
