#include "client/conversations.h"

#include "base/text.h"
#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Days kTraceKept{30};             // a line "expired unread", after its message would have ended
constexpr std::size_t kScreen = 40;        // messages that a screen may show
constexpr std::size_t kAtOnce = 400;       // read while unlocking,
constexpr std::size_t kMostAtOnce = 1500;  // or so many where somebody has not written for long
constexpr std::size_t kPortion = 80;       // read with each event after that

TextContent content_of(const MessageView& message) {
  return {message.id, message.sent_at, message.expires_at, message.burn_after, message.text};
}

}  // namespace

void Conversations::load() {
  p_.journal.sweep<MessageRecord>();
  for (const vault::RecordInfo& info : p_.journal.list<MessageRecord>()) {
    // What would be over by a clock that nobody has confirmed is not read.
    const Time ends = info.expires_at.value_or(kNever);
    if (ends > p_.clock.claimed()) rest_.push_back({id_of<MessageId>(info.key.id), ends});
  }
  std::vector<Found> found;
  // What has not been seen has a trace, and counts from the beginning. A trace without its message: the
  // message has expired while nobody looked.
  p_.journal.load<TraceRecord, MessageId>(
      [&](const MessageId& id, const TraceRecord& r, std::optional<Time>) {
        if (!p_.contacts.find(r.contact)) return p_.journal.erase<TraceRecord>(id);
        if (r.expires_at > p_.clock.claimed()) {
          recalled_.insert(id);
          if (auto message = recall(id)) return found.push_back(std::move(*message));
        }
        MessageView view;
        view.id = id;
        view.kind = MessageKind::expired_unread;
        view.sent_at = r.sent_at;
        view.received_at = r.received_at;
        view.expires_at = r.expires_at;
        view.seen = r.seen;
        found.emplace_back(r.contact, std::move(view));
      });
  // The latest: enough for a screen, and something of everybody who has written lately.
  std::set<ContactId> seen;
  for (const auto& [contact, message] : found) seen.insert(contact);
  for (std::size_t n = 0; !rest_.empty() && n < kMostAtOnce; ++n) {
    if (n >= kAtOnce && seen.size() >= p_.contacts.all().size()) break;
    const MessageId id = rest_.back().id;
    rest_.pop_back();
    if (recalled_.erase(id) > 0) continue;
    if (auto message = recall(id)) {
      seen.insert(message->first);
      found.push_back(std::move(*message));
    }
  }
  add_in_order(std::move(found));
  p_.context.view.recalling = !rest_.empty();
}

std::optional<Conversations::Found> Conversations::recall(const MessageId& id) {
  auto r = p_.journal.load_one<MessageRecord>(id);
  if (!r) return std::nullopt;
  if (!p_.contacts.find(r->contact)) {
    p_.journal.erase<MessageRecord>(id);
    return std::nullopt;
  }
  MessageView view;
  view.id = id;
  view.mine = r->mine;
  view.text = std::move(r->text);
  view.sent_at = r->sent_at;
  view.received_at = r->received_at;
  view.expires_at = r->expires_at;
  view.burn_after = r->burn_after;
  view.burns_at = r->burns_at;
  view.seen = r->seen;
  view.delivery = r->delivery;
  return Found(r->contact, std::move(view));
}

void Conversations::add_in_order(std::vector<Found> found) {
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.second.received_at < b.second.received_at; });
  for (auto& [contact, message] : found) {
    p_.clock.stamp_seen(message.received_at);
    schedule(contact, message);
    p_.contacts.active(contact, message.received_at);
    insert(*p_.contacts.view(contact), std::move(message));
  }
}

// ---- after unlocking

void Conversations::recall_some() {
  for (std::size_t n = 0; !rest_.empty() && n < kPortion;) {
    const Stored next = rest_.back();
    rest_.pop_back();
    if (recalled_.erase(next.id) > 0) continue;
    ++n;
    if (next.ends <= p_.clock.now()) {
      p_.journal.erase<MessageRecord>(next.id);
    } else if (next.ends > p_.clock.claimed()) {
      if (auto found = recall(next.id)) insert_older(std::move(*found));
    }
  }
  if (rest_.empty()) recall_done();
}

void Conversations::recall_all() {
  while (!rest_.empty()) recall_some();
}

// Where it belongs by the time of its arrival; recall_done() mends what a sender has overtaken.
void Conversations::insert_older(Found found) {
  auto& [contact, message] = found;
  p_.clock.stamp_seen(message.received_at);
  schedule(contact, message);
  if (message.received_at > p_.contacts.view(contact)->last_activity) {
    p_.contacts.active(contact, message.received_at);
  }
  ConversationView& shown = *p_.contacts.view(contact);
  if (!message.mine && !message.seen) ++shown.unseen;
  const auto place = std::lower_bound(
      shown.messages.begin(), shown.messages.end(), message,
      [](const MessageView& a, const MessageView& b) { return a.received_at < b.received_at; });
  shown.messages.insert(place, std::move(message));
  if (shown.messages.size() <= kScreen) p_.context.redraw = true;
}

void Conversations::recall_done() {
  recalled_.clear();
  p_.context.view.recalling = false;
  p_.context.redraw = true;
  const auto earlier = [](const MessageView& a, const MessageView& b) {
    return a.received_at < b.received_at;
  };
  for (ConversationView& conversation : p_.context.view.conversations) {
    const MessageView* last = nullptr;
    bool ordered = std::is_sorted(conversation.messages.begin(), conversation.messages.end(), earlier);
    for (const MessageView& message : conversation.messages) {
      if (message.mine) continue;
      ordered = ordered && (!last || last->sent_at <= message.sent_at);
      last = &message;
    }
    if (ordered) continue;
    auto all = std::exchange(conversation.messages, {});
    std::sort(all.begin(), all.end(), earlier);
    conversation.unseen = 0;
    for (MessageView& message : all) insert(conversation, std::move(message));
  }
  p_.tell_lost();
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
  MessageView* message = in_view(contact, id);
  if (message || rest_.empty() || recalled_.contains(id)) return message;
  const auto stored =
      std::find_if(rest_.rbegin(), rest_.rend(), [&](const Stored& one) { return one.id == id; });
  if (stored == rest_.rend() || stored->ends <= p_.clock.claimed()) return nullptr;
  auto found = recall(id);
  if (!found || found->first != contact) return nullptr;
  recalled_.insert(id);
  insert_older(std::move(*found));
  return in_view(contact, id);
}

MessageView* Conversations::in_view(const ContactId& contact, const MessageId& id) {
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
  recall_all();
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
  MessageView* message = find(contact, id);
  if (!message) return;
  ConversationView* conversation = p_.contacts.view(contact);
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
  remove(*conversation, id);
}

void Conversations::tick() {
  if (!rest_.empty()) recall_some();
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
  const MessageView* message = find(contact, id);
  if (!message) return;
  ConversationView* conversation = p_.contacts.view(contact);
  p_.context.redraw = true;
  if (!message->mine && !message->seen) --conversation->unseen;
  remove(*conversation, id);
}

void Conversations::remove(ConversationView& conversation, const MessageId& id) {
  auto& all = conversation.messages;
  all.erase(std::find_if(all.begin(), all.end(), [&](const MessageView& m) { return m.id == id; }));
}

Time Conversations::due() const {
  if (!rest_.empty()) return p_.clock.now();
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
