// Where randomness comes from. The core draws from an injected source so that a run can be replayed
// (RATCHET.md section 1); production code passes crypto::SystemRandom.
#pragma once

#include "base/bytes.h"

namespace tacet {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(MutableByteView out) = 0;

  template <class Container>
  [[nodiscard]] Container draw() {
    Container out;
    fill(out.span());
    return out;
  }
};

}  // namespace tacet
