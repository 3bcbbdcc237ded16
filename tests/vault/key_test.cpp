#include "crypto/hash.h"
#include "vault/world.h"

namespace tacet::test {
namespace {

using vault::Error;
using vault::Slot;

Error open_error(FaultFiles& files, const vault::StretchedKey& key) {
  SeededRandom random(9);
  const auto opened = vault::open(files, random, key, kStart);
  REQUIRE(!opened.has_value());
  return opened.error();
}

// Changes both halves of the vault file and gives them the checksum that fits.
void forge(FaultFiles& files, std::size_t offset, ByteView bytes) {
  ByteVector& file = files.content().at("vault");
  const std::size_t half = file.size() / 2;
  for (const std::size_t start : {std::size_t{0}, half}) {
    std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(start + offset));
    for (const std::size_t covered : {std::size_t{482}, half - 32}) {
      const auto sum = crypto::blake2b(ByteView(file).subspan(start, covered));
      std::copy(sum.raw.begin(), sum.raw.end(), file.begin() + static_cast<std::ptrdiff_t>(start + covered));
    }
  }
}

TEST_CASE("no vault is no vault") {
  FaultFiles files;
  CHECK(open_error(files, stretched(1)) == Error::no_vault);
  CHECK(vault::stretching_of(files).error() == Error::no_vault);
}

TEST_CASE("a vault is not created over another") {
  World world;
  CHECK(vault::create(world.files, world.random, cheap(), stretched(1), kStart).error() == Error::exists);
}

TEST_CASE("a wrong key says so and costs nothing") {
  World world;
  world.commit(puts({put(key_of(1, 1), "x")}));
  const auto before = world.files.content();
  CHECK(open_error(world.files, stretched(8)) == Error::wrong_key);
  CHECK(world.files.content() == before);
  world.reopen();
  CHECK(as_text(*world.vault->read(key_of(1, 1))) == "x");
}

TEST_CASE("every slot opens, can be replaced, and can be emptied") {
  World world;
  world.commit(puts({put(key_of(1, 1), "x")}));
  for (const Slot slot : {Slot::recovery, Slot::security_key, Slot::spare}) {
    const auto code = stretched(static_cast<Byte>(100 + static_cast<int>(slot)));
    CHECK(open_error(world.files, code) == Error::wrong_key);
    REQUIRE(world.vault->set_slot(slot, code).has_value());
    const auto opened = vault::open(world.files, world.random, code, kStart);
    REQUIRE(opened.has_value());
    CHECK(as_text(*(*opened)->read(key_of(1, 1))) == "x");
    REQUIRE(world.vault->set_slot(slot, std::nullopt).has_value());
    CHECK(open_error(world.files, code) == Error::wrong_key);
  }
  REQUIRE(world.vault->set_slot(Slot::passphrase, stretched(8)).has_value());
  CHECK(open_error(world.files, stretched(7)) == Error::wrong_key);
  CHECK(vault::open(world.files, world.random, stretched(8), kStart).has_value());
}

TEST_CASE("the stretching is what was written, and out of bounds it is refused") {
  World world;
  const auto read = vault::stretching_of(world.files);
  REQUIRE(read.has_value());
  CHECK(read->salt == cheap().salt);
  CHECK(read->passes == 2);
  CHECK(read->memory_kib == vault::Stretching::kFloorKib);

  FaultFiles other;
  for (const auto& [passes, memory] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
           {1, 256 * 1024}, {17, 256 * 1024}, {3, 19 * 1024 - 1}, {3, 1024 * 1024 + 1}}) {
    vault::Stretching stretching = cheap();
    stretching.passes = passes;
    stretching.memory_kib = memory;
    CHECK(vault::create(other, world.random, stretching, stretched(1), kStart).error() ==
          Error::weak_parameters);
  }
  forge(world.files, 58, Bytes<4>{{1, 0, 0, 0}}.view());
  CHECK(vault::stretching_of(world.files).error() == Error::weak_parameters);
}

TEST_CASE("a changed cost within bounds opens no slot, because slots authenticate it") {
  World world;
  forge(world.files, 58, Bytes<4>{{5, 0, 0, 0}}.view());
  CHECK(vault::stretching_of(world.files)->passes == 5);
  CHECK(open_error(world.files, stretched(7)) == Error::wrong_key);
}

TEST_CASE("a vault of a newer version is told apart from a damaged one") {
  World world;
  forge(world.files, 8, Bytes<2>{{2, 0}}.view());
  CHECK(open_error(world.files, stretched(7)) == Error::newer_version);
  world.files.content().at("vault")[8] ^= 1;
  world.files.content().at("vault").back() ^= 1;
  CHECK(open_error(world.files, stretched(7)) == Error::newer_version);  // what is left still says so
}

TEST_CASE("damaged slots, a damaged manifest and a wrong passphrase are told apart") {
  World world;
  world.commit(puts({put(key_of(1, 1), "x")}));
  const std::size_t half = world.files.content().at("vault").size() / 2;
  const auto flip = [&](std::initializer_list<std::size_t> places) {
    FaultFiles files(&world.files);
    for (const std::size_t place : places) files.content().at("vault")[place] ^= 1;
    SeededRandom random(9);
    const auto opened = vault::open(files, random, stretched(7), kStart);
    return opened ? std::optional<Error>() : opened.error();
  };
  CHECK(!flip({100}));                        // the slots of one half
  CHECK(!flip({100, half + 600}));            // the slots of one and the manifest of the other
  CHECK(!flip({half - 40, 2 * half - 300}));  // the root of one and the manifest of the other
  CHECK(flip({100, half + 100}) == Error::damaged_slots);
  CHECK(flip({600, half + 600}) == Error::damaged);
  CHECK(flip({half - 40, 2 * half - 40}) == Error::damaged);
  CHECK(open_error(world.files, stretched(8)) == Error::wrong_key);
}

TEST_CASE("the vault of another deployment is told apart") {
  FaultFiles files;
  SeededRandom random(9);
  const vault::Deployment here{{1}};
  const vault::Deployment there{{2}};
  REQUIRE(vault::create(files, random, cheap(), stretched(7), kStart, here).has_value());
  CHECK(vault::open(files, random, stretched(7), kStart, here).has_value());
  CHECK(vault::stretching_of(files, there).error() == Error::foreign);
  CHECK(vault::open(files, random, stretched(7), kStart, there).error() == Error::foreign);
  forge(files, 26, there.view());  // it is bound into the slots
  CHECK(vault::open(files, random, stretched(7), kStart, there).error() == Error::wrong_key);
}

TEST_CASE("foreign, empty and cut vault files are damaged") {
  World world;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{700}}) {
    FaultFiles files(&world.files);
    files.content().at("vault").resize(size);
    CHECK(open_error(files, stretched(7)) == Error::damaged);
  }
  forge(world.files, 0, as_bytes("SQLite f"));
  CHECK(open_error(world.files, stretched(7)) == Error::damaged);
}

TEST_CASE("a manifest of another vault does not open") {
  World one(1);
  World other(2);
  const ByteVector& foreign = other.files.content().at("vault");
  forge(one.files, 514, ByteView(foreign).subspan(514, foreign.size() / 2 - 514 - 32));
  CHECK(open_error(one.files, stretched(7)) == Error::damaged);
}

}  // namespace
}  // namespace tacet::test
