// The table of all keys, beside a model.
#include "vault/record_table.h"
#include "vault/world.h"

using namespace tacet;
using namespace tacet::vault;

namespace {

std::map<RecordKey, std::uint64_t> content(const RecordTable& table) {
  std::map<RecordKey, std::uint64_t> out;
  table.each(
      [&](const RecordKey& key, const Entry& entry) { CHECK(out.emplace(key, entry.sequence).second); });
  return out;
}

}  // namespace

TEST_CASE("the table of records finds what is there, at its place, and nothing else") {
  test::SeededRandom random(7);
  std::mt19937 engine(8);
  RecordTable table(random);
  std::map<RecordKey, std::uint64_t> model;
  std::map<RecordKey, std::uint32_t> slots;
  for (std::uint64_t step = 1; step <= 30'000; ++step) {
    // Sometimes many more, sometimes many fewer.
    const bool growing = step / 3000 % 2 == 0;
    const RecordKey key = test::key_of(static_cast<std::uint8_t>(1 + engine() % 2), engine() % 3000);
    if (engine() % 4 == 0 ? growing : !growing) {
      if (model.erase(key) > 0) table.erase(key);
      CHECK(table.find(key) == nullptr);
      continue;
    }
    Entry entry;
    entry.sequence = step;
    const auto [at, fresh] = table.insert(key, entry);
    REQUIRE(fresh == model.emplace(key, step).second);
    if (fresh) slots[key] = at.slot;
    REQUIRE(slots.at(key) == at.slot);
    REQUIRE(table.at(at).sequence == model.at(key));
    REQUIRE(table.find(key) == &table.at(at));
    if (step % 1000 == 0) REQUIRE(content(table) == model);
  }
  REQUIRE(content(table) == model);
  CHECK(table.count(1) + table.count(2) == model.size());
}
