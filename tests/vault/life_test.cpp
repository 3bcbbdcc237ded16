#include <cstdlib>

#include "vault/world.h"

namespace tacet::test {
namespace {

// Random operations on a vault and on a std::map, compared all along.
void random_life(std::uint32_t seed, int steps) {
  INFO("seed ", seed);
  std::mt19937 dice(seed);
  World world(seed);
  Model model;
  std::size_t most_files = 0;
  for (int step = 0; step < steps; ++step) {
    const auto roll = dice() % 100;
    if (roll < 60) {
      vault::Batch batch;
      for (std::size_t i = 0; i <= dice() % 4; ++i) {
        const auto key = key_of(static_cast<std::uint8_t>(dice() % 3), dice() % 300);
        if (dice() % 4 == 0) {
          batch.erases.push_back(key);
          continue;
        }
        std::optional<Time> expires;
        if (dice() % 3 == 0) expires = world.vault->now() + Seconds{dice() % 600};
        batch.puts.push_back(
            put(key, std::string(dice() % 3000, static_cast<char>('a' + dice() % 26)), expires));
      }
      world.commit(batch);
      keep(model, batch);
    } else if (roll < 75) {
      world.vault->sync_starting();
      world.files.begin_sync();
      if (dice() % 4 == 0) {  // something is committed while the sync runs
        const vault::Batch batch = puts({put(key_of(0, 1), "late")});
        world.commit(batch);
        keep(model, batch);
      }
      REQUIRE(world.files.end_sync());
      (void)world.vault->synced();
    } else if (roll < 93) {
      REQUIRE(world.vault->tidy().has_value());
    } else if (roll < 98) {
      world.later(Seconds{dice() % 30});
    } else {
      world.reopen(world.vault->now());
      REQUIRE(world.vault->damaged_records() == 0);
    }
    most_files = std::max(most_files, world.files.content().size());
    if (step % 97 == 0) REQUIRE(contents(*world.vault) == visible(model, world.vault->now()));
  }
  CHECK(contents(*world.vault) == visible(model, world.vault->now()));
  world.reopen(world.vault->now());
  CHECK(contents(*world.vault) == visible(model, world.vault->now()));
  CHECK(most_files <= 40);
}

TEST_CASE("a random life gives what a map would give") {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) random_life(seed, 1000);
  if (const char* const more = std::getenv("TACET_SEED")) {  // to repeat or to go on searching
    random_life(static_cast<std::uint32_t>(std::strtoul(more, nullptr, 10)), 20'000);
  }
}

TEST_CASE("a vault that only grows keeps to forty files") {
  World world;
  const std::string text(20'000, 'x');
  std::size_t most = 0;
  std::size_t merges = 0;
  for (std::uint32_t i = 0; i < 700; ++i) {
    world.commit(puts({put(key_of(1, i), text)}));
    const std::size_t before = world.files.content().size();
    REQUIRE(settle(*world.vault, world.files));
    if (world.files.content().size() < before) ++merges;
    most = std::max(most, world.files.content().size());
  }
  CHECK(most <= 40);
  CHECK(merges > 3);
  world.reopen();
  CHECK(world.vault->records(1).size() == 700);
  CHECK(as_text(*world.vault->read(key_of(1, 3))) == text);
}

TEST_CASE("a host that never tidies keeps to forty files as well") {
  World world;
  const std::string text(70'000, 'x');
  for (std::uint32_t i = 0; i < 60; ++i) {
    world.commit(puts({put(key_of(1, i), text)}));
    world.vault->sync_starting();
    REQUIRE(world.files.sync());
    (void)world.vault->synced();
    if (i % 2 == 0 && i < 56) REQUIRE(world.vault->tidy().has_value());
  }
  CHECK(world.files.content().size() <= 40);
  world.reopen();
  CHECK(world.vault->records(1).size() == 60);
}

TEST_CASE("compaction goes in small pieces and leaves no trace until it is done") {
  World world;
  for (std::uint32_t i = 0; i < 40; ++i) world.commit(puts({put(key_of(1, i), std::string(10'000, 'x'))}));
  world.vault->sync_starting();
  REQUIRE(world.files.sync());
  (void)world.vault->synced();
  world.commit({{}, {key_of(1, 0)}});
  world.vault->sync_starting();
  REQUIRE(world.files.sync());
  (void)world.vault->synced();
  world.later(25h);
  const Model before = contents(*world.vault);
  std::size_t pieces = 0;
  for (;;) {
    if (!world.vault->wants_tidy()) {
      world.vault->sync_starting();
      REQUIRE(world.files.sync());
      if (!world.vault->synced() && !world.vault->wants_tidy()) break;
      continue;
    }
    const std::uint64_t bytes = world.vault->stored_bytes();
    REQUIRE(world.vault->tidy().has_value());
    CHECK(world.vault->stored_bytes() < bytes + 140'000);
    REQUIRE(contents(*world.vault) == before);
    ++pieces;
    FaultFiles copy(&world.files);  // killed here, the vault is what it was
    const auto opened = vault::open(copy, world.random, stretched(7), kStart);
    REQUIRE(opened.has_value());
    REQUIRE(contents(**opened) == before);
  }
  CHECK(pieces >= 4);
}

}  // namespace
}  // namespace tacet::test
