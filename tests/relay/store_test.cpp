#include <fstream>

#include "relay/store/schema.h"
#include "store_fixture.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

TEST_CASE("envelopes come back in order, numbered from one") {
  StoreFixture f;
  f.make("ada");
  for (const char* text : {"first", "second", "third"}) CHECK(f.send("ada", text)->stored);
  const Page page = f.fetch("ada");
  REQUIRE(page.envelopes.size() == 3);
  CHECK_FALSE(page.more);
  for (std::size_t i = 0; i < 3; ++i) CHECK(page.envelopes[i].msg.number == i + 1);
  CHECK(f.texts("ada") == Texts{"first", "second", "third"});
  CHECK(f.texts("ada", 1) == Texts{"second", "third"});
  CHECK(f.texts("ada", 3).empty());
  CHECK(page.envelopes[0].msg.message == named<wire::MessageId>("first"));
}

TEST_CASE("a page holds what was asked for, and at least one envelope") {
  StoreFixture f;
  f.make("ada");
  for (const char* text : {"1", "2", "3"}) f.send("ada", text);
  CHECK(f.fetch("ada", 0, 2).envelopes.size() == 2);
  CHECK(f.fetch("ada", 0, 2).more);
  CHECK_FALSE(f.fetch("ada", 1, 2).more);
  CHECK(f.fetch("ada", 0, 100, 8192).envelopes.size() == 2);
  CHECK(f.fetch("ada", 0, 100, 1).envelopes.size() == 1);
}

TEST_CASE("making a mailbox twice is the same mailbox; another key or token under its id is refused") {
  StoreFixture f;
  const auto id = f.make("ada");
  f.make("ada");
  const auto token = wire::token_hash(named<wire::SendToken>("ada"));
  CHECK(f.wait<void>(&SqliteStore::create, wire::New{id, named<wire::ReaderKey>("eve"), token, {}},
                     Making::free)
            .error() == Code::refused);
  CHECK(f.wait<void>(&SqliteStore::create,
                     wire::New{id, named<wire::ReaderKey>("ada"), named<wire::TokenHash>("x"), {}},
                     Making::free)
            .error() == Code::refused);
}

TEST_CASE("no such mailbox and the wrong token are the same answer") {
  StoreFixture f;
  const auto id = f.make("ada");
  const wire::Send wrong{id, named<wire::SendToken>("eve"), named<wire::MessageId>("m"), 1, envelope("m")};
  wire::Send nowhere = wrong;
  nowhere.mailbox = named<wire::MailboxId>("nobody");
  CHECK(f.wait<Sent>(&SqliteStore::send, wrong).error() == Code::no_access);
  CHECK(f.wait<Sent>(&SqliteStore::send, nowhere).error() == Code::no_access);
  CHECK(f.wait<HandedOut>(&SqliteStore::get_keys,
                          wire::KeysGet{id, named<wire::SendToken>("eve"), named<wire::MessageId>("a")})
            .error() == Code::no_access);
  CHECK(f.texts("ada").empty());
}

TEST_CASE("a message id is stored once within its retention, also after it was acknowledged") {
  StoreFixture f;
  f.make("ada");
  CHECK(f.send("ada", "hello", 2)->stored);
  CHECK_FALSE(f.send("ada", "hello", 2)->stored);
  CHECK(f.texts("ada") == Texts{"hello"});
  f.acknowledge("ada", 1);
  CHECK_FALSE(f.send("ada", "hello", 2)->stored);
  CHECK(f.texts("ada").empty());
  f.pass(Hours(2));
  CHECK(f.send("ada", "hello", 2)->stored);
  CHECK(f.texts("ada") == Texts{"hello"});
}

TEST_CASE("numbers are never used again, not even after everything was acknowledged and the store reopened") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "1");
  f.send("ada", "2");
  f.acknowledge("ada", 2);
  f.close();
  f.open();
  f.send("ada", "3");
  const Page page = f.fetch("ada");
  REQUIRE(page.envelopes.size() == 1);
  CHECK(page.envelopes[0].msg.number == 3);
}

TEST_CASE("what is due is never delivered, and is deleted") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "short", 1);
  f.send("ada", "long", 3);
  f.pass(Hours(1) - Millis(1));
  CHECK(f.texts("ada") == Texts{"short", "long"});
  f.pass(Millis(1));
  CHECK(f.texts("ada") == Texts{"long"});
  f.tidy();
  f.close();
  Database database(f.data() + "/relay.sqlite", Database::Mode::read);
  CHECK(database.integer("SELECT COUNT(*) FROM envelope") == 1);
  CHECK(database.integer("SELECT held FROM mailbox") == 1);
  CHECK(database.integer("SELECT COUNT(*) FROM seen") == 1);
}

TEST_CASE("a clock set back does not bring back what was due") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "short", 1);
  f.pass(Hours(1));
  CHECK(f.texts("ada").empty());
  f.pass(-Hours(1));
  CHECK(f.texts("ada").empty());
}

TEST_CASE("a full mailbox refuses, its owner is told once, and room is made by acknowledging") {
  StoreFixture f({2, 1 << 20});
  const auto id = f.make("ada");
  f.send("ada", "1");
  f.send("ada", "2");
  CHECK_FALSE(f.fetch("ada").quota_reached);
  CHECK(f.send("ada", "3").error() == Code::quota);
  CHECK_FALSE(f.send("ada", "2")->stored);  // a repeat is still fine
  CHECK(f.fetch("ada").quota_reached);
  f.store().quota_told(id);
  f.tidy();
  CHECK_FALSE(f.fetch("ada").quota_reached);
  CHECK(f.send("ada", "3").error() == Code::quota);
  CHECK_FALSE(f.fetch("ada").quota_reached);
  f.acknowledge("ada", 1);
  CHECK(f.send("ada", "3")->stored);
  CHECK(f.send("ada", "4").error() == Code::quota);
  CHECK(f.fetch("ada").quota_reached);
}

TEST_CASE("bytes count towards the quota, and expiry gives them back") {
  StoreFixture f({100, 20480});
  f.make("ada");
  CHECK(f.send("ada", "large", 1, 16384)->stored);
  CHECK(f.send("ada", "small")->stored);
  CHECK(f.send("ada", "more").error() == Code::quota);
  f.pass(Hours(1));
  f.tidy();
  CHECK(f.send("ada", "more")->stored);
}

TEST_CASE("everything that was answered is there after the store was closed and opened") {
  StoreFixture f;
  f.make("ada");
  const auto key = f.store().server_key();
  for (int i = 0; i < 300; ++i) f.send("ada", std::to_string(i), static_cast<std::uint16_t>(1 + i % 700));
  f.close();
  f.open();
  CHECK(f.store().server_key() == key);
  const Page page = f.fetch("ada", 0, 1000, 1 << 24);
  REQUIRE(page.envelopes.size() == 300);
  for (std::size_t i = 0; i < 300; ++i) CHECK(text_in(page.envelopes[i].msg) == std::to_string(i));
}

TEST_CASE("a deleted mailbox is gone with all that lay in it, and deleting again is fine") {
  StoreFixture f;
  const auto id = f.make("ada");
  f.send("ada", "hello");
  CHECK(f.wait<void>(&SqliteStore::remove, id));
  CHECK(f.wait<void>(&SqliteStore::remove, id));
  CHECK(f.send("ada", "again").error() == Code::no_access);
  f.make("ada");
  CHECK(f.texts("ada").empty());
  CHECK(f.send("ada", "hello")->stored);
}

TEST_CASE("owners are found by mailbox, in order") {
  StoreFixture f;
  const auto ada = f.make("ada");
  const auto bob = f.make("bob");
  const auto owners = f.wait<std::vector<std::optional<Owner>>>(
      &SqliteStore::owners, std::vector{bob, named<wire::MailboxId>("nobody"), ada});
  REQUIRE(owners);
  REQUIRE(owners->size() == 3);
  CHECK((*owners)[0]->reader == named<wire::ReaderKey>("bob"));
  CHECK_FALSE((*owners)[1].has_value());
  CHECK((*owners)[2]->reader == named<wire::ReaderKey>("ada"));
}

TEST_CASE("many at once are all answered, in order for each mailbox") {
  StoreFixture f;
  f.make("ada");
  std::atomic<int> answered = 0;
  std::promise<void> all;
  constexpr int kMany = 900;
  for (int i = 0; i < kMany; ++i) {
    const std::string text = std::to_string(i);
    f.store().send({named<wire::MailboxId>("ada"), named<wire::SendToken>("ada"),
                    named<wire::MessageId>(text), 24, envelope(text)},
                   [&](const Result<Sent, Code>& result) {
                     if (result && result->stored && ++answered == kMany) all.set_value();
                   });
  }
  REQUIRE(all.get_future().wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  const Page page = f.fetch("ada", 0, 1000, 1 << 24);
  REQUIRE(page.envelopes.size() == kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    if (text_in(page.envelopes[i].msg) != std::to_string(i)) FAIL("out of order at " << i);
  }
}

TEST_CASE("a data folder is for one relay at a time, and says so") {
  StoreFixture f;
  ManualClock clock;
  crypto::SystemRandom random;
  const auto second = SqliteStore::open({f.data(), {}}, clock, random, [](const auto& task) { task(); });
  REQUIRE_FALSE(second);
  CHECK(second.error().find("Another relay is using the data folder") != std::string::npos);
}

TEST_CASE("a data folder of a newer relay is left alone, and one that is not ours is refused") {
  StoreFixture f;
  ManualClock clock;
  crypto::SystemRandom random;
  f.close();
  {
    Database database(f.data() + "/relay.sqlite", Database::Mode::write);
    database.execute(("PRAGMA user_version = " + std::to_string(kFormat + 1)).c_str());
  }
  const auto newer = SqliteStore::open({f.data(), {}}, clock, random, [](const auto& task) { task(); });
  REQUIRE_FALSE(newer);
  CHECK(newer.error().find("newer tacet-relay") != std::string::npos);

  std::filesystem::remove(f.data() + "/relay.sqlite");
  std::ofstream(f.data() + "/relay.sqlite") << std::string(5000, 'x');
  const auto nonsense = SqliteStore::open({f.data(), {}}, clock, random, [](const auto& task) { task(); });
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().find("cannot be used") != std::string::npos);

  const auto nowhere =
      SqliteStore::open({"/proc/nowhere", {}}, clock, random, [](const auto& task) { task(); });
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().find("cannot be made") != std::string::npos);
}

TEST_CASE("the settings that durability and erasure rest on are in force") {
  StoreFixture f;
  f.close();
  Database database(f.data() + "/relay.sqlite", Database::Mode::write);
  prepare_writer(database);
  CHECK(database.integer("PRAGMA page_size") == 16384);
  CHECK(database.integer("PRAGMA synchronous") == 2);
  CHECK(database.integer("PRAGMA secure_delete") == 1);
}

TEST_CASE("a mailbox keeps up to four shares of its owner's vault until told to keep only one") {
  StoreFixture f;
  const auto id = f.make("ada");
  const auto half = [](std::string_view name) { return named<wire::ShareHalf>(name); };
  const auto store = [&](std::uint64_t number, std::string_view name) {
    return f.wait<void>(&SqliteStore::store_share, wire::ShareStore{id, number, half(name)});
  };
  const auto kept = [&] {
    std::vector<std::uint64_t> numbers;
    const auto shares = f.wait<wire::Shares>(&SqliteStore::shares, id);
    for (const auto& entry : shares->entries) numbers.push_back(entry.number);
    return numbers;
  };
  CHECK(kept().empty());
  REQUIRE(store(7, "seven"));
  REQUIRE(store(7, "seven"));  // the same again
  CHECK(store(7, "other").error() == wire::Code::refused);
  REQUIRE(store(300, "x"));
  REQUIRE(store(1, "y"));
  REQUIRE(store(0xFFFFFFFFFFFFFFFF, "z"));
  CHECK(store(2, "too many").error() == wire::Code::quota);
  f.close();
  f.open();
  CHECK(kept() == std::vector<std::uint64_t>{1, 7, 300, 0xFFFFFFFFFFFFFFFF});
  CHECK(f.wait<wire::Shares>(&SqliteStore::shares, id)->entries[1].half == half("seven"));
  const auto keep_only = [&](std::uint64_t number) {
    return f.wait<void>(&SqliteStore::keep_only_share, wire::ShareKeepOnly{id, number});
  };
  REQUIRE(keep_only(300));
  REQUIRE(keep_only(300));
  CHECK(kept() == std::vector<std::uint64_t>{300});
  REQUIRE(keep_only(0));
  CHECK(kept().empty());
  const auto nobody = named<wire::MailboxId>("nobody");
  CHECK(f.wait<wire::Shares>(&SqliteStore::shares, nobody).error() == wire::Code::no_access);
  CHECK(f.wait<void>(&SqliteStore::store_share, wire::ShareStore{nobody, 1, half("a")}).error() ==
        wire::Code::no_access);
}

TEST_CASE("a data folder of the first format is taken over with what lies in it") {
  StoreFixture f;
  f.make("ada");
  REQUIRE(f.send("ada", "from before"));
  f.close();
  {
    Database database(f.data() + "/relay.sqlite", Database::Mode::write);
    database.execute(
        "DROP TRIGGER chunk_in; DROP TRIGGER chunk_out; DROP TABLE chunk; DROP TABLE invite;"
        "ALTER TABLE mailbox DROP COLUMN held_chunks; PRAGMA user_version = 1");
  }
  f.open();
  CHECK(f.texts("ada") == Texts{"from before"});
  CHECK(f.wait<std::vector<Invite>>(&SqliteStore::invites)->empty());
}
