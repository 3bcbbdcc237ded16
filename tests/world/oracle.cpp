#include "world/oracle.h"

#include <charconv>

namespace tacet::test {
namespace {

constexpr Seconds kStamps{2};     // a burst of messages may be stamped ahead of the clock
constexpr Minutes kToTell{2};     // by when a person must have been told
constexpr Days kNeverNothing{3};  // a message that lives so long leaves a line, read or not
constexpr std::size_t kMostComplaints = 50;

}  // namespace

void Oracle::meets(Person& person) {
  numbers_[&person] = eyes_.size();
  fingerprints_[person.view().my_fingerprint] = eyes_.size();
  Eyes eyes;
  eyes.person = &person;
  eyes.fingerprint = person.view().my_fingerprint;
  eyes_.push_back(std::move(eyes));
}

std::optional<std::size_t> Oracle::by_fingerprint(const Fingerprint& fingerprint) const {
  const auto found = fingerprints_.find(fingerprint);
  return found == fingerprints_.end() ? std::nullopt : std::optional(found->second);
}

void Oracle::complain(const std::string& what, std::optional<Serial> serial) {
  if (complaints_.size() >= kMostComplaints) return;
  std::string out = "at " + std::to_string(to_millis(world_.now())) + ": " + what;
  if (serial) {
    const Message& m = messages_[*serial];
    out += ": #" + std::to_string(*serial) + " " + eyes_[m.from].person->name + ">" +
           eyes_[m.to].person->name + " said " + std::to_string(to_millis(m.said)) + " expires " +
           std::to_string(to_millis(m.expires)) + " burn " + std::to_string(m.burn.count());
  }
  complaints_.push_back(std::move(out));
}

// ---- what happens

std::string Oracle::text_of(Serial serial) const {
  const Message& m = messages_[serial];
  std::string out =
      "#" + std::to_string(serial) + " " + eyes_[m.from].person->name + ">" + eyes_[m.to].person->name;
  for (std::size_t i = 0; out.size() < lengths_[serial]; ++i)
    out += static_cast<char>('a' + (serial + i) % 26);
  return out;
}

std::string Oracle::says(Person& from, std::size_t to, const Clocks& clocks, std::size_t length) {
  const Serial serial = messages_.size();
  Message m;
  m.from = number(from);
  m.to = to;
  m.said = world_.now();
  m.expires = m.said + clocks.expires_after;
  m.latest_expires = believed(eyes_[m.from]) + clocks.expires_after + kStamps;
  m.burn = clocks.burn_after;
  messages_.push_back(m);
  lengths_.push_back(static_cast<std::uint32_t>(length));
  eyes_[m.from].unsettled.push_back(serial);
  ++figures_.said;
  return text_of(serial);
}

void Oracle::looks(Person& who, const Shown& shown) {
  Eyes& eyes = eyes_[number(who)];
  for (const Line& line : eyes.talks[shown.contact]) {
    if (line.mine || !line.serial || line.kind != MessageKind::text) continue;
    if (std::find(shown.messages.begin(), shown.messages.end(), line.id) == shown.messages.end()) continue;
    const Message& m = messages_[*line.serial];
    Message::Copy& theirs = copy(*line.serial, false);
    if (theirs.read) continue;
    theirs.read = true;
    if (!theirs.read_at) theirs.read_at = world_.now();
    theirs.latest_look = believed(eyes);
    eyes.unsafe.push_back({*line.serial, false, world_.events + 1});
    if (m.burn == Seconds(0)) continue;
    if (!theirs.burns) theirs.burns = world_.now() + m.burn;
    theirs.must_be_out = believed(eyes) + m.burn + kStamps;
    eyes.deadlines.emplace(latest(m, false), *line.serial, false);
  }
}

Time Oracle::believed(const Eyes& eyes) const {
  return std::max(eyes.latest, world_.now() + eyes.ahead);
}

void Oracle::block(Person& person, const ByteVector& block) {
  if (block.size() != wire::kBlockSizes[0] || !numbers_.contains(&person)) return;
  const auto decoded = wire::decode_server(block);
  if (!decoded) return;
  const auto* hello = std::get_if<wire::Hello>(&decoded->answer);
  const auto* pong = std::get_if<wire::Pong>(&decoded->answer);
  if (!hello && !pong) return;
  Eyes& eyes = eyes_[number(person)];
  eyes.latest = believed(eyes);
  const Millis ahead = from_millis(hello ? hello->clock_ms : pong->clock_ms) - world_.now();
  eyes.ahead = ahead > Millis(0) && ahead <= Minutes(10) ? ahead : Millis(0);
}

void Oracle::synced(Person& person, std::uint64_t begun) {
  if (!numbers_.contains(&person)) return;
  std::erase_if(eyes_[number(person)].unsafe, [&](const Look& look) { return look.event <= begun; });
}

void Oracle::gone(Person& person, bool safely) {
  if (!numbers_.contains(&person)) return;
  Eyes& eyes = eyes_[number(person)];
  eyes.open = false;
  eyes.debts.clear();
  for (const auto& [contact, lines] : eyes.talks) {
    for (const Line& line : lines) {
      if (line.serial && line.kind == MessageKind::text) copy(*line.serial, line.mine).on_screen = false;
    }
  }
  for (const Look& look : eyes.unsafe) {
    if (safely) continue;
    // Nobody can know whether the device remembers it.
    Message::Copy& undone = copy(look.serial, look.mine);
    if (look.end) undone.ended = false;
    if (look.end) continue;
    undone.read = false;
    undone.must_be_out.reset();
    if (messages_[look.serial].burn != Seconds(0)) undone.ended = false;
  }
  eyes.unsafe.clear();
}

// ---- what is on screen

Time Oracle::earliest(const Message& m, bool mine) const {
  // A sender may learn of the look long after, and have nothing left to show.
  if (mine && m.burn != Seconds(0) && m.theirs.read_at)
    return std::min(*m.theirs.read_at + m.burn, m.expires);
  const Message::Copy& c = mine ? m.mine : m.theirs;
  return c.burns ? std::min(*c.burns, m.expires) : m.expires;
}

Time Oracle::latest(const Message& m, bool mine) const {
  const Message::Copy& c = mine ? m.mine : m.theirs;
  return c.must_be_out ? std::min(*c.must_be_out, m.latest_expires) : m.latest_expires;
}

const View& Oracle::look(const Person& person) {
  if (!glasses) return person.view();
  seen_ = person.view();
  glasses(person, seen_);
  return seen_;
}

void Oracle::before_event(Person& person) {
  if (!numbers_.contains(&person)) return;
  Eyes& eyes = eyes_[number(person)];
  const Time now = world_.now();
  while (!eyes.deadlines.empty() && std::get<Time>(eyes.deadlines.top()) < now) {
    const auto [at, serial, mine] = eyes.deadlines.top();
    eyes.deadlines.pop();
    const Message& m = messages_[serial];
    if (!copy(serial, mine).on_screen || !eyes.open) continue;
    if (latest(m, mine) >= now) {
      eyes.deadlines.emplace(latest(m, mine), serial, mine);
    } else if (checks_time) {
      complain(person.name + "'s screen shows what is past its time", serial);
    }
  }
  if (eyes.open) pay(eyes);
  if (!eyes.debts.empty() && now > eyes.debts.front().since + kToTell) {
    complain(person.name + " was never told: " + eyes.debts.front().what);
    eyes.debts.pop_front();
  }
}

void Oracle::drawn(Person& person) {
  if (!numbers_.contains(&person)) return;
  Eyes& eyes = eyes_[number(person)];
  const View& view = look(person);
  if (view.phase != Phase::open) {
    if (eyes.open) gone(person, false);
    return;
  }
  const bool first = !eyes.open;
  pay(eyes);
  for (const ConversationView& talk : view.conversations) scan(eyes, talk, first, view.recalling);
  if (view.recalling) return;  // what is missing may still come
  eyes.open = true;
  if (eyes.talks.size() > view.conversations.size()) {
    std::erase_if(eyes.talks, [&](const auto& entry) {
      for (const ConversationView& talk : view.conversations) {
        if (talk.contact == entry.first) return false;
      }
      for (const Line& line : entry.second) vanishes(eyes, line, first);
      return true;
    });
  }
  std::erase_if(eyes.unsettled, [&](Serial serial) {
    Message& m = messages_[serial];
    if (first && !m.accepted && !m.mine.on_screen) {
      m.unsaid = true;
      ++figures_.unsaid;
    }
    return m.accepted || m.unsaid || m.mine.ended;
  });
}

void Oracle::scan(Eyes& eyes, const ConversationView& talk, bool first, bool partial) {
  std::vector<Line>& before = eyes.talks[talk.contact];
  const auto same = [](const Line& line, const MessageView& m) {
    return line.id == m.id && line.kind == m.kind && line.delivery == m.delivery;
  };
  if (!first && before.size() == talk.messages.size() &&
      std::equal(before.begin(), before.end(), talk.messages.begin(), same)) {
    return;
  }
  const std::uint64_t scan = ++scans_;
  std::vector<Line> lines;
  lines.reserve(talk.messages.size());
  for (const MessageView& m : talk.messages) {
    Line line{m.id, m.mine, m.kind, m.delivery, {}};
    if (m.kind == MessageKind::expired_unread) {
      const auto known = ids_.find(m.id);
      if (known != ids_.end()) {
        line.serial = known->second;
        Message& message = messages_[known->second];
        if (!message.dagger && believed(eyes) < message.expires)
          complain("called expired before its time", line.serial);
        message.dagger = true;
      }
    } else if ((line.serial = serial_of(eyes, talk, m))) {
      Message::Copy& c = copy(*line.serial, m.mine);
      if (c.scan == scan) complain("twice in one conversation of " + eyes.person->name, line.serial);
      c.scan = scan;
      if (!c.on_screen) appears(eyes, talk, m, *line.serial);
      if (m.mine) receipts(eyes, m, *line.serial);
    }
    lines.push_back(line);
  }
  for (const Line& line : before) {
    if (line.kind != MessageKind::text || !line.serial) continue;
    if (copy(*line.serial, line.mine).scan == scan) continue;
    if (partial) {
      lines.push_back(line);
    } else {
      vanishes(eyes, line, first);
    }
  }
  before = std::move(lines);
}

std::optional<Oracle::Serial> Oracle::serial_of(const Eyes& eyes, const ConversationView& talk,
                                                const MessageView& m) {
  const std::string_view text = as_text(m.text);
  Serial serial = messages_.size();
  if (text.starts_with('#')) std::from_chars(text.data() + 1, text.data() + text.size(), serial);
  const auto other = by_fingerprint(talk.fingerprint);
  if (serial >= messages_.size()) {
    // What a stranger of the liar's making says is a request, and nothing else.
    if (other || m.mine || talk.state != ContactState::request_received)
      complain("a text that nobody said on the screen of " + eyes.person->name);
    return std::nullopt;
  }
  const Message& message = messages_[serial];
  const std::size_t here = number(*eyes.person);
  const bool right =
      m.mine ? message.from == here && message.to == other : message.to == here && message.from == other;
  if (!right) complain("in a conversation of " + eyes.person->name + " where it does not belong", serial);
  return right ? std::optional(serial) : std::nullopt;
}

void Oracle::appears(Eyes& eyes, const ConversationView&, const MessageView& view, Serial serial) {
  Message& m = messages_[serial];
  Message::Copy& c = copy(serial, view.mine);
  const Time now = world_.now();
  if (c.ended)
    complain(
        "shown again to " + eyes.person->name + " after its end at " + std::to_string(to_millis(c.ended_at)),
        serial);
  if (checks_time && now > latest(m, view.mine))
    complain("shown to " + eyes.person->name + " past its time", serial);
  if (as_text(view.text) != text_of(serial))
    complain("altered on the screen of " + eyes.person->name, serial);
  if (view.mine) {
    ids_[view.id] = serial;
    m.id = view.id;
  } else if (!c.shown_at) {
    ++figures_.shown;
  }
  if (!c.shown_at) c.shown_at = now;
  c.on_screen = true;
  c.ended = false;
  eyes.deadlines.emplace(latest(m, view.mine), serial, view.mine);
}

void Oracle::vanishes(Eyes& eyes, const Line& line, bool first) {
  if (!line.serial || line.kind != MessageKind::text) return;
  Message& m = messages_[*line.serial];
  Message::Copy& c = copy(*line.serial, line.mine);
  if (c.ended) return;
  c.on_screen = false;
  if (line.mine && !m.accepted && first) return;  // it was never said to be safe; drawn() puts that down
  c.ended = true;
  c.ended_at = world_.now();
  eyes.unsafe.push_back({*line.serial, line.mine, world_.events, true});
  if (believed(eyes) < earliest(m, line.mine))
    complain("gone from the screen of " + eyes.person->name + " before its time", line.serial);
}

void Oracle::receipts(Eyes& eyes, const MessageView& view, Serial serial) {
  Message& m = messages_[serial];
  if (view.delivery >= Delivery::waiting && view.delivery != Delivery::failed && !m.accepted) {
    m.accepted = true;
    ++figures_.accepted;
  }
  if (view.delivery == Delivery::failed) return;
  const bool arrived = m.theirs.shown_at || m.dagger;
  if (view.delivery >= Delivery::delivered && !arrived)
    complain("called delivered and its recipient was never shown it", serial);
  if (view.delivery != Delivery::read || m.mine.read) return;
  m.mine.read = true;
  if (!m.theirs.read_at) return complain("called read and nobody has looked at it", serial);
  if (m.burn == Seconds(0)) return;
  m.mine.burns = *m.theirs.read_at + m.burn;
  m.mine.must_be_out = std::max(believed(eyes), m.theirs.latest_look + m.burn) + kStamps;
  eyes.unsafe.push_back({serial, true, world_.events});
  eyes.deadlines.emplace(latest(m, true), serial, true);
}

// ---- what people are told

void Oracle::owes(Person& to, std::set<Problem> problems, std::string what,
                  std::function<bool(const View&)> harmless) {
  if (!numbers_.contains(&to) || !to.open()) return;
  Eyes& eyes = eyes_[number(to)];
  Debt debt{std::move(problems), std::move(what), std::move(harmless), {}, world_.now()};
  for (const NoticeView& notice : to.view().notices) {
    // A count that rises says it; the others say it as long as they are there.
    if (notice.problem == Problem::envelope_unreadable)
      debt.before[notice.problem] = {notice.id, notice.count};
  }
  ++figures_.substitutions;
  eyes.debts.push_back(std::move(debt));
}

bool Oracle::arrived(const MessageId& id) const {
  const auto known = ids_.find(id);
  if (known == ids_.end()) return false;
  const Message& m = messages_[known->second];
  return m.theirs.shown_at || m.dagger;
}

bool Oracle::said(const View& view, const Debt& debt) {
  for (const NoticeView& notice : view.notices) {
    if (!debt.problems.contains(notice.problem)) continue;
    const auto before = debt.before.find(notice.problem);
    if (before == debt.before.end() || before->second.first != notice.id ||
        before->second.second < notice.count)
      return true;
  }
  if (view.opening && view.opening->problem && debt.problems.contains(*view.opening->problem)) return true;
  return debt.harmless && debt.harmless(view);
}

void Oracle::pay(Eyes& eyes) {
  if (eyes.debts.empty()) return;
  const View& view = look(*eyes.person);
  for (Debt& debt : eyes.debts) {
    for (const NoticeView& notice : view.notices) {
      const auto before = debt.before.find(notice.problem);
      if (before == debt.before.end() || before->second.first != notice.id) continue;
      before->second.second = std::min(before->second.second, notice.count);
    }
  }
  const std::size_t before = eyes.debts.size();
  std::erase_if(eyes.debts, [&](const Debt& debt) { return said(view, debt); });
  figures_.noticed += before - eyes.debts.size();
}

// ---- the end

void Oracle::finish(const std::function<bool(const Message&)>& swallowed) {
  const Time now = world_.now();
  for (Eyes& eyes : eyes_) {
    before_event(*eyes.person);
    for (const Debt& debt : eyes.debts) complain(eyes.person->name + " was never told: " + debt.what);
  }
  for (Serial serial = 0; serial < messages_.size(); ++serial) {
    const Message& m = messages_[serial];
    if (m.unsaid && m.theirs.shown_at) complain("left before it was safe", serial);
    if (!m.accepted || m.theirs.shown_at) continue;
    if (swallowed(m)) {
      ++figures_.swallowed;
    } else if (now < m.expires) {
      complain("has not expired and was never shown", serial);
    } else if (!m.dagger && m.expires - m.said >= kNeverNothing) {
      complain("ended as nothing at all", serial);
    } else {
      ++figures_.expired_unread;
    }
  }
}

}  // namespace tacet::test
