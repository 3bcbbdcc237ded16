// The system's generator behind the interface of base/random.h.
#pragma once

#include "base/random.h"

namespace tacet::crypto {

// Lets libsodium pick its fastest code for this processor and open its generator. Cheap to repeat, safe from
// any thread. Everything here is also correct without it, but may be slower.
void initialise();

// randombytes_buf. Aborts the process if the system has no randomness: there is nothing sane to do then.
class SystemRandom final : public Random {
 public:
  SystemRandom() { initialise(); }
  void fill(MutableByteView out) override;
};

}  // namespace tacet::crypto
