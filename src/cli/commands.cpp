#include "cli/commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/duration.h"
#include "cli/json.h"
#include "words/calendar.h"

namespace tacet::cli {

using client::ContactState;
using client::ConversationView;
using client::MessageView;
using client::View;
using words::Word;

namespace {

constexpr std::size_t kShortNumber = 8;  // hex digits of a contact's number shown in lists

Time deadline(const Options& options) {
  return Loop::now() + Seconds(options.wait.value_or(30));
}

std::string number_of(const ConversationView& conversation) {
  return to_hex(conversation.contact.view()).substr(0, kShortNumber);
}

std::string name_of(const ConversationView& conversation, const Terminal& terminal) {
  if (!conversation.name.empty()) return printable(conversation.name);
  return words::say(terminal.language(), Word::name_and_fingerprint,
                    {to_hex(conversation.fingerprint.view()).substr(0, kShortNumber)});
}

void print_message(const ConversationView& conversation, const MessageView& message, const Options& options,
                   const Terminal& terminal) {
  if (options.json) {
    terminal.print(line_of(message_json(conversation, message)));
    return;
  }
  const words::Language language = terminal.language();
  const auto who =
      message.mine ? std::string(words::say(language, Word::you)) : name_of(conversation, terminal);
  const auto left = words::time_left(language, message.ends_at() - Loop::now());
  const Word ends =
      message.burns_at && *message.burns_at < message.expires_at ? Word::burns_in : Word::expires_in;
  std::string text = message.kind == client::MessageKind::text
                         ? printable(as_text(message.text))
                         : std::string(words::say(language, Word::expired_unread));
  terminal.print(who + ": " + text + "  (" + words::say(language, ends, {left}) + ")");
}

std::vector<client::MessageId> unseen(const ConversationView& conversation) {
  std::vector<client::MessageId> out;
  for (const MessageView& message : conversation.messages) {
    if (!message.mine && !message.seen) out.push_back(message.id);
  }
  return out;
}

bool anything_unseen(const View& view) {
  return std::any_of(view.conversations.begin(), view.conversations.end(), [](const auto& conversation) {
    return conversation.state == ContactState::accepted && !unseen(conversation).empty();
  });
}

const ConversationView* conversation_of(const View& view, const client::ContactId& contact) {
  for (const ConversationView& conversation : view.conversations) {
    if (conversation.contact == contact) return &conversation;
  }
  return nullptr;
}

// The newest message of ours, if it is not `before`.
const MessageView* new_message(const View& view, const client::ContactId& contact,
                               const std::optional<client::MessageId>& before) {
  const ConversationView* conversation = conversation_of(view, contact);
  if (conversation == nullptr) return nullptr;
  const auto& messages = conversation->messages;
  const auto mine = std::find_if(messages.rbegin(), messages.rend(), [](const auto& m) { return m.mine; });
  return mine == messages.rend() || mine->id == before ? nullptr : &*mine;
}

bool on_its_way(const MessageView& message) {
  return message.delivery == client::Delivery::saving || message.delivery == client::Delivery::waiting;
}

// Says why a message has not gone; done when it has.
int outcome(const MessageView* message, const View& view, const Terminal& terminal) {
  if (message != nullptr && message->delivery == client::Delivery::failed) {
    terminal.complain(message->problem.value_or(client::Problem::mailbox_gone));
    return refused;
  }
  if (message != nullptr && !on_its_way(*message)) return done;
  if (message == nullptr && !view.notices.empty()) {
    terminal.complain(view.notices.back().problem);
    return refused;
  }
  terminal.complain(Word::not_sent_yet);
  return not_yet;
}

void list(const View& view, bool requested, const Options& options, const Terminal& terminal) {
  for (const ConversationView& conversation : view.conversations) {
    if ((conversation.state == ContactState::request_received) != requested) continue;
    if (options.json) {
      terminal.print(line_of(contact_json(conversation)));
      if (!requested) continue;
      for (const MessageView& message : conversation.messages)
        print_message(conversation, message, options, terminal);
      continue;
    }
    std::string line = number_of(conversation) + "  " + name_of(conversation, terminal);
    if (conversation.verified)
      line += "  (" + std::string(words::say(terminal.language(), Word::verified)) + ")";
    if (conversation.state == ContactState::request_sent) {
      line += "  (" + std::string(words::say(terminal.language(), Word::preview_request_sent)) + ")";
    }
    if (requested && !conversation.messages.empty()) {
      line += ": " + printable(as_text(conversation.messages.front().text));
    }
    terminal.print(line);
  }
}

// What the person wants of one request; then long enough online for it to be told.
int answer_request(const Options& options, const Terminal& terminal, bool yes) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const bool online = host.settle(deadline(options));
  const ConversationView* found = find_contact(host.view(), options.contact, terminal);
  if (found == nullptr) return refused;
  if (found->state != ContactState::request_received) {
    terminal.complain(Word::request_unknown, {options.contact});
    return refused;
  }
  if (yes) {
    host.tell(client::AcceptRequest{found->contact});
  } else {
    host.tell(client::DeclineRequest{found->contact});
  }
  host.wait(deadline(options), [](const View& view) { return !view.saving; });
  if (!online || !host.settle(deadline(options))) {
    terminal.complain(Word::not_sent_yet);
    return not_yet;
  }
  if (!options.json) terminal.say(yes ? Word::request_accepted : Word::request_declined);
  return done;
}

}  // namespace

const ConversationView* find_contact(const View& view, std::string_view wanted, const Terminal& terminal) {
  const ConversationView* found = nullptr;
  const auto take = [&](const ConversationView& conversation) {
    if (found != nullptr) return false;
    found = &conversation;
    return true;
  };
  for (const ConversationView& conversation : view.conversations) {
    const bool named = conversation.name == wanted;
    const bool numbered = wanted.size() >= 4 && to_hex(conversation.contact.view()).starts_with(wanted);
    if ((named || numbered) && !take(conversation)) {
      terminal.complain(Word::contact_ambiguous, {wanted});
      return nullptr;
    }
  }
  if (found == nullptr) terminal.complain(Word::contact_unknown, {wanted});
  return found;
}

int invite(const Options& options, const Terminal& terminal) {
  const auto lifetime = parse_duration(options.lifetime);
  if (!lifetime) {
    terminal.complain(Word::duration_unclear, {options.lifetime});
    return wrong_usage;
  }
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const std::size_t before = host.view().invitations.size();
  host.tell(client::MakeInvitation{options.label, options.uses, *lifetime});
  const auto made = [&](const View& view) -> const client::InvitationView* {
    return view.invitations.size() > before ? &view.invitations.front() : nullptr;
  };
  host.wait(deadline(options), [&](const View& view) {
    const auto* invitation = made(view);
    return invitation != nullptr ? invitation->ready || invitation->problem : !view.notices.empty();
  });
  const auto* invitation = made(host.view());
  if (invitation == nullptr) {
    terminal.complain(host.view().notices.empty() ? client::Problem::vault_io
                                                  : host.view().notices.back().problem);
    return refused;
  }
  terminal.print(options.json ? line_of(invitation_json(*invitation)) : invitation->link);
  if (invitation->problem) {
    terminal.complain(*invitation->problem);
    return refused;
  }
  if (!invitation->ready) {
    terminal.complain(Word::not_sent_yet);
    return not_yet;
  }
  return done;
}

int accept(const Options& options, const Terminal& terminal) {
  if (options.text.size() > client::Messenger::kMaxIntroduction) {
    terminal.complain(client::Problem::text_too_long);
    return refused;
  }
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const Time until = deadline(options);
  const auto fetched = [](const View& view) {
    return view.opening && view.opening->state != client::OpeningView::State::fetching;
  };
  host.tell(client::OpenInvitation{options.link});
  if (!host.wait(until, fetched)) {
    const auto& opening = host.view().opening;
    terminal.complain(opening && opening->problem ? *opening->problem : client::Problem::relay_unreachable);
    return not_yet;
  }
  if (host.view().opening->state == client::OpeningView::State::failed) {
    terminal.complain(host.view().opening->problem.value_or(client::Problem::link_malformed));
    return refused;
  }
  const client::Fingerprint theirs = host.view().opening->fingerprint;
  host.tell(client::Introduce{options.text});
  const auto introduced = [&](const View& view) -> const ConversationView* {
    for (const ConversationView& conversation : view.conversations) {
      if (conversation.fingerprint == theirs) return &conversation;
    }
    return nullptr;
  };
  const auto message = [&](const View& view) -> const MessageView* {
    const ConversationView* conversation = introduced(view);
    return conversation == nullptr ? nullptr : new_message(view, conversation->contact, std::nullopt);
  };
  host.wait(until, [&](const View& view) {
    const bool failed = view.opening && view.opening->state == client::OpeningView::State::failed;
    return failed || (message(view) != nullptr && !on_its_way(*message(view)));
  });
  if (host.view().opening && host.view().opening->state == client::OpeningView::State::failed) {
    terminal.complain(host.view().opening->problem.value_or(client::Problem::invitation_gone));
    return refused;
  }
  const int code = outcome(message(host.view()), host.view(), terminal);
  const ConversationView* conversation = introduced(host.view());
  if (options.json && conversation != nullptr) terminal.print(line_of(contact_json(*conversation)));
  if (!options.json && code == done) terminal.say(Word::request_sent_text);
  return code;
}

int requests(const Options& options, const Terminal& terminal) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const auto asked = [](const View& view) {
    return std::any_of(view.conversations.begin(), view.conversations.end(),
                       [](const auto& each) { return each.state == ContactState::request_received; });
  };
  const bool online = host.settle(deadline(options));
  list(host.view(), true, options, terminal);
  if (!online) {
    terminal.complain(client::Problem::relay_unreachable);
    return not_yet;
  }
  if (!asked(host.view()) && !options.json) terminal.say(Word::requests_none);
  return done;
}

int share(const Options& options, const Terminal& terminal) {
  using State = client::ShareView::State;
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const std::string relay = host.view().home_relay.host;
  if (!options.share.empty()) host.tell(client::SetRelayShare{options.share == "on"});
  const auto settled = [](const View& view) {
    return view.share.state == State::off || view.share.state == State::settled ||
           view.share.problem.has_value();
  };
  const bool online = host.settle(deadline(options));
  host.wait(deadline(options), settled);
  const client::ShareView& now = host.view().share;
  if (now.problem) {
    terminal.complain(*now.problem);
    return refused;
  }
  if (now.state == State::off) {
    terminal.say(Word::share_off);
    return done;
  }
  terminal.say(now.state == State::settled ? Word::share_settled : Word::share_behind,
               {now.relay.empty() ? relay : now.relay});
  if (now.state == State::settled) return done;
  if (!online) terminal.complain(client::Problem::relay_unreachable);
  return not_yet;
}

int approve(const Options& options, const Terminal& terminal) {
  return answer_request(options, terminal, true);
}

int decline(const Options& options, const Terminal& terminal) {
  return answer_request(options, terminal, false);
}

int contacts(const Options& options, const Terminal& terminal) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  list(vault.host->view(), false, options, terminal);
  return done;
}

int send(const Options& options, const Terminal& terminal) {
  const auto expires = parse_duration(options.expires.empty() ? "6d" : options.expires);
  const auto burn = parse_duration(options.burn.empty() ? "0s" : options.burn);
  if (!expires || !burn) {
    terminal.complain(Word::duration_unclear, {expires ? options.burn : options.expires});
    return wrong_usage;
  }
  if (options.text.empty() || options.text.size() > client::Messenger::kMaxText) {
    terminal.complain(options.text.empty() ? client::Problem::text_empty : client::Problem::text_too_long);
    return refused;
  }
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const ConversationView* found = find_contact(host.view(), options.contact, terminal);
  if (found == nullptr) return refused;
  const client::ContactId contact = found->contact;
  if (found->state == ContactState::request_sent)
    host.settle(deadline(options));  // perhaps they have accepted
  found = conversation_of(host.view(), contact);
  if (found == nullptr || found->state != ContactState::accepted) {
    terminal.complain(Word::contact_not_accepted);
    return refused;
  }
  std::optional<client::Clocks> clocks;
  if (!options.expires.empty() || !options.burn.empty()) {
    clocks = found->clocks;
    if (!options.expires.empty()) clocks->expires_after = *expires;
    if (!options.burn.empty()) clocks->burn_after = *burn;
    if (!clocks->in_range()) {
      terminal.complain(client::Problem::clocks_out_of_range);
      return wrong_usage;
    }
  }
  const MessageView* last = new_message(host.view(), contact, std::nullopt);
  const auto before = last == nullptr ? std::nullopt : std::optional(last->id);
  host.tell(client::SendText{contact, options.text, clocks});
  const auto message = [&](const View& view) { return new_message(view, contact, before); };
  host.wait(deadline(options), [&](const View& view) {
    return message(view) != nullptr ? !on_its_way(*message(view)) : !view.saving && !view.notices.empty();
  });
  if (options.json && message(host.view()) != nullptr) {
    terminal.print(line_of(message_json(*conversation_of(host.view(), contact), *message(host.view()))));
  }
  return outcome(message(host.view()), host.view(), terminal);
}

int receive(const Options& options, const Terminal& terminal) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  const Time until = deadline(options);
  const bool online = host.settle(until);
  if (options.wait) host.wait(until, anything_unseen);
  if (online) host.settle(Loop::now() + Seconds(5));  // what came along with it
  bool any = false;
  std::vector<client::Shown> shown;
  for (const ConversationView& conversation : host.view().conversations) {
    if (conversation.state != ContactState::accepted) continue;
    for (const MessageView& message : conversation.messages) {
      if (message.mine || message.seen) continue;
      print_message(conversation, message, options, terminal);
      any = true;
    }
    if (!unseen(conversation).empty()) shown.push_back({conversation.contact, unseen(conversation)});
  }
  // What a person has on the screen is read; a bot says so itself.
  if (!options.json || options.mark_read) {
    for (client::Shown& each : shown) host.tell(std::move(each));
    if (any && online) host.settle(Loop::now() + Seconds(5));
  }
  if (!online) {
    terminal.complain(client::Problem::relay_unreachable);
    return not_yet;
  }
  if (!any && !options.json) terminal.say(Word::messages_none);
  return done;
}

int show(const Options& options, const Terminal& terminal) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Host& host = *vault.host;
  host.settle(deadline(options));
  const ConversationView* found = find_contact(host.view(), options.contact, terminal);
  if (found == nullptr) return refused;
  for (const MessageView& message : found->messages) print_message(*found, message, options, terminal);
  if (options.json) return done;
  const auto ids = unseen(*found);
  if (ids.empty()) return done;
  host.tell(client::Shown{found->contact, ids});
  host.settle(Loop::now() + Seconds(5));
  return done;
}

}  // namespace tacet::cli
