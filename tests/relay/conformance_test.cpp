#include "conformance.h"

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

}  // namespace

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
