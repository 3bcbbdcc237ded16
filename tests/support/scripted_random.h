// The random source of transcripts (RATCHET.md section 1): draw i, counted from 1, of k bytes is
// SHAKE256(seed ‖ u64(i)) truncated to k bytes.
#pragma once

#include <sodium/crypto_xof_shake256.h>

#include "base/random.h"
#include "base/span_writer.h"

namespace tacet::test {

using Seed = Bytes<32, struct SeedTag>;

class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(const Seed& seed) : seed_(seed) {}

  void fill(MutableByteView out) override {
    Bytes<40> input;
    SpanWriter(input.span()).raw(seed_).u64(++draws_);
    crypto_xof_shake256(out.data(), out.size(), input.data(), input.size);
  }

  [[nodiscard]] std::uint64_t draws() const { return draws_; }

 private:
  Seed seed_;
  std::uint64_t draws_ = 0;
};

}  // namespace tacet::test
