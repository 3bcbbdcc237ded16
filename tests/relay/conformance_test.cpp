#include "conformance.h"

#include "postgres_cluster.h"
#include "relay/store/postgres_store.h"
#include "store_fixture.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

class SqliteSubject final : public ConformanceSubject {
 public:
  explicit SqliteSubject(Quota quota = kConformanceQuota) : fixture_(quota) {}
  [[nodiscard]] Store& store() override { return fixture_.store(); }
  void tidy() override { fixture_.tidy(); }
  void pass(Millis time) override { fixture_.pass(time); }
  [[nodiscard]] Time now() override { return fixture_.now(); }
  void reopen() override {
    fixture_.close();
    fixture_.open();
  }

 private:
  StoreFixture fixture_;
};

// Nobody reads here.
class Deaf final : public News {
 public:
  void heard(const std::vector<Item>& /*items*/) override {}
  void missed() override {}
};

// Two nodes over one database, which take turns.
class PostgresSubject final : public ConformanceSubject {
 public:
  PostgresSubject() {
    open(0);
    std::filesystem::create_directory(folder(1));
    std::filesystem::copy_file(folder(0) + "/hour-chain", folder(1) + "/hour-chain");
    open(1);
  }
  [[nodiscard]] Store& store() override { return *nodes_[turn_]; }
  void tidy() override {
    std::promise<bool> done;
    nodes_[turn_]->tidy([&](const auto& result) { done.set_value(result.has_value()); });
    REQUIRE(done.get_future().get());
    turn_ = 1 - turn_;
  }
  void pass(Millis time) override { clock_.pass(time); }
  [[nodiscard]] Time now() override { return clock_.now(); }
  void reopen() override {
    nodes_[turn_].reset();
    open(turn_);
  }

 private:
  [[nodiscard]] std::string folder(std::size_t node) const {
    return folder_.path() + "/" + std::to_string(node);
  }
  void open(std::size_t node) {
    auto opened = PostgresStore::open(
        {database_, folder(node), kConformanceQuota, Days(365 * 1000)}, clock_, random_,
        [](const std::function<void()>& task) { task(); }, deaf_);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error()));
    nodes_[node] = std::move(*opened);
  }

  const std::string database_ = PostgresCluster::instance().new_database();
  TemporaryFolder folder_;
  ManualClock clock_;
  crypto::SystemRandom random_;
  Deaf deaf_;
  std::unique_ptr<PostgresStore> nodes_[2];
  std::size_t turn_ = 0;
};

}  // namespace

TEST_CASE("random operations on PostgreSQL are answered as by the model") {
  const ConformancePlan plan = conformance_plan(1000);
  MESSAGE("seed " << plan.seed << ", " << plan.operations << " operations");
  PostgresSubject subject;
  CHECK(conformance_run(subject, plan.seed, plan.operations) == "");
}

TEST_CASE("random operations on SQLite are answered as by the model") {
  const ConformancePlan plan = conformance_plan(1500);
  MESSAGE("seed " << plan.seed << ", " << plan.operations << " operations");
  SqliteSubject subject;
  CHECK(conformance_run(subject, plan.seed, plan.operations) == "");
}

TEST_CASE("a store that keeps one envelope too many, or one byte too few, is found out") {
  Quota quota = kConformanceQuota;
  ++quota.envelopes;
  SqliteSubject generous(quota);
  CHECK(conformance_run(generous, 1, 1500) != "");
  quota = kConformanceQuota;
  --quota.bytes;
  SqliteSubject mean(quota);
  CHECK(conformance_run(mean, 1, 1500) != "");
}
