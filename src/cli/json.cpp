#include "cli/json.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace tacet::cli {

using nlohmann::json;

namespace {

json seconds(Seconds length) {
  return length.count();
}

json at(const std::optional<Time>& time) {
  return time ? json(to_millis(*time)) : json(nullptr);
}

std::string_view name_of(client::ContactState state) {
  switch (state) {
    case client::ContactState::request_received:
      return "request_received";
    case client::ContactState::request_sent:
      return "request_sent";
    case client::ContactState::accepted:
      return "accepted";
  }
  return "";
}

}  // namespace

std::string_view name_of(client::Problem problem) {
  switch (problem) {
#define TACET_PROBLEM(key, ...) \
  case client::Problem::key:    \
    return #key;
#include "words/problems.inc"
#undef TACET_PROBLEM
  }
  return "";
}

std::string_view name_of(client::Delivery delivery) {
  switch (delivery) {
    case client::Delivery::saving:
      return "saving";
    case client::Delivery::waiting:
      return "waiting";
    case client::Delivery::sent:
      return "sent";
    case client::Delivery::delivered:
      return "delivered";
    case client::Delivery::read:
      return "read";
    case client::Delivery::failed:
      return "failed";
  }
  return "";
}

json message_json(const client::ConversationView& conversation, const client::MessageView& message) {
  json out = {
      {"event", "message"},
      {"contact", to_hex(conversation.contact.view())},
      {"name", conversation.name},
      {"id", to_hex(message.id.view())},
      {"mine", message.mine},
      {"kind", message.kind == client::MessageKind::text ? "text" : "expired_unread"},
      {"text", std::string(as_text(message.text))},
      {"sent_at", to_millis(message.sent_at)},
      {"received_at", to_millis(message.received_at)},
      {"expires_at", to_millis(message.expires_at)},
      {"burn_after", seconds(message.burn_after)},
      {"burns_at", at(message.burns_at)},
  };
  if (message.mine) {
    out["delivery"] = name_of(message.delivery);
    out["problem"] = message.problem ? json(name_of(*message.problem)) : json(nullptr);
  } else {
    out["seen"] = message.seen;
  }
  return out;
}

json contact_json(const client::ConversationView& conversation) {
  return {
      {"event", "contact"},
      {"contact", to_hex(conversation.contact.view())},
      {"name", conversation.name},
      {"their_name", conversation.their_name},
      {"state", name_of(conversation.state)},
      {"fingerprint", to_hex(conversation.fingerprint.view())},
      {"verified", conversation.verified},
      {"safety_number", conversation.safety_number},
      {"relay", conversation.relay},
      {"expires_after", seconds(conversation.clocks.expires_after)},
      {"burn_after", seconds(conversation.clocks.burn_after)},
      {"unseen", conversation.unseen},
      {"problem", conversation.problem ? json(name_of(*conversation.problem)) : json(nullptr)},
  };
}

json invitation_json(const client::InvitationView& invitation) {
  return {
      {"event", "invitation"},
      {"id", to_hex(invitation.id.view())},
      {"label", invitation.label},
      {"link", invitation.link},
      {"uses_left", invitation.unlimited ? json(nullptr) : json(invitation.uses_left)},
      {"ready", invitation.ready},
      {"expires_at", to_millis(invitation.expires_at)},
      {"problem", invitation.problem ? json(name_of(*invitation.problem)) : json(nullptr)},
  };
}

std::string line_of(const json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tacet::cli
