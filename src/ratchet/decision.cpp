#include "ratchet/decision.h"

namespace tacet::ratchet {

namespace {

Result<Decision, Error> stored(SkippedKeys::Place place) {
  return Decision{Decision::Kind::stored, place, false};
}

Result<Decision, Error> decide_under_current(const Header& header, const SessionState& state,
                                             const SkippedKeys& skipped, Time now) {
  if (header.dh != state.peer_dh || header.kem != state.peer_kem) return unexpected(Error::wrong_chain);
  if (const auto place = skipped.find(SkippedKeys::kCurrent, header.number, now)) return stored(*place);
  if (header.number < state.received) return unexpected(Error::replay);
  if (header.number - state.received > kMaxSkip) return unexpected(Error::too_far);
  return Decision{Decision::Kind::same_chain, {}, false};
}

Result<Decision, Error> decide_step(const Header& header, const SessionState& state) {
  if (state.pending) return unexpected(Error::half_pending);
  if (header.ciphertext.has_value() != state.own_kem.has_value()) return unexpected(Error::wrong_kem_part);
  if (header.number > kMaxSkip) return unexpected(Error::too_far);
  // Numbers are below 2^31, so the sum fits. An old chain that would cost too much is abandoned, not refused.
  const bool finish = state.receive_chain.has_value() && header.previous > state.received &&
                      header.previous - state.received + header.number <= kMaxSkip;
  return Decision{Decision::Kind::step, {}, finish};
}

}  // namespace

Result<Decision, Error> decide(const OpenedBy& by, const Header& header, const SessionState& state,
                               const SkippedKeys& skipped, Time now) {
  switch (by.kind) {
    case OpenedBy::Kind::old_header:
      if (const auto place = skipped.find(by.old_index, header.number, now)) return stored(*place);
      return unexpected(Error::replay);
    case OpenedBy::Kind::current_header:
      return decide_under_current(header, state, skipped, now);
    case OpenedBy::Kind::next_header:
      break;
  }
  return decide_step(header, state);
}

}  // namespace tacet::ratchet
