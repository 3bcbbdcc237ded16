// Who may make mailboxes, in the store.
#include "store_fixture.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

namespace {

Result<void, Code> make(StoreFixture& f, std::string_view name, Making making,
                        wire::Credential credential = {}) {
  return f.wait<void>(&SqliteStore::create,
                      wire::New{named<wire::MailboxId>(name), named<wire::ReaderKey>(name),
                                wire::token_hash(named<wire::SendToken>(name)), credential},
                      making);
}

Result<void, Code> add(StoreFixture& f, std::string label, std::string_view code, std::uint32_t mailboxes,
                       std::optional<Time> until = {}) {
  return f.wait<void>(
      &SqliteStore::add_invite,
      Invite{std::move(label), wire::invite_hash(named<wire::InviteCode>(code)), mailboxes, until});
}

std::vector<Invite> all(StoreFixture& f) {
  auto out = f.wait<std::vector<Invite>>(&SqliteStore::invites);
  REQUIRE(out);
  return std::move(*out);
}

const auto kCode = named<wire::InviteCode>("code");

}  // namespace

TEST_CASE("an invite is good for as many mailboxes as it says, and a repeat costs nothing") {
  StoreFixture f;
  CHECK(add(f, "newsroom", "code", 2));
  CHECK(make(f, "one", Making::invited).error() == Code::not_admitted);
  CHECK(make(f, "one", Making::invited, named<wire::InviteCode>("other")).error() == Code::not_admitted);
  CHECK(make(f, "one", Making::invited, wire::Work{7}).error() == Code::not_admitted);
  CHECK(make(f, "one", Making::invited, kCode));
  CHECK(make(f, "one", Making::invited, kCode));
  CHECK(make(f, "one", Making::invited));
  CHECK(make(f, "two", Making::invited, kCode));
  CHECK(make(f, "three", Making::invited, kCode).error() == Code::not_admitted);
  REQUIRE(all(f).size() == 1);
  CHECK(all(f)[0].mailboxes == 0);
}

TEST_CASE("an invite outlives a restart and ends at its time") {
  StoreFixture f;
  ManualClock now;
  CHECK(add(f, "brief", "code", 5, now.now() + Hours(2)));
  f.close();
  f.open();
  CHECK(make(f, "one", Making::invited, kCode));
  f.pass(Hours(2));
  CHECK(make(f, "two", Making::invited, kCode).error() == Code::not_admitted);
  CHECK(make(f, "one", Making::invited, kCode));
}

TEST_CASE("labels tell invites apart, and taking one back ends it") {
  StoreFixture f;
  CHECK(add(f, "b", "code", 5));
  CHECK(add(f, "a", "other", 6));
  CHECK(add(f, "b", "code", 5));
  CHECK(add(f, "b", "third", 5).error() == Code::refused);
  REQUIRE(all(f).size() == 2);
  CHECK(all(f)[0].label == "a");
  CHECK(all(f)[1].label == "b");
  CHECK(f.wait<void>(&SqliteStore::remove_invite, std::string("b")));
  CHECK(f.wait<void>(&SqliteStore::remove_invite, std::string("b")).error() == Code::no_access);
  CHECK(make(f, "one", Making::invited, kCode).error() == Code::not_admitted);
}

TEST_CASE("a relay that makes no new mailboxes still knows those it has") {
  StoreFixture f;
  CHECK(make(f, "old", Making::free));
  CHECK(make(f, "old", Making::none));
  CHECK(make(f, "new", Making::none).error() == Code::refused);
}
