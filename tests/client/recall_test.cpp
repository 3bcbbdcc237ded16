// Unlocking with a long history: the end of it at once, the rest in small portions (src/client/README.md).
#include "client/records.h"
#include "client/world.h"

using namespace tacet;
using namespace tacet::test;

namespace {

constexpr std::size_t kMany = 2000;

template <class Record, class Id>
void put(vault::Batch& batch, const Id& id, const Record& record, Time dies) {
  batch.puts.push_back(
      {{static_cast<std::uint8_t>(Record::kKind), record_id(id)}, encode_record(record), dies});
}

MessageId number(std::size_t i) {
  MessageId id;
  id.raw = {1, static_cast<Byte>(i * 7), static_cast<Byte>(i >> 8), static_cast<Byte>(i)};
  return id;
}

struct Past {
  explicit Past(std::uint64_t seed) : world(seed), ada(world.person("Ada")), bob(world.person("Bob")) {
    ada.set_up();
    bob.set_up();
    world.befriend(ada, bob);
    contact = bob.talk()->contact;
    already = bob.talk()->messages.size();
    bob.close();
  }

  // Every fourth is Bob's. Every hundredth of Ada's was never seen; 1002 was written before 1001 and 999.
  void write() {
    const auto vault = bob.open_vault();
    vault::Batch batch;
    for (std::size_t i = 0; i < kMany; ++i) {
      MessageRecord m;
      m.contact = contact;
      m.mine = i % 4 == 0;
      m.seen = i % 100 != 1;
      m.delivery = i == 8 ? Delivery::waiting : Delivery::delivered;
      m.received_at = m.sent_at = world.now() + Millis(i);
      if (i == 1002) m.sent_at -= Millis(4);
      m.expires_at = world.now() + Days(1);
      m.text.assign(1 + i % 90, static_cast<Byte>('a' + i % 26));
      put(batch, number(i), m, m.expires_at);
      if (!m.mine && !m.seen) {
        put(batch, number(i), TraceRecord{contact, m.sent_at, m.received_at, m.expires_at, false},
            m.expires_at + Days(30));
      }
      if (i % 50 != 49) continue;
      REQUIRE(vault->commit(std::exchange(batch, {})));
    }
    // One of Bob's, long ago, is at the relay and not delivered.
    OutboxRecord out;
    out.contact = contact;
    out.content = number(8);
    out.envelope.resize(wire::kEnvelopeSizes[0]);
    out.expires_at = world.now() + Days(1);
    put(batch, number(8), out, out.expires_at);
    put(batch, number(8), SentRecord{world.now()}, out.expires_at);
    REQUIRE(vault->commit(batch));
    bob.disk.crash_kindly();
  }

  void unlock() {
    bob.start();
    bob.unlock();
    REQUIRE(world.run_until([&] { return bob.view().phase == Phase::open; }));
  }
  [[nodiscard]] const MessageView* find(std::size_t i) const {
    for (const MessageView& m : bob.talk()->messages) {
      if (m.id == number(i)) return &m;
    }
    return nullptr;
  }

  World world;
  Person& ada;
  Person& bob;
  ContactId contact;
  std::size_t already = 0;
};

}  // namespace

TEST_CASE("a long history is there from its end at once, and whole and in order a moment later") {
  Past past(91);
  past.write();
  past.unlock();
  const ConversationView* talk = past.bob.talk();
  CHECK(past.bob.view().recalling);
  CHECK(talk->messages.size() < kMany / 2);
  REQUIRE(past.find(kMany - 1) != nullptr);
  CHECK(talk->messages.back().id == number(kMany - 1));
  CHECK(talk->unseen == 20);
  REQUIRE(past.find(8) != nullptr);  // out of turn: it is on its way
  CHECK(past.find(8)->delivery == Delivery::sent);
  CHECK(past.find(12) == nullptr);

  REQUIRE(past.world.run_until([&] { return !past.bob.view().recalling; }));
  talk = past.bob.talk();
  REQUIRE(talk->messages.size() == past.already + kMany);
  CHECK(talk->unseen == 20);
  std::vector<std::size_t> expected(kMany);
  for (std::size_t i = 0; i < kMany; ++i) expected[i] = i;
  // After 998, of the same moment, and before everything of Ada's that was written later.
  expected.erase(expected.begin() + 1002);
  expected.insert(expected.begin() + 999, 1002);
  for (std::size_t i = 0; i < kMany; ++i) {
    CHECK(talk->messages[past.already + i].id == number(expected[i]));
  }
}

TEST_CASE("who is removed while the history is still being read leaves nothing of it") {
  Past past(92);
  past.write();
  past.unlock();
  REQUIRE(past.bob.view().recalling);
  past.bob.tell(RemoveContact{past.contact});
  REQUIRE(past.world.run_until([&] { return !past.bob.view().recalling; }));
  past.world.run_for(Minutes(2));
  CHECK(past.bob.talk() == nullptr);
  past.bob.close();
  const auto vault = past.bob.open_vault();
  CHECK(vault->records(static_cast<std::uint8_t>(Kind::message)).empty());
}

TEST_CASE("what comes to its end while the history is still being read is not shown") {
  Past past(93);
  past.write();
  past.bob.start();
  past.world.run_for(Days(1) - Seconds(2));
  past.bob.unlock();
  REQUIRE(past.world.run_until([&] { return past.bob.view().phase == Phase::open; }));
  past.world.run_for(Seconds(10));
  CHECK_FALSE(past.bob.view().recalling);
  CHECK(past.bob.talk()->messages.size() == past.already + kMany / 100);
  for (std::size_t i = 0; i < kMany; ++i) {
    const MessageView* m = past.find(i);
    CHECK((m != nullptr) == (i % 100 == 1));
    if (m) CHECK(m->kind == MessageKind::expired_unread);
  }
}
