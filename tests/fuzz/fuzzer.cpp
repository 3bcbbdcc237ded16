// libFuzzer's entry; TACET_FUZZ_TARGET is the name of one of kTargets.
#include <cstdlib>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tacet::fuzz::Target* target = tacet::fuzz::find_target(TACET_FUZZ_TARGET);
  if (target == nullptr) std::abort();
  target->run({data, size});
  return 0;
}
