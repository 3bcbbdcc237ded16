#include "relay/store/hour_chain.h"

#include <fstream>

#include "postgres_cluster.h"
#include "relay/store/postgres_store.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

constexpr std::int64_t kHour = 492'346;

std::unique_ptr<HourChain> chain_in(const std::string& path) {
  crypto::SystemRandom random;
  auto chain = HourChain::open(path, random, kHour);
  REQUIRE_MESSAGE(chain, (chain ? "" : chain.error()));
  return std::move(*chain);
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("nodes with a copy of one hour chain have the same keys, and each hour another") {
  TemporaryFolder folder;
  const auto first = chain_in(folder.path() + "/a");
  std::filesystem::copy_file(folder.path() + "/a", folder.path() + "/b");
  const auto second = chain_in(folder.path() + "/b");
  CHECK(first->fresh());
  CHECK_FALSE(second->fresh());
  REQUIRE(second->destroy_before(kHour + 5));
  CHECK(equal_constant_time(first->name(), second->name()));
  CHECK(*first->find(kHour + 720) == *second->find(kHour + 720));
  CHECK(*first->find(kHour + 5) == *second->find(kHour + 5));
  CHECK_FALSE(*first->find(kHour + 5) == *first->find(kHour + 6));
  CHECK_FALSE(first->find(kHour - 1).has_value());
  CHECK_FALSE(first->find(kHour + 5000).has_value());
  const auto other = chain_in(folder.path() + "/c");
  CHECK_FALSE(equal_constant_time(other->name(), first->name()));
}

TEST_CASE("an hour that is over cannot be reached from what the file holds, also after a crash in between") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/chain";
  auto chain = chain_in(path);
  const HourKey later = *chain->find(kHour + 3);
  const std::string before = bytes_of(path);
  REQUIRE(chain->destroy_before(kHour + 3));
  chain.reset();
  const std::string after = bytes_of(path);
  CHECK(before.size() == 3 * HourSlot::kSize);
  CHECK(after.size() == before.size());
  CHECK(after.find(before.substr(HourSlot::kSize + 8, 32)) == std::string::npos);
  chain = chain_in(path);
  CHECK_FALSE(chain->find(kHour + 2).has_value());
  CHECK(*chain->find(kHour + 3) == later);
  chain.reset();

  // Power fails after the new link was written and before the old one was cleared.
  std::ofstream(path, std::ios::binary)
      << before.substr(0, 2 * HourSlot::kSize) + after.substr(2 * HourSlot::kSize);
  chain = chain_in(path);
  CHECK_FALSE(chain->find(kHour + 2).has_value());
  CHECK(*chain->find(kHour + 3) == later);
  CHECK(bytes_of(path) == after);
  chain.reset();

  // Power fails while the new one is written.
  std::ofstream(path, std::ios::binary)
      << before.substr(0, 2 * HourSlot::kSize) + after.substr(2 * HourSlot::kSize, 40) + std::string(24, 'x');
  chain = chain_in(path);
  CHECK(*chain->find(kHour + 3) == later);
  chain.reset();

  std::ofstream(path, std::ios::binary) << std::string(3 * HourSlot::kSize, 'x');
  crypto::SystemRandom random;
  const auto broken = HourChain::open(path, random, kHour);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().find("Copy it from another node") != std::string::npos);
}

TEST_CASE(
    "a node without the hour keys of its database, or with others, does not start and says what to do") {
  struct Deaf final : News {
    void heard(const std::vector<Item>& /*items*/) override {}
    void missed() override {}
  } deaf;
  const std::string database = PostgresCluster::instance().new_database();
  TemporaryFolder folder;
  SystemClock clock;
  crypto::SystemRandom random;
  const auto open = [&](const std::string& name, const std::string& where) {
    return PostgresStore::open(
        {where, folder.path() + "/" + name, {}}, clock, random,
        [](const std::function<void()>& task) { task(); }, deaf);
  };
  {
    const auto first = open("first", database);
    REQUIRE_MESSAGE(first, (first ? "" : first.error()));
    const auto second = open("second", database);
    REQUIRE_FALSE(second);
    CHECK(second.error().find("hour keys that this node does not have. Copy the file") != std::string::npos);
    std::filesystem::copy_file(folder.path() + "/first/hour-chain", folder.path() + "/second/hour-chain");
    CHECK(open("second", database));
    chain_in(folder.path() + "/second/../stranger-chain");
    std::filesystem::rename(folder.path() + "/stranger-chain", folder.path() + "/second/hour-chain");
    const auto stranger = open("second", database);
    REQUIRE_FALSE(stranger);
    CHECK(stranger.error().find("are not those of this database") != std::string::npos);
  }
  ManualClock wrong;  // months away from the database's
  const auto lost = PostgresStore::open(
      {database, folder.path() + "/first", {}}, wrong, random,
      [](const std::function<void()>& task) { task(); }, deaf);
  REQUIRE(lost);
  for (int i = 0; i < 600 && (*lost)->healthy(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK_FALSE((*lost)->healthy());

  const auto nowhere = open("nowhere", "postgresql:///none?host=" + folder.path());
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().find("The database cannot be used: ") == 0);
  CHECK(has_password("postgresql://relay:secret@db/tacet"));
  CHECK(has_password("host=db password=secret"));
  CHECK_FALSE(has_password("postgresql://relay@db/tacet"));
  CHECK_FALSE(has_password("service=tacet"));
}
