// What a received header means, decided before any chain, DH or KEM operation (RATCHET.md section 6, steps 2
// to 4). Pure: header and state in, decision out.
#pragma once

#include "ratchet/error.h"
#include "ratchet/message.h"
#include "ratchet/skipped.h"

namespace tacet::ratchet {

inline constexpr std::uint32_t kMaxSkip = 1000;  // keys derived by one receive without being used

// Which of the keys we hold opened the header.
struct OpenedBy {
  enum class Kind { old_header, current_header, next_header } kind;
  std::size_t old_index = 0;  // into SkippedKeys::old(), for old_header
};

struct Decision {
  enum class Kind {
    stored,      // the message key is in the store, at `place`
    same_chain,  // go on in the current receive chain up to the header's number
    step,        // a ratchet step, then up to the header's number in the new chain
  } kind;
  SkippedKeys::Place place{};
  bool finish_old_chain = false;  // step: first keep the old chain's keys up to the header's PN
};

[[nodiscard]] Result<Decision, Error> decide(const OpenedBy& by, const Header& header,
                                             const SessionState& state, const SkippedKeys& skipped, Time now);

}  // namespace tacet::ratchet
