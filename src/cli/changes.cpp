#include "cli/changes.h"

#include <nlohmann/json.hpp>

#include "cli/json.h"

namespace tacet::cli {

using nlohmann::json;

namespace {

std::string_view state_of(client::RelayView::State state) {
  switch (state) {
    case client::RelayView::State::idle:
      return "idle";
    case client::RelayView::State::connecting:
      return "connecting";
    case client::RelayView::State::online:
      return "online";
    case client::RelayView::State::waiting:
      return "waiting";
  }
  return "";
}

json relay_json(const client::RelayView& relay) {
  return {{"event", "relay"},
          {"relay", relay.address.url()},
          {"state", state_of(relay.state)},
          {"problem", relay.problem ? json(name_of(*relay.problem)) : json(nullptr)}};
}

// What identifies an object: a later one with the same key replaces it.
std::string key_of(const json& object) {
  for (const char* field : {"id", "contact", "relay"}) {
    if (object.contains(field))
      return object["event"].get<std::string>() + ' ' + object[field].get<std::string>();
  }
  return {};
}

}  // namespace

std::vector<json> Changes::since(const client::View& view) {
  std::vector<json> all;
  for (const auto& relay : view.relays) all.push_back(relay_json(relay));
  for (const auto& invitation : view.invitations) all.push_back(invitation_json(invitation));
  for (const auto& conversation : view.conversations) {
    all.push_back(contact_json(conversation));
    for (const auto& message : conversation.messages) all.push_back(message_json(conversation, message));
  }

  std::vector<json> out;
  std::map<std::string, std::string> now;
  for (json& object : all) {
    const std::string key = key_of(object);
    std::string line = line_of(object);
    const auto before = told_.find(key);
    const bool same = before != told_.end() && before->second == line;
    now.emplace(key, std::move(line));
    if (!same) out.push_back(std::move(object));
  }
  for (const auto& [key, line] : told_) {
    if (now.count(key) != 0) continue;
    const json gone = json::parse(line);
    json object = {{"event", "gone"}, {"was", gone["event"]}};
    for (const char* field : {"id", "contact"}) {
      if (gone.contains(field)) object[field] = gone[field];
    }
    out.push_back(std::move(object));
  }
  told_ = std::move(now);
  return out;
}

}  // namespace tacet::cli
