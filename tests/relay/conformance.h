// Random operations against a store and against the model of what a store does; every answer has to be the
// same.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "relay/store/store.h"

namespace tacet::relay::testing {

// What lies behind the store under test.
class ConformanceSubject {
 public:
  virtual ~ConformanceSubject() = default;
  [[nodiscard]] virtual Store& store() = 0;
  virtual void tidy() = 0;             // and waits until everything that is due is gone
  virtual void pass(Millis time) = 0;  // moves the store's clock on
  [[nodiscard]] virtual Time now() = 0;
  virtual void reopen() = 0;
};

inline constexpr Quota kConformanceQuota{6, 40960, 20480};

// The subject's store has kConformanceQuota and is empty. The seed decides everything. Nothing if all answers
// were the same, else a description of the first that was not.
[[nodiscard]] std::string conformance_run(ConformanceSubject& subject, std::uint64_t seed,
                                          std::size_t operations);

// How many operations and which seed: from TACET_OPERATIONS and TACET_SEED, else these and a random one.
struct ConformancePlan {
  std::uint64_t seed = 0;
  std::size_t operations = 0;
};
[[nodiscard]] ConformancePlan conformance_plan(std::size_t operations);

}  // namespace tacet::relay::testing
