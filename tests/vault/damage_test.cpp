#include "vault/world.h"

namespace tacet::test {
namespace {

using vault::Error;

std::unique_ptr<vault::Vault> opened(FaultFiles& files) {
  static SeededRandom random(5);  // outlives the vaults
  auto result = vault::open(files, random, stretched(7), kStart);
  if (!result) return nullptr;
  return std::move(*result);
}

// A closed segment with three records, and an active one with five more in two commits.
Model small_vault(World& world) {
  Model model;
  const auto commit = [&](const vault::Batch& batch) {
    world.commit(batch);
    keep(model, batch);
  };
  commit(puts({put(key_of(1, 1), "one"), put(key_of(1, 2), "two"), put(key_of(1, 9), "old")}));
  commit(puts({put(key_of(1, 9), "three")}));
  settle(*world.vault, world.files);
  world.later(24h);
  settle(*world.vault, world.files);
  commit(puts({put(key_of(2, 1), "four"), put(key_of(2, 2), "five"), put(key_of(1, 2), "two again")}));
  commit(puts({put(key_of(2, 3), "six"), put(key_of(2, 4), "seven")}));
  settle(*world.vault, world.files);
  REQUIRE(world.files.content().size() == 3);
  return model;
}

// Headers of small_vault's closed segment: three records, and what the first epoch wrote there.
constexpr std::size_t kClosedHeaders = 11;

// The records that are not what they were. Any value that was never, or no longer, to be read fails the test.
std::size_t lost(const vault::Vault& vault, const Model& model) {
  std::size_t count = 0;
  for (const auto& [key, value] : model) {
    const auto read = vault.read(key);
    if (!read) {
      const bool told = read.error() == Error::damaged || vault.damaged_records() > 0;
      REQUIRE(told);
      ++count;
    } else {
      REQUIRE(as_text(*read) == value.text);
    }
  }
  return count;
}

TEST_CASE("any flipped bit costs at most the record it hit, is noticed, and never changes a value") {
  World world;
  const Model model = small_vault(world);
  std::size_t costly = 0;
  for (const auto& [name, bytes] : world.files.content()) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      FaultFiles files(&world.files);
      files.content().at(name)[bit / 8] ^= static_cast<Byte>(1 << (bit % 8));
      const auto vault = opened(files);
      REQUIRE(vault != nullptr);
      const std::size_t count = lost(*vault, model);
      REQUIRE(count <= 1);
      if (name == "vault") REQUIRE(count == 0);
      costly += count;
    }
  }
  CHECK(costly > 0);  // bodies exist once
}

TEST_CASE("a vault goes on after damage, and compaction clears it away") {
  World world;
  const Model model = small_vault(world);
  world.vault.reset();
  for (auto& [name, bytes] : world.files.content()) {
    if (name != "vault") bytes[30] ^= 1;  // the first copy of the first index
  }
  world.reopen();
  CHECK(lost(*world.vault, model) == 0);
  world.commit({{}, {key_of(1, 1), key_of(2, 1)}});
  settle(*world.vault, world.files);
  world.later(24h);
  settle(*world.vault, world.files);
  world.reopen();
  Model rest = model;
  rest.erase(key_of(1, 1));
  rest.erase(key_of(2, 1));
  CHECK(contents(*world.vault) == rest);
}

TEST_CASE("where both copies of an index are lost, the loss is counted and the rest is there") {
  World world;
  vault::Batch batch = puts({put(key_of(1, 1), "one"), put(key_of(1, 2), "two")});
  const std::size_t group = 24 + 2 * (72 + 12 + 2 * 58) + 2 * (72 + 3);
  world.commit(batch);
  world.commit(puts({put(key_of(1, 3), "three")}));
  for (auto& [name, bytes] : world.files.content()) {
    if (name == "vault") continue;
    bytes[20] ^= 1;
    bytes[group - 20] ^= 1;
  }
  world.reopen();
  CHECK(world.vault->damaged_records() == 1);
  CHECK(world.vault->read(key_of(1, 1)).error() == Error::not_found);
  CHECK(as_text(*world.vault->read(key_of(1, 3))) == "three");
}

TEST_CASE("a lost or shortened segment is noticed, and a closed one is counted by records") {
  World world;
  (void)small_vault(world);
  // The manifest knows of the active segment what was durable when it was written.
  REQUIRE(world.vault->set_slot(vault::Slot::spare, std::nullopt).has_value());
  std::size_t lost_whole = 0;
  for (const auto& [name, bytes] : world.files.content()) {
    if (name == "vault") continue;
    FaultFiles gone(&world.files);
    gone.content().erase(name);
    const auto without = opened(gone);
    REQUIRE(without != nullptr);
    CHECK(without->damaged_records() >= 1);
    lost_whole = std::max(lost_whole, without->damaged_records());

    FaultFiles cut(&world.files);
    cut.content().at(name).resize(bytes.size() / 3);
    const auto shortened = opened(cut);
    REQUIRE(shortened != nullptr);
    CHECK(shortened->damaged_records() >= 1);
  }
  CHECK(lost_whole == kClosedHeaders);
}

TEST_CASE("a torn end is no damage, whatever it is made of") {
  World world;
  Model model = small_vault(world);
  settle(*world.vault, world.files);
  auto before = world.files.content();
  world.commit(puts({put(key_of(3, 1), "torn"), put(key_of(3, 2), "away")}));
  for (const auto& [name, bytes] : world.files.content()) {
    const std::size_t whole = before.at(name).size();
    if (bytes.size() == whole) continue;
    for (std::size_t size = whole; size < bytes.size(); ++size) {
      for (const bool zeros : {false, true}) {
        FaultFiles files(&world.files);
        files.content().at(name).resize(size);
        if (zeros && size + 12 <= bytes.size()) files.content().at(name).resize(bytes.size());
        auto vault = opened(files);
        REQUIRE(vault != nullptr);
        REQUIRE(vault->damaged_records() == 0);
        REQUIRE(contents(*vault) == model);
        if (size % 16 != 0) continue;
        REQUIRE(vault->commit(puts({put(key_of(3, 3), "after")})).has_value());
        vault = opened(files);
        REQUIRE(vault->damaged_records() == 0);
        Model after = model;
        after[key_of(3, 3)] = {"after", {}};
        REQUIRE(contents(*vault) == after);
      }
    }
  }
}

TEST_CASE("groups cannot be repeated, exchanged, or moved to another segment") {
  World world;
  world.commit(puts({put(key_of(1, 1), "aaa")}));
  world.commit(puts({put(key_of(1, 1), "bbb")}));
  const std::size_t group = 24 + 2 * (72 + 12 + 58) + 72 + 3;
  const auto segment = [](FaultFiles& files) -> ByteVector& {
    for (auto& [name, bytes] : files.content()) {
      if (name != "vault") return bytes;
    }
    FAIL("no segment");
    return files.content().begin()->second;
  };
  REQUIRE(segment(world.files).size() == 2 * group);
  const auto at = [&](std::size_t n) {
    return segment(world.files).begin() + static_cast<std::ptrdiff_t>(n * group);
  };

  FaultFiles repeated(&world.files);
  segment(repeated).insert(segment(repeated).end(), at(0), at(1));
  CHECK(as_text(*opened(repeated)->read(key_of(1, 1))) == "bbb");

  FaultFiles exchanged(&world.files);
  std::copy(at(1), at(2), segment(exchanged).begin());
  std::copy(at(0), at(1), segment(exchanged).begin() + static_cast<std::ptrdiff_t>(group));
  CHECK(opened(exchanged)->read(key_of(1, 1)).error() == Error::not_found);

  World other(2);
  other.commit(puts({put(key_of(1, 1), "ccc")}));
  FaultFiles foreign(&world.files);
  segment(foreign) = segment(other.files);
  CHECK(opened(foreign)->read(key_of(1, 1)).error() == Error::not_found);
}

TEST_CASE("an older manifest put back is noticed") {
  World world;
  world.commit(puts({put(key_of(1, 1), "one"), put(key_of(1, 2), "two")}));
  settle(*world.vault, world.files);
  const ByteVector old = world.files.content().at("vault");
  for (std::uint32_t i = 0; i < 4; ++i) {
    world.commit(puts({put(key_of(1, 1), "newer")}));
    settle(*world.vault, world.files);
    world.later(25h);
    settle(*world.vault, world.files);
  }
  world.commit(puts({put(key_of(1, 1), "newest")}));
  world.vault.reset();
  world.files.content().at("vault") = old;
  CHECK(vault::open(world.files, world.random, stretched(7), kStart).error() == Error::damaged);
}

TEST_CASE("a body that was lost is not replaced by an older value") {
  World world;
  world.commit(puts({put(key_of(1, 1), "old")}));
  world.commit(puts({put(key_of(1, 1), "new")}));
  for (auto& [name, bytes] : world.files.content()) {
    if (name != "vault") bytes[bytes.size() - 12 - 142 - 1] ^= 1;
  }
  world.reopen();
  CHECK(world.vault->read(key_of(1, 1)).error() == Error::damaged);
}

}  // namespace
}  // namespace tacet::test
