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

// Nobody to tell: one node.
class Deaf final : public News {
 public:
  void heard(const std::vector<Item>& /*items*/) override {}
  void missed() override {}
};

class PostgresSubject final : public ConformanceSubject {
 public:
  PostgresSubject() { open(); }
  [[nodiscard]] Store& store() override { return *store_; }
  void tidy() override {
    std::promise<bool> done;
    store_->tidy([&](const auto& result) { done.set_value(result.has_value()); });
    REQUIRE(done.get_future().get());
  }
  void pass(Millis time) override { clock_.pass(time); }
  [[nodiscard]] Time now() override { return clock_.now(); }
  void reopen() override {
    store_.reset();
    open();
  }

 private:
  void open() {
    auto opened = PostgresStore::open(
        {database_, folder_.path(), kConformanceQuota, Days(365 * 1000)}, clock_, random_,
        [](const std::function<void()>& task) { task(); }, deaf_);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error()));
    store_ = std::move(*opened);
  }

  const std::string database_ = PostgresCluster::instance().new_database();
  TemporaryFolder folder_;
  ManualClock clock_;
  crypto::SystemRandom random_;
  Deaf deaf_;
  std::unique_ptr<PostgresStore> store_;
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
