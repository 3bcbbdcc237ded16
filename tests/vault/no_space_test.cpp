#include "vault/world.h"

namespace tacet::test {
namespace {

using vault::Error;
using vault::FileError;

TEST_CASE("a commit that finds no space says so and changes nothing, and the next one works") {
  for (const FileError error : {FileError::no_space, FileError::failed}) {
    for (const bool all_day : {false, true}) {  // whether putting the segment back fails as well
      World world;
      world.commit(puts({put(key_of(1, 1), "one")}));
      const Model before = contents(*world.vault);
      if (all_day) {
        world.files.fail_from(0);
      } else {
        world.files.fail_at(0, error);
      }
      const auto failed = world.vault->commit(puts({put(key_of(1, 1), "two"), put(key_of(1, 2), "three")}));
      const bool full = error == FileError::no_space && !all_day;
      CHECK(failed.error() == (full ? Error::no_space : Error::io));
      CHECK(contents(*world.vault) == before);
      world.files.heal();

      FaultFiles copy(&world.files);
      const auto opened = vault::open(copy, world.random, stretched(7), kStart);
      REQUIRE(opened.has_value());
      CHECK(contents(**opened) == before);
      CHECK((*opened)->damaged_records() == 0);

      world.commit(puts({put(key_of(1, 2), "four")}));
      Model after = before;
      after[key_of(1, 2)] = {"four", {}};
      CHECK(contents(*world.vault) == after);
      world.reopen();
      CHECK(contents(*world.vault) == after);
      CHECK(world.vault->damaged_records() == 0);
    }
  }
}

TEST_CASE("creating a vault without space leaves none") {
  FaultFiles files;
  SeededRandom random(1);
  files.fail_at(0, FileError::no_space);
  CHECK(vault::create(files, random, cheap(), stretched(7), kStart).error() == Error::no_space);
  CHECK(vault::stretching_of(files).error() == Error::no_vault);
  CHECK(vault::create(files, random, cheap(), stretched(7), kStart).has_value());
}

TEST_CASE("a slot that cannot be written stays what it was") {
  World world;
  world.files.fail_at(0, FileError::no_space);
  CHECK(world.vault->set_slot(vault::Slot::passphrase, stretched(8)).error() == Error::no_space);
  world.reopen();
  world.commit({});
  settle(*world.vault, world.files);
  world.reopen();
}

TEST_CASE("a medium that fails at any one write of a life loses and changes nothing") {
  std::size_t events = 0;
  for (std::size_t at = 0; at == 0 || at < events; ++at) {
    World world;
    settle(*world.vault, world.files);
    Model model;
    const std::size_t start = world.files.events();
    if (at > 0) world.files.fail_at(at, FileError::no_space);
    for (std::uint32_t i = 0; i < 24; ++i) {
      vault::Batch batch = puts({put(key_of(1, i % 5), std::string(4000, static_cast<char>('a' + i)))});
      if (i % 3 == 0) batch.erases.push_back(key_of(1, (i + 2) % 5));
      if (world.vault->commit(batch)) keep(model, batch);
      (void)settle(*world.vault, world.files);
      world.later(i % 4 == 0 ? Millis(25h) : Millis(12s));
      (void)settle(*world.vault, world.files);
      REQUIRE(contents(*world.vault) == model);
    }
    if (at == 0) events = world.files.events() - start;
    world.later(1min);
    REQUIRE(settle(*world.vault, world.files));
    world.reopen();
    REQUIRE(contents(*world.vault) == model);
    CHECK(world.vault->damaged_records() == 0);
  }
  CHECK(events > 100);
}

}  // namespace
}  // namespace tacet::test
