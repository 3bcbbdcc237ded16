#include "vault/world.h"

namespace tacet::test {
namespace {

using vault::Error;

bool contains(const FaultFiles& files, ByteView needle) {
  auto& content = const_cast<FaultFiles&>(files).content();
  for (const auto& [name, bytes] : content) {
    if (as_text(bytes).find(as_text(needle)) != std::string_view::npos) return true;
  }
  return false;
}

// The body of a record whose value is long: some bytes from the middle of the last group of the newest file.
ByteVector middle_of_last_body(FaultFiles& files) {
  const ByteVector* newest = nullptr;
  for (const auto& [name, bytes] : files.content()) {
    if (name != "vault") newest = &bytes;
  }
  REQUIRE(newest != nullptr);
  const auto end = newest->end() - 12 - 142 - 300;
  return {end - 64, end};
}

TEST_CASE("a record is read before its time is over and never after") {
  World world;
  world.commit(puts({put(key_of(1, 1), "x", kStart + 1min)}));
  world.vault->advance_clock(kStart + 1min - 1ms);
  CHECK(world.vault->read(key_of(1, 1)).has_value());
  world.vault->advance_clock(kStart + 1min);
  CHECK(world.vault->read(key_of(1, 1)).error() == Error::expired);
  CHECK(world.vault->records(1).size() == 1);
}

TEST_CASE("the clock never runs backwards, not even across a restart") {
  World world;
  world.commit(puts({put(key_of(1, 1), "x", kStart + 1min)}));
  world.vault->advance_clock(kStart + 2min);
  world.vault->advance_clock(kStart);
  CHECK(world.vault->now() == kStart + 2min);
  world.commit({});
  world.reopen(kStart - 24h * 365);
  CHECK(world.vault->now() == kStart + 2min);
  CHECK(world.vault->read(key_of(1, 1)).error() == Error::expired);
  world.reopen(kStart + 1h);
  CHECK(world.vault->now() == kStart + 1h);
}

TEST_CASE("opening decrypts no body: with every body destroyed it still opens and knows every record") {
  World world;
  const std::string text(1000, 'x');
  world.commit(puts({put(key_of(1, 1), text, kStart + 1min), put(key_of(1, 2), text)}));
  for (auto& [name, bytes] : world.files.content()) {
    if (name == "vault") continue;
    const std::size_t index = 12 + 72 + 12 + 2 * 58;
    std::fill(bytes.begin() + index, bytes.end() - index, Byte{0});
  }
  world.reopen(kStart + 1h);
  CHECK(world.vault->damaged_records() == 0);
  CHECK(world.vault->records(1).size() == 2);
  CHECK(world.vault->read(key_of(1, 1)).error() == Error::expired);  // did not look at the body
  CHECK(world.vault->read(key_of(1, 2)).error() == Error::damaged);
}

TEST_CASE("an erased body leaves the files within a day, also where little else is dead") {
  World world;
  world.commit(puts({put(key_of(1, 1), std::string(1000, 'x'))}));
  world.commit(puts({put(key_of(1, 2), "stays")}));
  settle(*world.vault, world.files);
  world.commit(puts({put(key_of(1, 3), std::string(1000, 'y'))}));
  const ByteVector body = middle_of_last_body(world.files);
  REQUIRE(contains(world.files, body));
  world.commit({{}, {key_of(1, 3)}});
  settle(*world.vault, world.files);
  CHECK(contains(world.files, body));  // not yet: many burn together
  world.later(24h);
  settle(*world.vault, world.files);
  CHECK(!contains(world.files, body));
  CHECK(as_text(*world.vault->read(key_of(1, 2))) == "stays");
  CHECK(world.vault->records(1).size() == 2);
  world.reopen();
  CHECK(as_text(*world.vault->read(key_of(1, 2))) == "stays");
  CHECK(world.vault->read(key_of(1, 3)).error() == Error::not_found);
}

TEST_CASE("an expired body leaves the files, its header stays until it is erased") {
  World world;
  world.commit(puts({put(key_of(1, 1), std::string(1000, 'x'), kStart + 1min)}));
  const ByteVector body = middle_of_last_body(world.files);
  settle(*world.vault, world.files);
  REQUIRE(contains(world.files, body));
  world.vault->advance_clock(kStart + 1min + 24h);
  settle(*world.vault, world.files);
  CHECK(!contains(world.files, body));
  for (int pass = 0; pass < 2; ++pass) {
    REQUIRE(world.vault->records(1).size() == 1);
    CHECK(world.vault->records(1)[0].expires_at == kStart + 1min);
    CHECK(world.vault->read(key_of(1, 1)).error() == Error::expired);
    world.reopen();
  }
  world.commit({{}, {key_of(1, 1)}});
  CHECK(world.vault->records(1).empty());
  world.reopen();
  CHECK(world.vault->records(1).empty());
}

TEST_CASE("a replaced value leaves the files as an erased one does") {
  World world;
  world.commit(puts({put(key_of(1, 1), std::string(1000, 'x'))}));
  const ByteVector body = middle_of_last_body(world.files);
  world.commit(puts({put(key_of(1, 1), "new")}));
  settle(*world.vault, world.files);
  world.later(24h);
  settle(*world.vault, world.files);
  CHECK(!contains(world.files, body));
  CHECK(as_text(*world.vault->read(key_of(1, 1))) == "new");
}

TEST_CASE("erasing everything leaves next to nothing behind") {
  World world;
  vault::Batch erase;
  for (std::uint32_t i = 0; i < 500; ++i) {
    world.commit(puts({put(key_of(1, i), std::string(500, 'x'))}));
    erase.erases.push_back(key_of(1, i));
    if (i % 50 == 0) settle(*world.vault, world.files);
  }
  world.commit(erase);
  for (int i = 0; i < 10; ++i) {
    settle(*world.vault, world.files);
    world.later(3h);
  }
  world.commit({});
  CHECK(world.vault->stored_bytes() < 64 * 1024 + 200 * 500);
  world.reopen();
  CHECK(world.vault->records(1).empty());
}

}  // namespace
}  // namespace tacet::test
