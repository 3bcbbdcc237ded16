#include "world/town.h"

namespace tacet::test {
namespace {

constexpr Clocks kMeeting{};  // what an introduction lives

std::string name_of(std::size_t i) {
  return std::string(1, static_cast<char>('A' + i % 26)) + std::to_string(i);
}

}  // namespace

Town::Town(const Plan& plan) : world(plan.seed), oracle(world), plan_(plan), random_(plan.seed ^ 0x70776E) {
  auto liar = std::make_unique<Liar>(world, kRelays[0], oracle, random_.next());
  liar_ = liar.get();
  world.add_relay(kRelays[0], std::move(liar));
  for (const char* url : kRelays) world.relay(url).logs = false;
  citizens_.resize(plan.people);
  for (std::size_t i = 0; i < plan.people; ++i) {
    Citizen& citizen = citizens_[i];
    citizen.number = i;
    citizen.person = &world.person(name_of(i), kRelays[i % 3]);
    citizen.person->set_up();
    oracle.meets(*citizen.person);
    citizen.person->after_crash = [this, &citizen] {
      citizen.awake = false;
      const Millis pause = once_in(3) ? some(Hours(2)) : some(Seconds(20));
      world.at(world.now() + pause, [this, &citizen] { wake(citizen); });
    };
  }
  world.run_for(Minutes(1));
  began_ = world.now();
  ends_ = began_ + plan.span;
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  while (pairs.size() < plan.people * plan.friends / 2) {
    const std::size_t host = random_.below(plan.people);
    const std::size_t guest = random_.below(plan.people);
    if (host == guest || !pairs.insert(std::minmax(host, guest)).second) continue;
    const Millis start = once_in(4) ? some(plan.span / 2) : some(plan.span / 10);
    meetings_.push_back(
        {host, guest, began_ + start, "m" + std::to_string(meetings_.size()), 1, {}, false, false, {}});
    if (once_in(6)) meetings_.back().uses = 0;
    // Some invite each other at once.
    if (once_in(8)) {
      meetings_.push_back(
          {guest, host, began_ + start, "m" + std::to_string(meetings_.size()), 1, {}, false, false, {}});
    }
  }
}

Millis Town::some(Millis most) {
  return Millis(static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(most.count()) + 1)));
}

Clocks Town::some_clocks() {
  Clocks out;
  switch (random_.below(8)) {
    case 0:
      out.expires_after = Seconds(60 + static_cast<std::int64_t>(random_.below(600)));
      break;
    case 1:
    case 2:
      out.expires_after = Seconds(600 + static_cast<std::int64_t>(random_.below(12 * 3600)));
      break;
    case 3:
    case 4:
      out.expires_after = Seconds(24 * 3600 + static_cast<std::int64_t>(random_.below(48 * 3600)));
      break;
    case 5:
      out.expires_after = Clocks::kMaxExpiry;
      break;
    default:
      break;
  }
  if (once_in(3)) {
    const Seconds longest = once_in(2) ? Seconds(60) : Seconds(Hours(10));
    out.burn_after = Clocks::kMinBurn + std::chrono::duration_cast<Seconds>(some(longest));
  }
  return out;
}

// ---- a person's day

void Town::wake(Citizen& citizen) {
  if (citizen.awake) return;
  citizen.awake = true;
  ++starts_;
  const std::uint64_t stay = ++citizen.stay;
  citizen.stays_until = gathered_ ? Time::max() : world.now() + about(resting_ ? Minutes(8) : Minutes(25));
  citizen.person->sync_failures_percent = once_in(10) && !resting_ ? 20 : 0;
  citizen.person->start();
  citizen.person->unlock();
  world.at(world.now() + Seconds(1), [this, &citizen, stay] { settle_in(citizen, stay); });
}

void Town::settle_in(Citizen& citizen, std::uint64_t stay) {
  if (stay != citizen.stay || !citizen.awake) return;
  if (citizen.person->open()) return act(citizen);
  world.at(world.now() + Seconds(5), [this, &citizen, stay] { settle_in(citizen, stay); });
}

void Town::next_act(Citizen& citizen) {
  const Millis pause = resting_ ? some(Minutes(4)) : once_in(3) ? some(Millis(400)) : some(Minutes(3));
  world.at(world.now() + pause, [this, &citizen, stay = citizen.stay] {
    if (stay == citizen.stay && citizen.awake && citizen.person->running()) act(citizen);
  });
}

void Town::leave(Citizen& citizen) {
  citizen.awake = false;
  ++citizen.stay;
  Person& person = *citizen.person;
  person.crash_at.reset();
  if (resting_ || once_in(2)) {
    person.close();
  } else {
    person.crash(once_in(3) ? Crash::keeps : once_in(2) ? Crash::tears : Crash::drops);
  }
  const Millis away = once_in(6) && !resting_ ? some(Hours(14)) : some(Hours(4));
  world.at(world.now() + away, [this, &citizen] { wake(citizen); });
}

void Town::act(Citizen& citizen) {
  Person& person = *citizen.person;
  if (world.now() >= citizen.stays_until) return leave(citizen);
  if (!person.open()) return next_act(citizen);
  if (!resting_ && once_in(12) && !person.crash_at) {
    person.effects_done = 0;
    person.crash_kind = once_in(3) ? Crash::keeps : once_in(2) ? Crash::tears : Crash::drops;
    person.crash_at = random_.below(60);
  }
  const std::vector<NoticeView> notices = person.view().notices;
  for (const NoticeView& notice : notices) {
    if (person.open() && once_in(2)) person.tell(DismissNotice{notice.id});
  }
  for (std::size_t i = 0; person.open() && i < person.view().conversations.size(); ++i) {
    const ConversationView& talk = person.view().conversations[i];
    if (talk.state != ContactState::request_received) continue;
    const auto other = oracle.by_fingerprint(talk.fingerprint);
    if (other && !once_in(3)) {
      person.tell(AcceptRequest{talk.contact});
    } else if (!other) {
      person.tell(DeclineRequest{talk.contact});
      break;
    }
  }
  if (person.open()) meet(citizen);
  if (person.open() && once_in(2)) say(citizen, 12);
  for (std::size_t i = 0; person.open() && i < person.view().conversations.size(); ++i) {
    const ConversationView& talk = person.view().conversations[i];
    if (talk.unseen > 0 && once_in(resting_ ? 2 : 3)) read(person, talk);
  }
  if (person.open() && once_in(200)) person.tell(SetMyName{person.name + std::to_string(random_.below(10))});
  if (person.open() && once_in(100)) person.tell(RetryNow{});
  if (person.open() && !person.view().conversations.empty() && once_in(50)) {
    const auto& talks = person.view().conversations;
    person.tell(SetClocks{talks[random_.below(talks.size())].contact, some_clocks()});
  }
  next_act(citizen);
}

void Town::read(Person& person, const ConversationView& talk) {
  Shown shown{talk.contact, {}};
  for (const MessageView& message : talk.messages) {
    if (!message.mine && !message.seen) shown.messages.push_back(message.id);
  }
  oracle.looks(person, shown);
  person.tell(std::move(shown));
}

const ConversationView* Town::knows(const Citizen& citizen, std::size_t other) const {
  for (const ConversationView& talk : citizen.person->view().conversations) {
    if (oracle.by_fingerprint(talk.fingerprint) == other) return &talk;
  }
  return nullptr;
}

void Town::say(Citizen& citizen, std::size_t most) {
  Person& person = *citizen.person;
  const double gone =
      static_cast<double>((world.now() - began_).count()) / static_cast<double>(plan_.span.count());
  const auto due = static_cast<std::size_t>(static_cast<double>(plan_.messages) * std::min(gone, 1.0));
  for (std::size_t n = 0; said_ < due && n < most && person.open(); ++n) {
    const auto& talks = person.view().conversations;
    if (talks.empty()) return;
    const ConversationView& talk = talks[random_.below(talks.size())];
    const auto other = oracle.by_fingerprint(talk.fingerprint);
    if (!other || talk.state == ContactState::request_received) continue;
    // Not a flood into somebody's request.
    if (talk.state == ContactState::request_sent && talk.messages.size() > 5) continue;
    const bool own = once_in(3);
    const Clocks clocks = own ? some_clocks() : talk.clocks;
    const std::size_t length = once_in(40) ? 1 + random_.below(Messenger::kMaxText) : random_.below(120);
    const std::string text = oracle.says(person, *other, clocks, length);
    ++said_;
    person.tell(SendText{talk.contact, text, own ? std::optional(clocks) : std::nullopt});
  }
}

// ---- how two people meet

void Town::meet(Citizen& citizen) {
  Person& person = *citizen.person;
  for (Meeting& meeting : meetings_) {
    if (!person.open() || world.now() < std::max(meeting.from, meeting.again)) continue;
    if (meeting.host == citizen.number && meeting.link.empty()) {
      for (const InvitationView& invitation : person.view().invitations) {
        if (invitation.label == meeting.label && invitation.ready) meeting.link = invitation.link;
      }
      if (!meeting.made) person.tell(MakeInvitation{meeting.label, meeting.uses, Days(20)});
      meeting.made = true;
      // Perhaps a crash took it.
      if (meeting.link.empty() && once_in(10)) meeting.made = false;
    }
    if (meeting.guest != citizen.number || meeting.link.empty() || knows(citizen, meeting.host)) continue;
    const auto& opening = person.view().opening;
    if (!opening) {
      if (!meeting.opened) person.tell(OpenInvitation{meeting.link});
      meeting.opened = person.open() && person.view().opening.has_value();
      return;
    }
    if (!meeting.opened || opening->state == OpeningView::State::sending) continue;
    if (opening->state == OpeningView::State::ready) {
      const std::string text = oracle.says(person, meeting.host, kMeeting, random_.below(300));
      person.tell(Introduce{text});
      meeting.opened = false;
      meeting.again = world.now() + Minutes(10);
    } else if (opening->state == OpeningView::State::failed || once_in(20)) {
      const bool gone = opening->problem == Problem::invitation_gone ||
                        opening->problem == Problem::invitation_used_up ||
                        opening->problem == Problem::link_expired;
      meeting.opened = false;
      meeting.again = world.now() + some(Hours(1));
      if (gone) {
        meeting.link.clear();
        meeting.made = false;
        meeting.label += "'";
      }
      person.tell(CancelInvitation{});
    }
    return;
  }
  // Whoever was interrupted starts again.
  if (person.open() && !person.view().opening) {
    for (Meeting& meeting : meetings_) {
      if (meeting.guest == citizen.number) meeting.opened = false;
    }
  }
}

// ---- what happens to them

void Town::weather() {
  if (resting_) return;
  world.at(world.now() + some(Hours(1)), [this] { weather(); });
  if (once_in(8)) {
    const std::string url = kRelays[random_.below(3)];
    world.stop(url.c_str());
    ++relay_restarts_;
    world.at(world.now() + (once_in(5) ? some(Hours(3)) : some(Minutes(1))),
             [this, url] { world.restart(url.c_str()); });
  }
  for (Citizen& citizen : citizens_) {
    if (!once_in(20)) continue;
    ++cuts_;
    world.cut(*citizen.person, kRelays[random_.below(3)], once_in(3) ? some(Hours(5)) : some(Minutes(5)));
  }
}

void Town::mood() {
  if (resting_ || !plan_.lies) return liar_->feels({});
  world.at(world.now() + some(Hours(3)), [this] { mood(); });
  Liar::Mood m;
  const auto sometimes = [&](unsigned per_mille) {
    return once_in(3) ? static_cast<unsigned>(random_.below(per_mille + 1)) : 0;
  };
  m.forgets = sometimes(300);
  m.forgets_for_good = sometimes(40);
  m.silent = sometimes(30);
  m.delays = sometimes(500);
  m.repeats = sometimes(100);
  m.garbles = sometimes(60);
  m.mixes_up = sometimes(40);
  m.old_keys = sometimes(200);
  m.swaps = sometimes(600);
  m.bad_keys = sometimes(300);
  m.stranger = sometimes(4);
  m.holes = sometimes(2);
  if (once_in(4)) m.clock = Millis(Minutes(1 + static_cast<std::int64_t>(random_.below(8))));
  if (once_in(8)) m.clock = once_in(2) ? Millis(Days(400)) : -Millis(Hours(5));
  liar_->feels(m);
}

void Town::live() {
  for (Citizen& citizen : citizens_) {
    citizen.person->close();
    world.at(world.now() + some(Hours(1)), [this, &citizen] { wake(citizen); });
  }
  weather();
  mood();
  world.run_for(ends_ - world.now());

  resting_ = true;
  mood();
  world.mend();
  for (const char* url : kRelays) world.restart(url);
  for (Citizen& citizen : citizens_) {
    citizen.person->crash_at.reset();
    if (citizen.awake && citizen.person->running()) {
      citizen.person->sync_failures_percent = 0;
    } else if (!citizen.awake) {
      wake(citizen);
    }
  }
  world.run_for(Minutes(5));
  // A word from everyone to everyone they know, so that whoever is in doubt hears that the other lives.
  plan_.messages = SIZE_MAX;
  for (Citizen& citizen : citizens_) {
    for (std::size_t i = 0; citizen.person->open() && i < citizen.person->view().conversations.size(); ++i) {
      const ConversationView& talk = citizen.person->view().conversations[i];
      const auto other = oracle.by_fingerprint(talk.fingerprint);
      if (!other || talk.state != ContactState::accepted) continue;
      const std::string text = oracle.says(*citizen.person, *other, talk.clocks, 0);
      ++said_;
      citizen.person->tell(SendText{talk.contact, text, std::nullopt});
    }
  }
  plan_.messages = 0;
  world.run_for(plan_.rest - Minutes(20));
  gathered_ = true;
  for (Citizen& citizen : citizens_) {
    citizen.stays_until = Time::max();
    wake(citizen);
  }
  world.run_for(Minutes(20));
}

void Town::finish() {
  oracle.finish([this](const Oracle::Message& m) {
    return liar_->swallowed(citizens_[m.from].person, citizens_[m.to].person, m.id);
  });
}

std::string Town::summary() const {
  const Oracle::Figures& f = oracle.figures();
  const Liar::Figures& l = liar_->figures();
  const auto n = [](std::uint64_t value) { return std::to_string(value); };
  return "said " + n(f.said) + ", kept " + n(f.accepted) + ", shown " + n(f.shown) + ", swallowed " +
         n(f.swallowed) + ", expired unread " + n(f.expired_unread) +
         ", lost in a crash before they were safe " + n(f.unsaid) + "; crashes " + n(world.crashes) +
         ", starts " + n(starts_) + ", relay restarts " + n(relay_restarts_) + ", cuts " + n(cuts_) +
         ", events " + n(world.events) + "; substitutions " + n(f.substitutions) + ", noticed " +
         n(f.noticed) + "; the liar forgot " + n(l.forgotten) + " and for good " + n(l.forgotten_for_good) +
         ", said nothing " + n(l.silent) + ", delayed " + n(l.delayed) + ", repeated " + n(l.repeated) +
         ", garbled " + n(l.garbled) + ", mixed up " + n(l.mixed_up) + ", old keys " + n(l.old_keys) +
         ", identities swapped " + n(l.swapped) + ", signatures broken " + n(l.bad_keys) + ", strangers " +
         n(l.strangers) + ", holes " + n(l.holes) + ", clocks " + n(l.clocks);
}

}  // namespace tacet::test
