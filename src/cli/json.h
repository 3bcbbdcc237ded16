// What the messenger shows, as JSON objects for bots and tests (README.md beside this file lists the fields).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "client/view.h"

namespace tacet::cli {

[[nodiscard]] std::string_view name_of(client::Problem problem);  // "relay_busy"
[[nodiscard]] std::string_view name_of(client::Delivery delivery);

[[nodiscard]] nlohmann::json message_json(const client::ConversationView& conversation,
                                          const client::MessageView& message);
[[nodiscard]] nlohmann::json contact_json(const client::ConversationView& conversation);
[[nodiscard]] nlohmann::json invitation_json(const client::InvitationView& invitation);

// One line; never fails on what people wrote.
[[nodiscard]] std::string line_of(const nlohmann::json& object);

}  // namespace tacet::cli
