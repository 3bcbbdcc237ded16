// A transcript of RATCHET.md section 8 as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "support/scripted_random.h"

namespace tacet::replay {

enum class PartyName { a, b };

struct Step {
  enum class Op { initiate, accept, send, deliver, clock, maintain, save, restore } op;
  PartyName party = PartyName::a;    // who sends, receives, maintains, saves, restores; B for accept
  std::size_t message_class = 4096;  // send
  std::optional<ByteVector> data;    // initiate, send
  std::optional<ByteVector> wire;    // initiate, send: one of wire and wire_sha256
  std::optional<ByteVector> wire_sha256;
  std::optional<ByteVector> sid;         // initiate
  std::size_t of_step = 0;               // accept, deliver: whose wire
  std::optional<std::size_t> flip, cut;  // accept, deliver: a bit to flip, a length to cut to
  bool rejected = false;                 // accept, deliver: the expected result
  std::int64_t add = 0;                  // clock, seconds
};

struct Transcript {
  test::Seed seed_a, seed_b;
  ByteVector id_a, fp_a, id_b, fp_b;
  std::string safety_number;
  ByteVector spk, lrk;
  std::optional<ByteVector> otk;
  std::uint64_t now = 0;  // Unix seconds
  std::vector<Step> steps;
};

// The error names the place that is not of the form.
[[nodiscard]] Result<Transcript, std::string> parse_transcript(std::string_view json);

}  // namespace tacet::replay
