#include "world/liar.h"

#include "client/content.h"
#include "client/sealed_keys.h"
#include "crypto/hash.h"

namespace tacet::test {
namespace {

constexpr std::size_t kPast = 4;  // envelopes remembered per mailbox
constexpr Minutes kBelieved{10};  // README of src/client, "Time"

}  // namespace

Liar::Liar(World& world, const char* url, Oracle& oracle, std::uint64_t seed)
    : ModelRelay(*RelayAddress::parse(url), world.random(),
                 [this](Connection connection, const ByteVector& block) { leaves(connection, block); }),
      world_(world),
      oracle_(oracle),
      random_(seed),
      self_(ratchet::IdentitySecret::generate(random_)) {}

void Liar::feels(const Mood& mood) {
  mood_ = mood;
  clock_error = mood.clock;
}

bool Liar::swallowed(const Person* from, const Person* to, const MessageId& id) const {
  const auto nothing_passes = [&](const Person* a, const Person* b) {
    return holes_.contains({a, b}) || spoilt_meetings_.contains({a, b});
  };
  if (nothing_passes(from, to)) return true;
  return nothing_passes(to, from) && (for_good_.contains(id) || spoilt_.contains(id));
}

void Liar::arrived(Connection connection, ByteView block, Time now) {
  const auto decoded = wire::decode_client(block);
  Person* who = world_.owner(connection);
  if (!decoded || !who) return ModelRelay::arrived(connection, block, now);
  if (whim(mood_.silent)) {
    ++figures_.silent;
    return;
  }
  if (const auto* made = std::get_if<wire::New>(&decoded->request)) places_[made->mailbox].owner = who;
  if (const auto* put = std::get_if<wire::KeysPut>(&decoded->request)) {
    Place& place = places_[put->mailbox];
    place.keys = *put;
    if (put->handouts) place.invitation = *put->handouts != wire::KeysPut::kUnlimited || put->otks.size() > 4;
  }
  if (const auto* get = std::get_if<wire::KeysGet>(&decoded->request)) {
    asked_[{connection, decoded->request_id}] = get->mailbox;
  }
  if (const auto* mail = std::get_if<wire::Send>(&decoded->request)) {
    if (!send(connection, decoded->request_id, *mail, now)) return;
  }
  ModelRelay::arrived(connection, block, now);
}

// False: it has seen to it itself.
bool Liar::send(Connection connection, std::uint32_t request, const wire::Send& mail, Time now) {
  const auto found = places_.find(mail.mailbox);
  if (found == places_.end()) return true;
  Person* from = world_.owner(connection);
  Place& place = found->second;
  const People people{from, place.owner};
  const bool handshake = place.invitation && mail.envelope.size() == ratchet::kHandshakeSize;
  if (handshake) handshakes_[mail.message] = people;
  const auto meeting = stale_.find(people);
  if (meeting != stale_.end() && meeting->second == mail.mailbox && handshake) {
    stale_handshakes_.insert(mail.message);
    stale_.erase(meeting);
  }
  if (whim(mood_.holes)) {
    ++figures_.holes;
    holes_.insert(people);
  }
  if (whim(mood_.stranger)) slip_in(mail.mailbox, place);
  const auto ok = [&] {
    world_.send_block(connection, wire::encode(wire::ServerBlock{request, wire::Ok{}}));
    return false;
  };
  if (holes_.contains(people) || for_good_.contains(mail.message)) return ok();
  if (whim(mood_.forgets_for_good)) {
    ++figures_.forgotten_for_good;
    for_good_.insert(mail.message);
    if (handshake) spoilt_meetings_.insert(people);
    return ok();
  }
  if (whim(mood_.forgets)) {
    ++figures_.forgotten;
    return ok();
  }
  if (whim(mood_.delays)) {
    ++figures_.delayed;
    const Millis longest = random_.below(4) == 0 ? Millis(Hours(20)) : Millis(Minutes(2));
    const Millis delay(static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(longest.count()))));
    world_.at(now + delay, [this, mail] {
      put(mail.mailbox, mail.message, mail.envelope, Hours(mail.retention_hours), world_.now());
    });
    return ok();
  }
  return true;
}

// It has got hold of the owner's link, too: so it knows the fingerprint that seals what it stores.
std::optional<ratchet::Bundle> Liar::open(const wire::MailboxId& mailbox, const Place& place) const {
  const ratchet::Fingerprint owner{oracle_.fingerprint(*place.owner).raw};
  auto bundle =
      open_keys({place.keys.identity, place.keys.spk, place.keys.lrk, {}}, mailbox, owner, world_.now());
  return bundle ? std::optional(std::move(*bundle)) : std::nullopt;
}

void Liar::seal(wire::Keys& keys, const wire::MailboxId& mailbox, const Place& place) {
  wire::KeysPut put;
  put.mailbox = mailbox;
  put.identity = keys.identity;
  put.spk = keys.spk;
  put.lrk = keys.lrk;
  seal_keys(put, {oracle_.fingerprint(*place.owner).raw}, random_);
  keys = {put.identity, put.spk, put.lrk, {}};
}

void Liar::slip_in(const wire::MailboxId& mailbox, const Place& place) {
  const auto bundle = open(mailbox, place);
  if (!bundle) return;
  const Time now = world_.now();
  const std::string_view words = "buy this";
  const IntroductionContent content{
      {random_.draw<MessageId>(), now, now + Hours(1), Seconds(0), {words.begin(), words.end()}},
      "your friend",
      {address(), random_.draw<wire::MailboxId>(), random_.draw<wire::SendToken>()}};
  auto made = ratchet::initiate(self_, *bundle, encode(content), std::nullopt, now, random_);
  if (!made) return;
  ++figures_.strangers;
  const auto id = random_.draw<wire::MessageId>();
  if (!place.invitation) strangers_.insert(id);
  world_.at(now, [this, mailbox, id, wire = std::move(made->wire)] {
    put(mailbox, id, wire, Hours(24), world_.now());
  });
}

// ---- what it says

void Liar::leaves(Connection connection, const ByteVector& block) {
  const auto decoded = wire::decode_server(block);
  if (!decoded) return world_.send_block(connection, block);
  const wire::Answer& answer = decoded->answer;
  if (const auto* msg = std::get_if<wire::Msg>(&answer)) return deliver(connection, *msg);
  if (const auto* keys = std::get_if<wire::Keys>(&answer))
    return hand_out(connection, decoded->request_id, *keys);
  const bool tells_time =
      std::holds_alternative<wire::Hello>(answer) || std::holds_alternative<wire::Pong>(answer);
  const Millis error = clock_error;
  if (!tells_time || (error < kBelieved + Minutes(1) && error > -kBelieved - Minutes(1)))
    return world_.send_block(connection, block);
  ++figures_.clocks;
  world_.send_block(connection, block,
                    [this](Person& who) { tell(who, {Problem::device_clock_wrong}, "a clock that lies"); });
}

void Liar::hand_out(Connection connection, std::uint32_t request, wire::Keys keys) {
  const auto asked = asked_.find({connection, request});
  if (asked == asked_.end()) return;
  const wire::MailboxId mailbox = asked->second;
  asked_.erase(asked);
  Place& place = places_[mailbox];
  const auto say = [&](std::function<void(Person&)> arrived = {}) {
    world_.send_block(connection, wire::encode(wire::ServerBlock{request, keys}), std::move(arrived));
  };
  const auto forged = [this](const char* what) {
    return [this, what](Person& who) {
      tell(who, {Problem::invitation_forged, Problem::identity_changed}, what);
    };
  };
  const auto bytes = [](const auto& record) { return ByteVector(record.raw.begin(), record.raw.end()); };
  if (whim(mood_.swaps)) {
    ++figures_.swapped;
    if (random_.below(2) == 0) {
      for (const auto& [id, other] : places_) {
        if (other.owner == place.owner || other.keys.identity.empty()) continue;
        keys = {other.keys.identity, other.keys.spk, other.keys.lrk, {}};
        return say(forged("another's keys"));
      }
    }
    const Time now = world_.now();
    const auto spk = ratchet::SignedPrekeySecret::generate(ratchet::SignedPrekeyId{1}, self_, now, random_);
    const auto lrk = ratchet::LastResortSecret::generate(ratchet::LastResortId{1}, self_, now, random_);
    keys = {bytes(self_.identity().bytes()), bytes(spk.record()), bytes(lrk.record()), {}};
    seal(keys, mailbox, place);
    return say(forged("another identity, sealed as it should be"));
  }
  const auto bundle = whim(mood_.bad_keys) ? open(mailbox, place) : std::nullopt;
  if (bundle) {
    keys = {bytes(bundle->identity.bytes()),
            bytes(bundle->signed_prekey.record()),
            bytes(bundle->last_resort.record()),
            {}};
    ByteVector& victim = random_.below(2) == 0 ? keys.spk : keys.lrk;
    victim[victim.size() - 1 - random_.below(60)] ^= 1;
    seal(keys, mailbox, place);
    ++figures_.bad_keys;
    return say(forged("keys with a broken signature"));
  }
  if (place.oldest && whim(mood_.old_keys)) {
    keys = *place.oldest;
    ++figures_.old_keys;
    const People people{world_.owner(connection), place.owner};
    stale_[people] = mailbox;
    spoilt_meetings_.insert(people);
  }
  if (!place.oldest) place.oldest = keys;
  say();
}

// Its id is taken: the relay behind has delivered it. A handshake has no other.
void Liar::spoils(const wire::MessageId& message) {
  spoilt_.insert(message);
  const auto handshake = handshakes_.find(message);
  if (handshake != handshakes_.end()) spoilt_meetings_.insert(handshake->second);
}

// A copy of what they have is not opened at all.
void Liar::spoilt(Person& who, const wire::MessageId& message, const char* what) {
  if (!oracle_.arrived(message)) tell(who, {Problem::envelope_unreadable}, what);
}

void Liar::deliver(Connection connection, wire::Msg msg) {
  Place& place = places_[msg.mailbox];
  const auto say = [&](const wire::Msg& what, std::function<void(Person&)> arrived = {}) {
    world_.send_block(connection, wire::encode(wire::ServerBlock{0, what}), std::move(arrived));
  };
  const bool first = delivered_.insert(msg.message).second;
  if (first && strangers_.contains(msg.message)) {
    return say(msg, [this](Person& who) {
      tell(who, {Problem::identity_changed}, "a stranger in a contact's mailbox");
    });
  }
  if (first && stale_handshakes_.contains(msg.message)) {
    // Its one-time key may be spent; then nothing opens it. Or not; then it is what it says.
    const auto requests = [](const View& view) { return view.conversations.size(); };
    return say(msg, [this, requests](Person& who) {
      const std::size_t before = requests(who.view());
      oracle_.owes(who, {Problem::envelope_unreadable}, "a handshake for old keys",
                   [requests, before](const View& view) { return requests(view) > before; });
    });
  }
  if (first && whim(mood_.garbles)) {
    wire::Msg other = msg;
    other.envelope[random_.below(other.envelope.size())] ^= static_cast<Byte>(1U << random_.below(8));
    ++figures_.garbled;
    spoils(msg.message);
    return say(other, [this, id = msg.message](Person& who) { spoilt(who, id, "a garbled envelope"); });
  }
  if (first && whim(mood_.mixes_up)) {
    for (auto& [id, other] : places_) {
      if (other.owner == place.owner || other.past.empty()) continue;
      wire::Msg mixed = msg;
      mixed.envelope = other.past.back().second;
      other.past.pop_back();  // the same again would not be counted again
      ++figures_.mixed_up;
      spoils(msg.message);
      return say(mixed,
                 [this, id = msg.message](Person& who) { spoilt(who, id, "an envelope meant for another"); });
    }
  }
  say(msg);
  if (!first) return;  // the same again, kept twice, would not be told apart
  if (place.past.size() < kPast) {
    place.past.emplace_back(msg.message, msg.envelope);
  } else if (random_.below(4) == 0) {
    place.past[random_.below(kPast)] = {msg.message, msg.envelope};
  }
  if (!whim(mood_.repeats)) return;
  ++figures_.repeated;
  const auto [id, envelope] = place.past[random_.below(place.past.size())];
  const auto again = random_.below(2) == 0 ? id : random_.draw<wire::MessageId>();
  delivered_.insert(again);
  world_.at(world_.now() + Minutes(1), [this, mailbox = msg.mailbox, again, envelope = envelope] {
    put(mailbox, again, envelope, Hours(24), world_.now(), true);
  });
}

}  // namespace tacet::test
