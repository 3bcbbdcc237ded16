// The bot's loop: everything that changes goes out as JSON lines, commands come in as JSON lines.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/changes.h"
#include "cli/commands.h"
#include "cli/duration.h"
#include "cli/json.h"

namespace tacet::cli {

using nlohmann::json;
using words::Word;

namespace {

// Commands name their fields as the output does. Each returns a wish or nothing.
class Commands {
 public:
  Commands(Host& host, const Terminal& terminal) : host_(host), terminal_(terminal) {}

  [[nodiscard]] bool quit() const { return quit_; }

  void obey(const std::string& line) {
    const json command = json::parse(line, nullptr, false);
    const std::string verb = text(command, "do");
    const auto wish = wish_of(verb, command);
    if (verb == "quit") {
      quit_ = true;
    } else if (!wish) {
      say_error(command, words::say(terminal_.language(), Word::command_unclear));
    } else {
      host_.tell(*wish);
      json answer = {{"event", "done"}, {"do", verb}};
      if (command.contains("tag")) answer["tag"] = command["tag"];
      terminal_.print(line_of(answer));
    }
  }

 private:
  static std::string text(const json& command, const char* field) {
    if (!command.is_object() || !command.contains(field) || !command[field].is_string()) return {};
    return command[field].get<std::string>();
  }

  void say_error(const json& command, std::string_view sentence) const {
    json answer = {{"event", "error"}, {"text", sentence}};
    if (command.is_object() && command.contains("tag")) answer["tag"] = command["tag"];
    terminal_.print(line_of(answer));
  }

  const client::ConversationView* contact(const json& command) const {
    const std::string wanted = text(command, "contact");
    for (const auto& conversation : host_.view().conversations) {
      if (to_hex(conversation.contact.view()) == wanted) return &conversation;
    }
    return nullptr;
  }

  // Nothing unless both are lengths of time and in range.
  static std::optional<client::Clocks> clocks(const json& command, client::Clocks usual) {
    for (const char* field : {"expires", "burn"}) {
      if (!command.contains(field)) continue;
      const auto length = parse_duration(text(command, field));
      if (!length) return std::nullopt;
      (field == std::string_view("burn") ? usual.burn_after : usual.expires_after) = *length;
    }
    return usual.in_range() ? std::optional(usual) : std::nullopt;
  }

  std::optional<client::Event> wish_of(const std::string& verb, const json& command) const {
    if (!command.is_object()) return std::nullopt;
    if (verb == "invite") {
      const auto lifetime =
          command.contains("lifetime") ? parse_duration(text(command, "lifetime")) : Days(7);
      const json uses = command.value("uses", json(1));
      if (!lifetime || !uses.is_number_unsigned() || uses > 1'000'000) return std::nullopt;
      return client::MakeInvitation{text(command, "label"), uses.get<std::uint32_t>(), *lifetime};
    }
    if (verb == "open") return client::OpenInvitation{text(command, "link")};
    if (verb == "introduce") return client::Introduce{text(command, "text")};
    if (verb == "name") return client::SetMyName{text(command, "name")};
    const auto* conversation = contact(command);
    if (conversation == nullptr) return std::nullopt;
    const client::ContactId id = conversation->contact;
    if (verb == "approve") return client::AcceptRequest{id};
    if (verb == "decline") return client::DeclineRequest{id};
    if (verb == "remove") return client::RemoveContact{id};
    if (verb == "send") {
      const auto chosen = clocks(command, conversation->clocks);
      return chosen ? std::optional<client::Event>(client::SendText{id, text(command, "text"), chosen})
                    : std::nullopt;
    }
    if (verb == "clocks") {
      const auto chosen = clocks(command, conversation->clocks);
      return chosen ? std::optional<client::Event>(client::SetClocks{id, *chosen}) : std::nullopt;
    }
    if (verb == "read") {
      client::Shown shown{id, {}};
      for (const auto& message : conversation->messages) {
        if (!message.mine && !message.seen) shown.messages.push_back(message.id);
      }
      return shown;
    }
    return std::nullopt;
  }

  Host& host_;
  const Terminal& terminal_;
  bool quit_ = false;
};

json opening_json(const client::OpeningView& opening) {
  constexpr std::string_view kStates[] = {"fetching", "ready", "sending", "failed"};
  return {{"event", "opening"},
          {"state", kStates[static_cast<std::size_t>(opening.state)]},
          {"fingerprint", to_hex(opening.fingerprint.view())},
          {"label", opening.label},
          {"problem", opening.problem ? json(name_of(*opening.problem)) : json(nullptr)}};
}

}  // namespace

int listen(const Options& options, const Terminal& terminal) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  Changes changes;
  std::string opening;
  std::uint64_t last_notice = 0;
  const auto tell = [&](const client::View& view) {
    for (const json& change : changes.since(view)) terminal.print(line_of(change));
    const std::string now = view.opening ? line_of(opening_json(*view.opening)) : "";
    if (now != opening && !now.empty()) terminal.print(now);
    opening = now;
    for (const client::NoticeView& notice : view.notices) {
      if (notice.id <= last_notice) continue;
      last_notice = notice.id;
      terminal.print(line_of({{"event", "notice"},
                              {"problem", name_of(notice.problem)},
                              {"text", words::explain_in_full(terminal.language(), notice.problem)},
                              {"count", notice.count}}));
    }
  };
  tell(host.view());
  host.on_change = tell;

  Commands commands(host, terminal);
  bool ended = false;
  host.loop().read_lines([&](std::optional<std::string> line) {
    if (!line) {
      ended = true;
    } else if (!line->empty()) {
      commands.obey(*line);
    }
  });
  host.wait(Time::max(), [&](const client::View& view) {
    return commands.quit() || ended || view.phase != client::Phase::open;
  });
  if (host.view().phase != client::Phase::open) {
    if (host.view().problem) terminal.complain(*host.view().problem);
    return no_vault;
  }
  host.settle(Loop::now() + Seconds(5));  // what was said last goes out
  return done;
}

}  // namespace tacet::cli
