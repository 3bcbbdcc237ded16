#include "relay/invites.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "relay/admin.h"

namespace tacet::relay {
namespace {

using nlohmann::json;

constexpr int kRefused = 1;

int complain(const std::string& sentence) {
  fmt::print(stderr, "{}\n", sentence);
  return kRefused;
}

void show(const json& invites) {
  if (invites.empty())
    fmt::print("There are no invites. Make one: tacet-relay invites add LABEL --mailboxes N\n");
  for (const json& invite : invites) {
    const auto left = invite.at("mailboxes").get<std::uint32_t>();
    std::string until = "for ever";
    if (invite.contains("until_ms")) {
      const std::time_t at = invite.at("until_ms").get<std::int64_t>() / 1000;
      until = fmt::format("{} {:%Y-%m-%d %H:%M} UTC", invite.at("over").get<bool>() ? "over since" : "until",
                          fmt::gmtime(at));
    }
    fmt::print("{:>10} mailboxes left  {:<28}  {}\n", left, until, invite.at("label").get<std::string>());
  }
}

}  // namespace

int run_invites(const InvitesCommand& command, const std::string& folder) {
  json request{{"do", command.what}};
  if (command.what != "list") request["label"] = command.label;
  if (command.what == "add") request["mailboxes"] = command.mailboxes;
  if (command.days) request["days"] = *command.days;
  // A label that is no UTF-8 becomes one that the relay refuses.
  const auto said = ask_relay(folder, request.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!said) return complain(said.error());
  const json answer = json::parse(*said, nullptr, false);
  if (!answer.is_object())
    return complain("The relay answered something else than it should. Is it another version?");
  if (answer.contains("error")) return complain(answer["error"].get<std::string>());
  if (answer.contains("code")) {
    fmt::print("{}\n", answer["code"].get<std::string>());
    fmt::print(stderr, "Give this code to \"{}\". It is shown only now: the relay keeps a hash of it.\n",
               command.label);
  } else if (answer.contains("invites")) {
    show(answer["invites"]);
  }
  return 0;
}

}  // namespace tacet::relay
