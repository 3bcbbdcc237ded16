// Chunks of files, in the store.
#include "store_fixture.h"
#include "wire/chunk.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;
using wire::Code;

namespace {

wire::ChunkPut chunk(std::string_view mailbox, std::string_view text, std::uint16_t hours = 24,
                     std::size_t size = 4096) {
  const ByteVector body = envelope(text, size);
  return {named<wire::MailboxId>(mailbox), named<wire::SendToken>(mailbox), wire::chunk_digest(body), hours,
          body};
}

Result<void, Code> put(StoreFixture& f, const wire::ChunkPut& put) {
  return f.wait<void>(&SqliteStore::put_chunk, put);
}

bool there(StoreFixture& f, const wire::ChunkPut& put) {
  const auto got = f.wait<wire::Chunk>(&SqliteStore::get_chunk, put.digest);
  if (!got) {
    CHECK(got.error() == Code::no_access);
    return false;
  }
  CHECK(got->body == put.body);
  return true;
}

}  // namespace

TEST_CASE("a chunk that was put can be had by whoever knows its digest, and by nobody else") {
  StoreFixture f;
  f.make("ada");
  const auto one = chunk("ada", "one");
  CHECK_FALSE(there(f, one));
  CHECK(put(f, one));
  CHECK(put(f, one));
  CHECK(there(f, one));
  CHECK_FALSE(there(f, chunk("ada", "two")));
  f.close();
  f.open();
  CHECK(there(f, one));
}

TEST_CASE("chunks go only where the token opens, and a mailbox that is not there looks the same") {
  StoreFixture f;
  f.make("ada");
  auto wrong = chunk("ada", "one");
  wrong.token = named<wire::SendToken>("eve");
  CHECK(put(f, wrong).error() == Code::no_access);
  CHECK(put(f, chunk("nobody", "one")).error() == Code::no_access);
  for (const auto& asks : {wrong, chunk("nobody", "one")}) {
    CHECK(f.wait<wire::ChunksMissing>(&SqliteStore::wanted_chunks,
                                      wire::ChunksWanted{asks.mailbox, asks.token, {asks.digest}})
              .error() == Code::no_access);
  }
}

TEST_CASE("an upload that was cut off learns what is missing, in the order it asked") {
  StoreFixture f;
  f.make("ada");
  const auto one = chunk("ada", "one"), two = chunk("ada", "two"), three = chunk("ada", "three");
  CHECK(put(f, two));
  const auto missing = f.wait<wire::ChunksMissing>(
      &SqliteStore::wanted_chunks,
      wire::ChunksWanted{one.mailbox, one.token, {three.digest, two.digest, one.digest}});
  REQUIRE(missing);
  CHECK(missing->digests == std::vector{three.digest, one.digest});
}

TEST_CASE("files have a quota of their own, in bytes, and dropping makes room") {
  StoreFixture f({1000, 1 << 20, 3 * 4096});
  f.make("ada");
  f.make("bob");
  CHECK(put(f, chunk("ada", "one")));
  CHECK(put(f, chunk("ada", "two")));
  CHECK(put(f, chunk("ada", "three")));
  CHECK(put(f, chunk("ada", "four")).error() == Code::quota);
  CHECK(put(f, chunk("ada", "three", 48)));  // held already: only its time changes
  CHECK(put(f, chunk("bob", "four")));
  CHECK(f.send("ada", "an envelope"));
  CHECK(f.wait<void>(&SqliteStore::drop_chunks,
                     wire::ChunksDrop{named<wire::MailboxId>("ada"), {chunk("ada", "two").digest}}));
  CHECK_FALSE(there(f, chunk("ada", "two")));
  CHECK(put(f, chunk("ada", "four")));
}

TEST_CASE("a chunk dies when its time is over, and not before the longest that was asked") {
  StoreFixture f;
  f.make("ada");
  const auto brief = chunk("ada", "brief", 1), longer = chunk("ada", "longer", 1);
  CHECK(put(f, brief));
  CHECK(put(f, longer));
  CHECK(put(f, chunk("ada", "longer", 3)));
  CHECK(put(f, longer));  // a shorter time takes nothing away
  f.pass(Minutes(60));
  CHECK_FALSE(there(f, brief));
  CHECK(there(f, longer));
  f.tidy();
  CHECK(there(f, longer));
  f.pass(Minutes(120));
  CHECK_FALSE(there(f, longer));
  f.tidy();
  CHECK(put(f, brief));
}

TEST_CASE("a chunk in two mailboxes is there until neither has it, and goes with the mailbox") {
  StoreFixture f;
  f.make("ada");
  f.make("bob");
  const auto for_ada = chunk("ada", "one"), for_bob = chunk("bob", "one");
  REQUIRE(for_ada.digest == for_bob.digest);
  CHECK(put(f, for_ada));
  CHECK(put(f, for_bob));
  CHECK(f.wait<void>(&SqliteStore::drop_chunks,
                     wire::ChunksDrop{named<wire::MailboxId>("ada"), {for_ada.digest}}));
  CHECK(there(f, for_bob));
  CHECK(f.wait<void>(&SqliteStore::remove, named<wire::MailboxId>("bob")));
  CHECK_FALSE(there(f, for_bob));
}
