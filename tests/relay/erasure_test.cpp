#include <fstream>

#include "relay/store/hour_keys.h"
#include "relay/store/sqlite.h"
#include "store_fixture.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Whether any file of the folder holds these bytes.
bool found(const std::string& folder, std::string_view bytes) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (read_all(entry.path().string()).find(bytes) != std::string::npos) return true;
  }
  return false;
}

// A stretch from the middle of what is stored for the only envelope.
std::string sealed_body(const std::string& folder) {
  Database database(folder + "/relay.sqlite", Database::Mode::read);
  Statement body(database, "SELECT body FROM envelope");
  Rows rows = body.run();
  REQUIRE(rows.next());
  return std::string(as_text(rows.blob(0).subspan(1000, 64)));
}

}  // namespace

TEST_CASE("an envelope lies in the files only sealed, and not at all once it is acknowledged") {
  StoreFixture f;
  f.make("ada");
  const std::string text = "a text that would be found if it were there";
  f.send("ada", text);
  CHECK_FALSE(found(f.data(), text));
  const std::string sealed = sealed_body(f.data());
  CHECK(found(f.data(), sealed));
  f.acknowledge("ada", 1);
  f.tidy();
  CHECK_FALSE(found(f.data(), sealed));
  CHECK(std::filesystem::file_size(f.data() + "/relay.sqlite-wal") == 0);
}

TEST_CASE("an envelope that fell due leaves nothing in the files, among many others that come and go") {
  StoreFixture f;
  f.make("ada");
  f.make("bob");
  f.send("ada", "to be forgotten", 1);
  const std::string sealed = sealed_body(f.data());
  for (int i = 0; i < 60; ++i) f.send("bob", std::to_string(i), 48, i % 3 == 0 ? 16384 : 4096);
  for (std::uint64_t i = 1; i < 60; i += 7) f.acknowledge("bob", i);
  f.pass(Hours(1));
  f.tidy();
  CHECK_FALSE(found(f.data(), sealed));
}

TEST_CASE("a deleted mailbox leaves nothing in the files") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "hello");
  const std::string sealed = sealed_body(f.data());
  const auto token_hash = wire::token_hash(named<wire::SendToken>("ada"));
  CHECK(found(f.data(), as_text(token_hash.view())));
  f.wait<void>(&SqliteStore::remove, named<wire::MailboxId>("ada"));
  f.tidy();
  CHECK_FALSE(found(f.data(), sealed));
  CHECK_FALSE(found(f.data(), as_text(token_hash.view())));
}

TEST_CASE("a one-time prekey that was handed out leaves nothing in the files after a day") {
  StoreFixture f;
  const auto id = f.make("ada");
  crypto::SystemRandom random;
  const auto marker = random.draw<Bytes<32>>();
  ByteVector otk(wire::kOtkSize, 7);
  std::copy(marker.raw.begin(), marker.raw.end(), otk.begin() + 500);
  f.wait<void>(&SqliteStore::put_keys, wire::KeysPut{id,
                                                     {},
                                                     false,
                                                     ByteVector(wire::kIdentitySize),
                                                     ByteVector(wire::kSpkSize),
                                                     ByteVector(wire::kLrkSize),
                                                     {otk}});
  REQUIRE(f.wait<HandedOut>(&SqliteStore::get_keys,
                            wire::KeysGet{id, named<wire::SendToken>("ada"), named<wire::MessageId>("a")}));
  f.tidy();
  CHECK(found(f.data(), as_text(marker.view())));
  f.pass(Hours(24));
  f.tidy();
  CHECK_FALSE(found(f.data(), as_text(marker.view())));
}

TEST_CASE("a destroyed share of a vault's key leaves nothing in the files, and the one beside it stays") {
  StoreFixture f;
  const auto id = f.make("ada");
  crypto::SystemRandom random;
  const auto old_half = random.draw<wire::ShareHalf>();
  const auto new_half = random.draw<wire::ShareHalf>();
  REQUIRE(f.wait<void>(&SqliteStore::store_share, wire::ShareStore{id, 1, old_half}));
  REQUIRE(f.wait<void>(&SqliteStore::store_share, wire::ShareStore{id, 2, new_half}));
  f.tidy();
  CHECK(found(f.data(), as_text(old_half.view())));
  REQUIRE(f.wait<void>(&SqliteStore::keep_only_share, wire::ShareKeepOnly{id, 2}));
  f.tidy();
  CHECK_FALSE(found(f.data(), as_text(old_half.view())));
  CHECK(found(f.data(), as_text(new_half.view())));
  f.wait<void>(&SqliteStore::remove, id);
  f.tidy();
  CHECK_FALSE(found(f.data(), as_text(new_half.view())));
}

TEST_CASE("a closed store leaves no log behind") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "hello");
  f.close();
  CHECK_FALSE(std::filesystem::exists(f.data() + "/relay.sqlite-wal"));
}

TEST_CASE("an hour's key is durable, survives reopening, and is overwritten when its hour is over") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/hour-keys";
  crypto::SystemRandom random;
  auto keys = HourKeys::open(path, random);
  REQUIRE(keys);
  const auto first = (*keys)->make(492346);
  REQUIRE(first);
  CHECK((*keys)->make(492346) == first);
  CHECK_FALSE(*(*keys)->make(492347) == *first);
  CHECK(std::filesystem::file_size(path) == 65536);
  CHECK(read_all(path).substr(52864 + 8, 32) == as_text(first->view()));  // the README's example

  keys = HourKeys::open(path, random);
  CHECK((*keys)->find(492346) == first);
  CHECK_FALSE((*keys)->find(492345));

  CHECK((*keys)->destroy_before(492347));
  CHECK_FALSE((*keys)->find(492346));
  CHECK((*keys)->find(492347));
  CHECK_FALSE(found(folder.path(), as_text(first->view())));
  CHECK(read_all(path).substr(52864, 64) == std::string(64, '\0'));
}

TEST_CASE("a slot that a crash cut is empty") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/hour-keys";
  crypto::SystemRandom random;
  REQUIRE((*HourKeys::open(path, random))->make(5));
  {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(5 * 64 + 40);
    file << '\x01' << '\x02';
  }
  auto keys = HourKeys::open(path, random);
  CHECK_FALSE((*keys)->find(5));
  CHECK((*keys)->make(5));
}

TEST_CASE("a slot that went to a later hour is not destroyed with the earlier one") {
  TemporaryFolder folder;
  crypto::SystemRandom random;
  auto keys = HourKeys::open(folder.path() + "/hour-keys", random);
  REQUIRE((*keys)->make(5));
  const auto later = (*keys)->make(5 + 1024);
  CHECK((*keys)->destroy_before(6));
  keys = HourKeys::open(folder.path() + "/hour-keys", random);
  CHECK((*keys)->find(5 + 1024) == later);
}

TEST_CASE("the key of an hour goes when the hour is over, and not before") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "due at 11:20", 1);
  const auto used = [&f] {
    const std::string all = read_all(f.data() + "/hour-keys");
    return all.find_first_not_of('\0') != std::string::npos;
  };
  CHECK(used());
  f.pass(Minutes(60 + 39));  // 11:59
  f.tidy();
  CHECK(used());
  f.pass(Minutes(1));
  f.tidy();
  CHECK_FALSE(used());
}

TEST_CASE("a store whose hour keys were lost delivers the rest and invents nothing") {
  StoreFixture f;
  f.make("ada");
  f.send("ada", "lost", 5);
  f.close();
  std::filesystem::remove(f.data() + "/hour-keys");
  f.open();
  f.send("ada", "kept", 5);
  CHECK(f.texts("ada") == Texts{"kept"});
}

TEST_CASE("with its hour's key destroyed, an old copy of the database opens nothing of that hour") {
  namespace fs = std::filesystem;
  StoreFixture f;
  TemporaryFolder old;
  f.make("ada");
  f.send("ada", "of that hour", 1);
  f.send("ada", "of a later one", 48);
  f.close();
  const auto copy = [&](const std::string& name, const std::string& from, const std::string& to) {
    fs::copy_file(from + "/" + name, to + "/" + name, fs::copy_options::overwrite_existing);
  };
  for (const char* name : {"relay.sqlite", "hour-keys"}) copy(name, f.data(), old.path());

  f.open();
  f.pass(Hours(2));
  f.tidy();
  f.close();

  // Who has the old copy, and a clock that says the old time.
  f.pass(-Hours(2));
  copy("relay.sqlite", old.path(), f.data());
  f.open();
  CHECK(f.texts("ada") == Texts{"of a later one"});
  f.close();
  // Only the key was missing.
  for (const char* name : {"relay.sqlite", "hour-keys"}) copy(name, old.path(), f.data());
  f.open();
  CHECK(f.texts("ada") == Texts{"of that hour", "of a later one"});
}
