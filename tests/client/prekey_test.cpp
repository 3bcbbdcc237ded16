// The rules above one session that take weeks: prekeys that are replaced, refilled and forgotten, sessions
// that age, and the one that lost (RATCHET.md sections 3, 4 and 7).
#include "client/content.h"
#include "client/invitation.h"
#include "client/records.h"
#include "client/sealed_keys.h"
#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

namespace {

// A relay at which a test can ask for keys, hold envelopes back and put its own into a mailbox.
class OpenRelay final : public ModelRelay {
 public:
  explicit OpenRelay(World& world)
      : ModelRelay(*RelayAddress::parse(World::kRelay), world.random(),
                   [this, &world](Connection connection, const ByteVector& block) {
                     if (connection == kTest) {
                       if (auto decoded = wire::decode_server(block)) answer_ = std::move(decoded->answer);
                     } else {
                       world.send_block(connection, block);
                     }
                   }) {}
  using ModelRelay::put;

  // What it hands out to somebody who asks for the first time.
  wire::Keys keys(const Invitation& invitation, Random& random, Time now) {
    connect(kTest, now);
    const wire::KeysGet get{invitation.mailbox, invitation.token, random.draw<MessageId>()};
    arrived(kTest, wire::encode(wire::ClientBlock{1, get}), now);
    disconnect(kTest);
    REQUIRE(std::holds_alternative<wire::Keys>(answer_));
    return std::get<wire::Keys>(answer_);
  }

 private:
  static constexpr Connection kTest = 1'000'000;
  wire::Answer answer_;
};

struct Street {
  explicit Street(std::uint64_t seed)
      : world(seed),
        relay(static_cast<OpenRelay&>(world.add_relay(World::kRelay, std::make_unique<OpenRelay>(world)))),
        ada(world.person("Ada")),
        bob(world.person("Bob")) {
    ada.set_up();
    bob.set_up();
  }
  [[nodiscard]] Invitation invite() {
    ada.tell(MakeInvitation{"", 0, Days(30)});
    REQUIRE(world.run_until([&] { return ada.view().invitations.at(0).ready; }));
    return *Invitation::parse(ada.view().invitations.at(0).link);
  }
  [[nodiscard]] ratchet::Bundle bundle(const Invitation& invitation) {
    auto out = open_keys(relay.keys(invitation, world.random(), world.now()), invitation.mailbox,
                         {invitation.fingerprint.raw}, world.now());
    REQUIRE(out);
    return *out;
  }
  // A stranger's first message, made with `bundle`, put where the invitation points.
  void knock(const ratchet::Bundle& bundle, const Invitation& invitation, const std::string& text) {
    const auto self = ratchet::IdentitySecret::generate(world.random());
    const ByteView bytes = as_bytes(text);
    const IntroductionContent content{
        {world.random().draw<MessageId>(),
         world.now(),
         world.now() + Days(6),
         Seconds(0),
         {bytes.begin(), bytes.end()}},
        "",
        {invitation.relay, world.random().draw<wire::MailboxId>(), world.random().draw<wire::SendToken>()}};
    const auto made =
        ratchet::initiate(self, bundle, encode(content), std::nullopt, world.now(), world.random());
    REQUIRE(made);
    relay.put(invitation.mailbox, world.random().draw<MessageId>(), made->wire, Hours(24), world.now());
    world.run_for(Minutes(1));
  }
  [[nodiscard]] std::size_t records(Person& person, Kind kind) {
    person.close();
    const std::size_t count = person.open_vault()->records(static_cast<std::uint8_t>(kind)).size();
    reopen(person);
    return count;
  }
  void reopen(Person& person) {
    person.start();
    person.unlock();
    REQUIRE(world.run_until([&] { return person.view().phase == Phase::open; }));
    world.run_for(Minutes(1));
  }
  [[nodiscard]] std::size_t handshakes() const {
    std::set<ByteVector> out;
    for (const wire::Send& send : relay.log) {
      if (send.envelope.size() == ratchet::kHandshakeSize) out.insert(send.envelope);
    }
    return out.size();
  }

  World world;
  OpenRelay& relay;
  Person& ada;
  Person& bob;
};

bool contains(const Texts& all, const std::string& text) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

}  // namespace

TEST_CASE("prekeys are replaced every week, serve for 30 days more, and then nobody can use them") {
  Street s(80);
  const Invitation first = s.invite();
  ratchet::Bundle old = s.bundle(first);
  old.one_time.reset();
  s.world.sleep(Days(6));
  CHECK(s.bundle(first).signed_prekey.id() == old.signed_prekey.id());
  s.world.sleep(Days(2));
  const ratchet::Bundle fresh = s.bundle(first);
  CHECK(fresh.signed_prekey.id() != old.signed_prekey.id());
  CHECK(fresh.last_resort.id() != old.last_resort.id());

  s.world.sleep(Days(20));
  const Invitation second = s.invite();
  s.knock(old, second, "made with keys of four weeks ago");
  CHECK(contains(s.ada.texts(false), "made with keys of four weeks ago"));
  CHECK_FALSE(s.ada.has_notice(Problem::envelope_unreadable));

  s.world.sleep(Days(11));  // 31 days after the replacement
  s.knock(old, second, "too late");
  CHECK_FALSE(contains(s.ada.texts(false), "too late"));
  CHECK(s.ada.has_notice(Problem::envelope_unreadable));
}

TEST_CASE("one-time prekeys are handed out once each and refilled when few are left") {
  Street s(81);
  const Invitation invitation = s.invite();
  s.world.run_for(Minutes(2));
  std::set<ByteVector> seen;
  const auto take = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const wire::Keys keys = s.relay.keys(invitation, s.world.random(), s.world.now());
      CHECK_FALSE(keys.otk.empty());
      CHECK(seen.insert(keys.otk).second);
    }
  };
  take(31);  // 19 are left
  s.world.run_for(Minutes(2));
  take(50);
  CHECK(s.relay.keys(invitation, s.world.random(), s.world.now()).otk.empty());
  s.world.run_for(Minutes(2));
  take(1);

  // Its secret dies with its first use.
  const ratchet::Bundle bundle = s.bundle(invitation);
  REQUIRE(bundle.one_time);
  s.knock(bundle, invitation, "first");
  s.knock(bundle, invitation, "second");
  CHECK(contains(s.ada.texts(false), "first"));
  CHECK_FALSE(contains(s.ada.texts(false), "second"));
  CHECK(s.ada.has_notice(Problem::envelope_unreadable));
}

TEST_CASE("a full last-resort memory refuses, forgets nothing, and is followed by a new key at once") {
  Street s(82);
  const Invitation invitation = s.invite();
  ratchet::Bundle bundle = s.bundle(invitation);
  bundle.one_time.reset();
  const auto last_resort = static_cast<std::uint32_t>(bundle.last_resort.id());
  s.knock(bundle, invitation, "there is room");
  CHECK(contains(s.ada.texts(false), "there is room"));

  s.ada.close();
  {
    // 1023 more, as if they had been accepted.
    const auto vault = s.ada.open_vault();
    vault::Batch batch;
    for (std::size_t i = 1; i < ratchet::kLastResortMemory; ++i) {
      const RecordId id = s.world.random().draw<RecordId>();
      batch.puts.push_back({{static_cast<std::uint8_t>(Kind::last_resort_use), id},
                            encode_record(LastResortUseRecord{last_resort}),
                            std::nullopt});
    }
    REQUIRE(vault->commit(batch));
  }
  s.ada.disk.crash_kindly();
  s.reopen(s.ada);
  s.knock(bundle, invitation, "one too many");
  CHECK_FALSE(contains(s.ada.texts(false), "one too many"));
  CHECK(s.ada.has_notice(Problem::envelope_unreadable));

  ratchet::Bundle next = s.bundle(invitation);
  next.one_time.reset();
  CHECK(next.last_resort.id() != bundle.last_resort.id());
  s.knock(next, invitation, "with the new one");
  CHECK(contains(s.ada.texts(false), "with the new one"));
  s.knock(bundle, invitation, "the old one stays full");
  CHECK_FALSE(contains(s.ada.texts(false), "the old one stays full"));
  CHECK(s.bundle(invitation).last_resort.id() == next.last_resort.id());  // and costs nothing more
  CHECK(s.records(s.ada, Kind::last_resort_use) == ratchet::kLastResortMemory + 1);

  // It is remembered as long as its secret lives.
  s.world.sleep(Days(29));
  CHECK(s.records(s.ada, Kind::last_resort_use) == ratchet::kLastResortMemory + 1);
  s.world.sleep(Days(2));
  CHECK(s.records(s.ada, Kind::last_resort_use) == 1);
}

TEST_CASE(
    "of two sessions begun at once one sends, the other still opens what was on its way, and is gone in a "
    "month") {
  Street s(83);
  const std::string from_ada = s.ada.invite(0);
  const std::string from_bob = s.bob.invite(0);
  s.ada.open(from_bob);
  s.bob.open(from_ada);
  // What each says on its own session before it knows of the other's is held back.
  std::vector<wire::Send> held;
  s.relay.swallows = [&](const wire::Send& send) {
    const bool hold = send.envelope.size() == wire::kEnvelopeSizes[0] && held.size() < 2;
    if (hold) held.push_back(send);
    return hold;
  };
  s.ada.tell(Introduce{"I am Ada"});
  s.bob.tell(Introduce{"I am Bob"});
  s.ada.say("early from Ada");
  s.bob.say("early from Bob");
  REQUIRE(s.world.run_until([&] {
    return s.ada.talk()->state == ContactState::accepted && s.bob.talk()->state == ContactState::accepted;
  }));
  s.world.run_for(Minutes(5));
  REQUIRE(held.size() == 2);
  s.ada.say("and on");
  s.bob.say("and on");
  s.world.run_for(Minutes(1));
  CHECK(s.ada.texts(false) == Texts{"I am Bob", "and on"});
  CHECK(s.bob.texts(false) == Texts{"I am Ada", "and on"});
  for (const wire::Send& send : held) {
    s.relay.put(send.mailbox, s.world.random().draw<MessageId>(), send.envelope, Hours(24), s.world.now());
  }
  s.world.run_for(Minutes(1));
  CHECK(s.ada.texts(false) == Texts{"I am Bob", "early from Bob", "and on"});
  CHECK(s.bob.texts(false) == Texts{"I am Ada", "early from Ada", "and on"});
  for (Person* person : {&s.ada, &s.bob}) {
    CHECK(person->view().notices.empty());
    CHECK(s.records(*person, Kind::session) == 2);
  }
  s.world.sleep(Days(29));
  CHECK(s.records(s.ada, Kind::session) == 2);
  s.world.sleep(Days(2));
  CHECK(s.records(s.ada, Kind::session) == 1);
  CHECK(s.records(s.bob, Kind::session) == 1);
  s.ada.say("still here");
  REQUIRE(s.world.run_until([&] { return contains(s.bob.texts(false), "still here"); }));
  CHECK(s.handshakes() == 2);
}

TEST_CASE("a session is renewed after 90 days and not before, and one that nobody answers after 30") {
  Street s(84);
  s.world.befriend(s.ada, s.bob);
  REQUIRE(s.handshakes() == 1);
  s.world.sleep(Days(89));
  CHECK(s.handshakes() == 1);
  s.bob.close();
  const auto days_for_ada = [&](int days) {
    s.ada.close();
    s.world.run_for(Days(days));
    s.reopen(s.ada);
    s.world.run_for(Minutes(5));
  };
  days_for_ada(2);
  CHECK(s.handshakes() == 2);
  days_for_ada(28);
  CHECK(s.handshakes() == 2);
  days_for_ada(3);
  CHECK(s.handshakes() == 3);
  s.ada.say("are you back?");
  s.reopen(s.bob);
  s.world.run_for(Hours(1));
  s.bob.say("I am");
  REQUIRE(s.world.run_until([&] { return contains(s.ada.texts(false), "I am"); }));
  REQUIRE(s.world.run_until([&] { return contains(s.bob.texts(false), "are you back?"); }));
  CHECK_FALSE(s.ada.has_notice(Problem::session_broken));
  CHECK_FALSE(s.bob.has_notice(Problem::session_broken));
}
