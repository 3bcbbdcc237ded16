#include "store_fixture.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

namespace {

ByteVector otk(std::uint32_t id) {
  ByteVector out(wire::kOtkSize, static_cast<Byte>(id));
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<Byte>(id >> (8 * i));
  return out;
}

wire::KeysPut keys(std::uint32_t first, std::uint32_t count) {
  wire::KeysPut out{named<wire::MailboxId>("ada"),
                    {},
                    false,
                    ByteVector(wire::kIdentitySize, 1),
                    ByteVector(wire::kSpkSize, 2),
                    ByteVector(wire::kLrkSize, 3),
                    {}};
  for (std::uint32_t i = 0; i < count; ++i) out.otks.push_back(otk(first + i));
  return out;
}

struct KeysFixture : StoreFixture {
  KeysFixture() { make("ada"); }
  Result<void, Code> put(const wire::KeysPut& request) { return wait<void>(&SqliteStore::put_keys, request); }
  Result<HandedOut, Code> get(std::string_view asked) {
    return wait<HandedOut>(&SqliteStore::get_keys,
                           wire::KeysGet{named<wire::MailboxId>("ada"), named<wire::SendToken>("ada"),
                                         named<wire::MessageId>(asked)});
  }
};

}  // namespace

TEST_CASE("keys are handed out with each one-time prekey once, oldest first, then without") {
  KeysFixture f;
  CHECK(f.get("early").error() == Code::no_keys);
  REQUIRE(f.put(keys(1, 2)));
  const auto first = f.get("a");
  REQUIRE(first);
  CHECK(first->keys.identity == ByteVector(wire::kIdentitySize, 1));
  CHECK(first->keys.spk == ByteVector(wire::kSpkSize, 2));
  CHECK(first->keys.lrk == ByteVector(wire::kLrkSize, 3));
  CHECK(first->keys.otk == otk(1));
  CHECK(f.get("b")->keys.otk == otk(2));
  CHECK(f.get("c")->keys.otk.empty());
}

TEST_CASE("the same asker gets the same bundle for 24 hours, also after a restart and new keys") {
  KeysFixture f;
  f.put(keys(1, 2));
  CHECK(f.get("a")->keys.otk == otk(1));
  f.close();
  f.open();
  wire::KeysPut newer = keys(3, 0);
  newer.spk.assign(wire::kSpkSize, 9);
  f.put(newer);
  CHECK(f.get("a")->keys.otk == otk(1));
  CHECK(f.get("a")->keys.spk == ByteVector(wire::kSpkSize, 2));
  f.pass(Hours(24));
  CHECK(f.get("a")->keys.otk == otk(2));
  CHECK(f.get("a")->keys.spk == ByteVector(wire::kSpkSize, 9));
}

TEST_CASE("publishing again adds nothing twice, and never brings back what was handed out") {
  KeysFixture f;
  f.put(keys(1, 2));
  f.put(keys(1, 2));
  CHECK(f.get("a")->keys.otk == otk(1));
  f.put(keys(1, 2));
  CHECK(f.get("b")->keys.otk == otk(2));
  CHECK(f.get("c")->keys.otk.empty());
}

TEST_CASE("empty records leave the stored ones alone, and replacing clears the old one-time prekeys") {
  KeysFixture f;
  f.put(keys(1, 3));
  wire::KeysPut replace{named<wire::MailboxId>("ada"), {}, true, {}, {}, {}, {otk(7)}};
  REQUIRE(f.put(replace));
  const auto got = f.get("a");
  CHECK(got->keys.otk == otk(7));
  CHECK(got->keys.identity == ByteVector(wire::kIdentitySize, 1));
  CHECK(f.get("b")->keys.otk.empty());
}

TEST_CASE("handouts are counted down to used up, and a repeat costs nothing") {
  KeysFixture f;
  wire::KeysPut once = keys(1, 2);
  once.handouts = 1;
  f.put(once);
  CHECK(f.get("a"));
  CHECK(f.get("a"));
  CHECK(f.get("b").error() == Code::used_up);
  wire::KeysPut unlimited = keys(1, 0);
  unlimited.handouts = wire::KeysPut::kUnlimited;
  f.put(unlimited);
  CHECK(f.get("b")->keys.otk == otk(2));
}

TEST_CASE("the owner learns of a low stock, unless no more will be handed out anyway") {
  KeysFixture f;
  f.put(keys(1, 21));
  CHECK_FALSE(f.get("a")->low_stock);
  CHECK(f.get("b")->low_stock == 19);
  const auto owner = [&f] {
    return *f.wait<std::vector<std::optional<Owner>>>(&SqliteStore::owners,
                                                      std::vector{named<wire::MailboxId>("ada")})
                ->front();
  };
  CHECK(owner().low_stock == 19);
  wire::KeysPut limited = keys(1, 0);
  limited.handouts = 5;
  f.put(limited);
  CHECK_FALSE(owner().low_stock);
}

TEST_CASE("more one-time prekeys than a mailbox may keep are refused whole") {
  KeysFixture f;
  std::uint32_t next = 1;
  for (; next + 45 <= kMaxStoredOtks; next += 45) REQUIRE(f.put(keys(next, 45)));
  CHECK(f.put(keys(next, 45)).error() == Code::quota);
  CHECK(f.put(keys(next, 12)));
  CHECK(f.put(keys(next, 12)));  // a repeat
}

TEST_CASE("keys for a mailbox that is gone are refused") {
  KeysFixture f;
  f.wait<void>(&SqliteStore::remove, named<wire::MailboxId>("ada"));
  CHECK(f.put(keys(1, 1)).error() == Code::no_access);
}
