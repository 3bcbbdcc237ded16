#include "client/conversations.h"

#include "base/text.h"
#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Days kTraceKept{30};  // a line "expired unread", after its message would have ended

TextContent content_of(const MessageView& message) {
  return {message.id, message.sent_at, message.expires_at, message.burn_after, message.text};
}

}  // namespace

void Conversations::load() {
  std::vector<std::pair<ContactId, MessageView>> found;
  std::set<MessageId> alive;
  p_.journal.load<MessageRecord, MessageId>(
      [&](const MessageId& id, MessageRecord& r, std::optional<Time>) {
        if (!p_.contacts.find(r.contact)) return p_.journal.erase<MessageRecord>(id);
        MessageView view;
        view.id = id;
        view.mine = r.mine;
        view.text = std::move(r.text);
        view.sent_at = r.sent_at;
        view.received_at = r.received_at;
        view.expires_at = r.expires_at;
        view.burn_after = r.burn_after;
        view.burns_at = r.burns_at;
        view.seen = r.seen;
        view.delivery = r.delivery;
        alive.insert(id);
        found.emplace_back(r.contact, std::move(view));
      },
      p_.clock.claimed());
  // A trace without its message: the message has expired while nobody looked.
  p_.journal.load<TraceRecord, MessageId>(
      [&](const MessageId& id, const TraceRecord& r, std::optional<Time>) {
        if (!p_.contacts.find(r.contact)) return p_.journal.erase<TraceRecord>(id);
        if (alive.contains(id)) return;
        MessageView view;
        view.id = id;
        view.kind = MessageKind::expired_unread;
        view.sent_at = r.sent_at;
        view.received_at = r.received_at;
        view.expires_at = r.expires_at;
        view.seen = r.seen;
        found.emplace_back(r.contact, std::move(view));
      });
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.second.received_at < b.second.received_at; });
  for (auto& [contact, message] : found) {
    p_.clock.stamp_seen(message.received_at);
    schedule(contact, message);
    p_.contacts.active(contact, message.received_at);
    insert(*p_.contacts.view(contact), std::move(message));
  }
}

// In the order in which they came; but what one sender has written stays in the order of writing.
void Conversations::insert(ConversationView& conversation, MessageView message) {
  auto& all = conversation.messages;
  auto place = all.end();
  for (auto at = all.end(); !message.mine && at != all.begin();) {
    --at;
    if (at->mine) continue;
    if (at->sent_at <= message.sent_at) break;
    place = at;
  }
  if (!message.mine && !message.seen) ++conversation.unseen;
  all.insert(place, std::move(message));
  p_.context.redraw = true;
}

MessageView* Conversations::find(const ContactId& contact, const MessageId& id) {
  ConversationView* conversation = p_.contacts.view(contact);
  if (!conversation) return nullptr;
  auto& all = conversation->messages;
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const MessageView& m) { return m.id == id; });
  return found == all.rend() ? nullptr : &*found;
}

std::size_t Conversations::count(const ContactId& contact) {
  const ConversationView* conversation = p_.contacts.view(contact);
  return conversation ? conversation->messages.size() : 0;
}

void Conversations::save(const ContactId& contact, const MessageView& m) {
  const bool once_durable = m.mine && m.delivery == Delivery::saving;
  const Delivery delivery = once_durable ? Delivery::waiting : m.delivery;
  p_.journal.put(m.id,
                 MessageRecord{contact, m.mine, m.seen, delivery, m.sent_at, m.received_at, m.expires_at,
                               m.burn_after, m.burns_at, m.text},
                 m.ends_at());
}

void Conversations::schedule(const ContactId& contact, const MessageView& message) {
  const bool trace = message.kind == MessageKind::expired_unread;
  ends_.emplace(trace ? message.expires_at + kTraceKept : message.ends_at(), contact, message.id);
}

// ---- ours

void Conversations::say(const SendText& wish) {
  ContactRecord* contact = p_.contacts.find(wish.contact);
  if (!contact || contact->state == ContactState::request_received) return;
  const Clocks clocks = wish.clocks.value_or(contact->clocks);
  if (wish.text.empty() || !is_utf8(wish.text)) return p_.notices.raise(Problem::text_empty, wish.contact);
  if (wish.text.size() > Messenger::kMaxText) return p_.notices.raise(Problem::text_too_long, wish.contact);
  if (!clocks.in_range()) return p_.notices.raise(Problem::clocks_out_of_range, wish.contact);
  const TextContent content = add_mine(wish.contact, wish.text, clocks);
  if (!p_.outbox.send(wish.contact, Purpose::text, content.id, content, content.expires_at)) {
    // No session can send: it waits in the conversation for the next one.
    p_.journal.then([this, contact_id = wish.contact, id = content.id] {
      set_delivery(contact_id, id, Delivery::waiting, {});
    });
    p_.renewal.look_again();
  }
}

TextContent Conversations::add_mine(const ContactId& contact, std::string_view text, const Clocks& clocks) {
  MessageView message;
  message.id = p_.context.fresh_id<MessageId>();
  message.mine = true;
  message.seen = true;
  const ByteView bytes = as_bytes(text);
  message.text.assign(bytes.begin(), bytes.end());
  message.sent_at = message.received_at = p_.clock.stamp();
  message.expires_at = p_.clock.claimed() + clocks.expires_after;
  message.burn_after = clocks.burn_after;
  save(contact, message);
  schedule(contact, message);
  p_.contacts.active(contact, message.received_at);
  TextContent content = content_of(message);
  insert(*p_.contacts.view(contact), std::move(message));
  return content;
}

void Conversations::set_delivery(const ContactId& contact, const MessageId& id, Delivery delivery,
                                 std::optional<Problem> problem) {
  MessageView* message = find(contact, id);
  if (!message || !message->mine) return;
  // A late answer never takes back what a receipt has said.
  const bool back = message->delivery != Delivery::failed && delivery < message->delivery;
  if (back || (message->delivery == delivery && message->problem == problem)) return;
  message->delivery = delivery;
  message->problem = problem;
  if (delivery >= Delivery::delivered) save(contact, *message);  // what comes before, the outbox knows
  p_.context.redraw = true;
}

void Conversations::delivered(const ContactId& contact, const MessageId& id) {
  set_delivery(contact, id, Delivery::delivered, {});
}

void Conversations::read(const ContactId& contact, const MessageId& id, Time at) {
  MessageView* message = find(contact, id);
  if (!message || !message->mine || message->delivery == Delivery::read) return;
  message->delivery = Delivery::read;
  message->problem.reset();
  burn_from(contact, *message, at);
  save(contact, *message);
  p_.context.redraw = true;
}

void Conversations::burn_from(const ContactId& contact, MessageView& message, Time start) {
  if (message.burn_after == Seconds(0)) return;
  message.burns_at = std::max(std::min(start, message.expires_at) + message.burn_after, p_.clock.now());
  schedule(contact, message);
}

std::optional<TextContent> Conversations::content(const ContactId& contact, const MessageId& id) {
  const MessageView* message = find(contact, id);
  return message && message->mine ? std::optional(content_of(*message)) : std::nullopt;
}

std::vector<TextContent> Conversations::undelivered(const ContactId& contact) {
  std::vector<TextContent> out;
  const ConversationView* conversation = p_.contacts.view(contact);
  if (!conversation) return out;
  for (const MessageView& message : conversation->messages) {
    if (message.mine && message.delivery <= Delivery::sent) out.push_back(content_of(message));
  }
  return out;
}

// ---- theirs

void Conversations::receive(const ContactId& contact, const TextContent& content) {
  if (find(contact, content.id)) return;  // an id of ours, sent back
  const Time now = p_.clock.now();
  MessageView message;
  message.id = content.id;
  message.sent_at = content.sent_at;
  message.received_at = p_.clock.stamp();
  message.expires_at = std::min(content.expires_at, now + Clocks::kMaxExpiry);
  message.burn_after = content.burn_after;
  if (message.expires_at > now) {
    message.text = content.text;
    save(contact, message);
  } else {
    message.kind = MessageKind::expired_unread;
  }
  p_.journal.put(message.id,
                 TraceRecord{contact, message.sent_at, message.received_at, message.expires_at, false},
                 message.expires_at + kTraceKept);
  p_.journal.then([this, contact, message = std::move(message)] {
    ConversationView* conversation = p_.contacts.view(contact);
    if (!conversation) return;
    const bool trace = message.kind == MessageKind::expired_unread;
    if (!trace && message.ends_at() <= p_.clock.claimed()) return;  // as conceal()
    schedule(contact, message);
    insert(*conversation, message);
    p_.contacts.active(contact, message.received_at);
    p_.context.effects.push_back(Attention{contact});
  });
}

void Conversations::shown(const Shown& event) {
  const Time now = p_.clock.claimed();
  bool any = false;
  for (const MessageId& id : event.messages) {
    MessageView* message = find(event.contact, id);
    if (!message || message->mine || message->seen) continue;
    any = message->seen = true;
    --p_.contacts.view(event.contact)->unseen;
    if (message->kind == MessageKind::expired_unread) {
      p_.journal.put(
          id, TraceRecord{event.contact, message->sent_at, message->received_at, message->expires_at, true},
          message->expires_at + kTraceKept);
      continue;
    }
    burn_from(event.contact, *message, now);
    save(event.contact, *message);
    p_.journal.erase<TraceRecord>(id);
    p_.receipts.read(event.contact, id, now);
  }
  if (!any) return;
  p_.context.redraw = true;
  p_.receipts.flush(event.contact);
}

// ---- the end

void Conversations::end(const ContactId& contact, const MessageId& id) {
  ConversationView* conversation = p_.contacts.view(contact);
  MessageView* message = find(contact, id);
  if (!message) return;
  const Time now = p_.clock.now();
  const bool trace = message->kind == MessageKind::expired_unread;
  if (now < (trace ? message->expires_at + kTraceKept : message->ends_at())) return;  // the plan has changed
  p_.context.redraw = true;
  p_.journal.erase<MessageRecord>(id);
  if (message->mine) p_.outbox.erase_content(contact, id);
  if (!message->mine && !message->seen && !trace) {
    message->kind = MessageKind::expired_unread;
    message->text = SecretVector();
    message->burn_after = Seconds(0);
    return schedule(contact, *message);
  }
  if (trace) p_.journal.erase<TraceRecord>(id);
  if (!message->mine && !message->seen) --conversation->unseen;
  conversation->messages.erase(conversation->messages.begin() + (message - conversation->messages.data()));
}

void Conversations::tick() {
  while (!ends_.empty() && std::get<Time>(*ends_.begin()) <= p_.clock.now()) {
    const auto [at, contact, id] = *ends_.begin();
    ends_.erase(ends_.begin());
    end(contact, id);
  }
  while (!ends_.empty() && std::get<Time>(*ends_.begin()) <= p_.clock.claimed()) {
    const auto [at, contact, id] = *ends_.begin();
    ends_.erase(ends_.begin());
    conceal(contact, id);
  }
}

// Its time is over by a clock that nobody has confirmed: it is not shown, and not destroyed before it is
// sure.
void Conversations::conceal(const ContactId& contact, const MessageId& id) {
  ConversationView* conversation = p_.contacts.view(contact);
  const MessageView* message = find(contact, id);
  if (!message) return;
  p_.context.redraw = true;
  if (!message->mine && !message->seen) --conversation->unseen;
  conversation->messages.erase(conversation->messages.begin() + (message - conversation->messages.data()));
}

Time Conversations::due() const {
  return ends_.empty() ? kNever : std::get<Time>(*ends_.begin());
}

void Conversations::forget(const ContactId& contact) {
  const ConversationView* conversation = p_.contacts.view(contact);
  if (!conversation) return;
  for (const MessageView& message : conversation->messages) {
    p_.journal.erase<MessageRecord>(message.id);
    p_.journal.erase<TraceRecord>(message.id);
  }
}

}  // namespace tacet::client
