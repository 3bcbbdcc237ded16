#include "vault/world.h"

namespace tacet::test {
namespace {

// A scripted life: commits, syncs, burns, compaction, a change of passphrase. Remembers every state that was
// committed, and from which on a sync has promised to keep them.
struct Life {
  std::vector<Model> states{{}};  // after each commit, the one under way included
  std::size_t promised = 0;       // index into states
  bool created = false;           // and durable
  ShareShelf relay;

  // Runs until the medium fails.
  void run(FaultFiles& files) {
    SeededRandom random(11);
    auto made = vault::create(files, random, cheap(), stretched(7), kStart);
    if (!made) return;
    vault::Vault& vault = **made;
    if (!sync(vault, files)) return;
    created = true;
    for (std::uint32_t day = 0; day < 6; ++day) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        const std::string text(2000 * i, static_cast<char>('a' + day));
        vault::Batch batch = puts({put(key_of(1, 10 * day + i), text), put(key_of(2, 0), text)});
        if (day > 0) batch.erases.push_back(key_of(1, 10 * (day - 1) + i));
        if (!commit(vault, batch)) return;
        if (i % 2 == 1 && !sync(vault, files)) return;
      }
      if (day == 3) {  // enough for a new segment while some of it is not durable
        for (std::uint32_t i = 0; i < 8; ++i) {
          const std::string text(15'000, static_cast<char>('A' + i));
          if (!commit(vault, puts({put(key_of(3, i), text)}))) return;
          if (i == 5 && !sync(vault, files)) return;
        }
      }
      if (day == 2) new_share(vault);
      if (day == 4 && !vault.set_slot(vault::Slot::recovery, stretched(8))) return;
      vault.advance_clock(vault.now() + (day % 2 == 0 ? Millis(20s) : Millis(25h)));
      while (vault.wants_tidy() || vault.wants_new_share()) {
        if (vault.wants_new_share()) new_share(vault);
        const auto wrote = vault.tidy();
        if (!wrote) return;
        if (*wrote && !sync(vault, files)) return;
        if (!commit(vault, puts({put(key_of(4, 0), std::to_string(states.size()))}))) return;
      }
    }
  }

  void new_share(vault::Vault& vault) {
    const auto number = relay.ever.size() + 1;
    relay.keep(share(number));
    vault.use_share(share(number));
  }

  bool commit(vault::Vault& vault, const vault::Batch& batch) {
    Model next = states.back();
    keep(next, batch);
    states.push_back(std::move(next));
    return vault.commit(batch).has_value();
  }

  bool sync(vault::Vault& vault, FaultFiles& files) {
    for (;;) {
      const std::size_t covered = states.size() - 1;
      vault.sync_starting();
      files.begin_sync();
      if (created && states.size() % 3 == 0 &&  // the user does not wait for a sync
          !commit(vault, puts({put(key_of(4, 1), std::to_string(states.size()))}))) {
        return false;
      }
      if (!files.end_sync()) return false;
      promised = covered;
      const bool again = vault.synced();
      if (const auto needed = vault.only_share_needed()) relay.keep_only(*needed);
      if (!again) return true;
    }
  }
};

// A life by dice: a host that syncs late, tidies while it should sync, and writes while it syncs.
void random_life(Life& life, FaultFiles& files, std::uint32_t seed, int steps) {
  std::mt19937 dice(seed);
  SeededRandom random(seed);
  auto made = vault::create(files, random, cheap(), stretched(7), kStart);
  if (!made || !life.sync(**made, files)) return;
  vault::Vault& vault = **made;
  life.created = true;
  bool syncing = false;
  std::size_t covered = 0;
  for (int step = 0; step < steps; ++step) {
    switch (dice() % 8) {
      case 0:
      case 1:
      case 2: {
        const std::string text(dice() % 30'000, static_cast<char>('a' + dice() % 26));
        vault::Batch batch = puts({put(key_of(1, dice() % 12), text)});
        if (dice() % 2 == 0) batch.erases.push_back(key_of(1, dice() % 12));
        if (!life.commit(vault, batch)) return;
        break;
      }
      case 3:
      case 4:
        if (syncing) {
          if (!files.end_sync()) return;
          life.promised = covered;
          (void)vault.synced();
          if (const auto needed = vault.only_share_needed()) life.relay.keep_only(*needed);
        } else {
          vault.sync_starting();
          files.begin_sync();
          covered = life.states.size() - 1;
        }
        syncing = !syncing;
        break;
      case 5:
        vault.advance_clock(vault.now() + (dice() % 4 == 0 ? Millis(13h) : Millis(10s)));
        if (vault.wants_new_share() || (step > 60 && vault.share_number() == 0)) life.new_share(vault);
        break;
      default:
        if (!vault.tidy()) return;
    }
  }
}

void check_disk(const Life& life, FaultFiles& files, const std::string& where) {
  INFO(where);
  SeededRandom random(12);
  auto opened = vault::open(files, random, stretched(7), kStart);
  if (!life.created) {
    if (opened) CHECK(contents(**opened).empty());
    if (!opened) CHECK(opened.error() == vault::Error::no_vault);
    return;
  }
  REQUIRE(opened.has_value());
  vault::Vault& vault = **opened;
  REQUIRE(life.relay.serve(vault));  // never locked out
  CHECK(vault.damaged_records() == 0);
  const Model found = contents(vault);
  const auto from = life.states.begin() + static_cast<std::ptrdiff_t>(life.promised);
  const bool was_committed = std::find(from, life.states.end(), found) != life.states.end();
  REQUIRE(was_committed);

  // Life goes on from there, and holds.
  REQUIRE(vault.commit(puts({put(key_of(5, 1), "on we go")})).has_value());
  vault.advance_clock(vault.now() + 25h);
  REQUIRE(settle(vault, files));
  CHECK(files.content().size() <= 40);
  auto again = vault::open(files, random, stretched(7), kStart);
  REQUIRE(again.has_value());
  REQUIRE(life.relay.serve(**again));
  CHECK((*again)->damaged_records() == 0);
  Model expected = found;
  expected[key_of(5, 1)] = {"on we go", {}};
  REQUIRE(contents(**again) == expected);
}

TEST_CASE("a power cut at any write or sync leaves a state that was committed, none older than promised") {
  FaultFiles whole;
  Life life;
  life.run(whole);
  const std::size_t events = whole.events();
  REQUIRE(life.states.size() > 30);
  REQUIRE(life.relay.ever.size() > 2);
  REQUIRE(events > 80);

  std::mt19937 random(13);
  for (std::size_t cut = 0; cut <= events; ++cut) {
    FaultFiles files;
    files.fail_from(cut);
    Life cut_short;
    cut_short.run(files);
    using Kept = FaultFiles::Kept;
    for (const Kept kept : {Kept::nothing, Kept::everything, Kept::something, Kept::something,
                            Kept::something, Kept::something}) {
      const auto disk = files.after_power_cut(kept, random);
      check_disk(cut_short, *disk, "cut at event " + std::to_string(cut));
    }
  }
}

TEST_CASE("nor does a power cut in a careless life") {
  std::mt19937 dice(14);
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    FaultFiles files;
    files.fail_from(20 + dice() % 120);
    Life life;
    random_life(life, files, seed, 300);
    for (int copy = 0; copy < 4; ++copy) {
      const auto disk = files.after_power_cut(FaultFiles::Kept::something, dice);
      check_disk(life, *disk, "seed " + std::to_string(seed));
    }
  }
}

TEST_CASE("a killed process loses nothing that was committed, synced or not") {
  FaultFiles whole;
  Life life;
  life.run(whole);
  for (std::size_t cut = 3; cut <= whole.events(); ++cut) {
    FaultFiles files;
    files.fail_from(cut);
    Life cut_short;
    cut_short.run(files);
    if (!cut_short.created) continue;
    files.heal();
    SeededRandom random(12);
    const auto opened = vault::open(files, random, stretched(7), kStart);
    REQUIRE(opened.has_value());
    REQUIRE(cut_short.relay.serve(**opened));
    const Model found = contents(**opened);
    const std::size_t last = cut_short.states.size() - 1;
    const bool newest = found == cut_short.states[last] || (last > 0 && found == cut_short.states[last - 1]);
    REQUIRE(newest);
  }
}

}  // namespace
}  // namespace tacet::test
