// One session between two devices: the Double Ratchet with header encryption and an ML-KEM key in every step
// (RATCHET.md sections 5 to 7). A value: copy it, send on the copy, store the copy, and only then let the
// wire leave.
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "ratchet/error.h"
#include "ratchet/message.h"
#include "ratchet/skipped.h"
#include "ratchet/state.h"

namespace tacet::ratchet {

class Session {
 public:
  // For initiate() and accept(), and for tests. Everyone else gets a session from those or from parse().
  explicit Session(SessionState state) : state_(std::move(state)) {}

  // Encrypts `data` (at most max_data(size)) into a wire of exactly that class. Draws, if a send half is due,
  // dh secret 32, KEM seed 64, encapsulation seed 32; then hnonce 24. Errors: too_long, cannot_send_yet,
  // chain_exhausted, bad_peer_key (the session is broken); then nothing was drawn and nothing changed.
  [[nodiscard]] Result<ByteVector, Error> send(MessageClass size, ByteView data, Random& random);

  // Decrypts a wire of any size class. Draws nothing. After a refusal the state is byte-identical.
  [[nodiscard]] Result<SecretVector, Refusal> receive(ByteView wire, Time now);

  // Removes expired skipped keys. Call after loading and every hour. True when something was removed.
  bool maintain(Time now);

  [[nodiscard]] const SessionId& id() const { return state_.id; }  // the same on both sides
  [[nodiscard]] Time created() const { return state_.created; }    // of initiate() or accept()
  // First successful receive; for a responder the accept. Until then an initiator keeps its handshake wire.
  [[nodiscard]] const std::optional<Time>& answered() const { return state_.answered; }
  [[nodiscard]] bool can_send() const { return state_.pending || state_.send_chain.has_value(); }
  // Section 7: now ≥ created + 90 days, or unanswered and now ≥ created + 30 days.
  [[nodiscard]] bool needs_handshake(Time now) const;
  [[nodiscard]] std::size_t skipped_count() const { return skipped_.size(); }

  // The versioned format of README.md. Errors: bad_state, older_version, newer_version.
  [[nodiscard]] SecretVector serialise() const;
  [[nodiscard]] static Result<Session, Error> parse(ByteView bytes);

 private:
  SessionState state_;
  SkippedKeys skipped_;
};

}  // namespace tacet::ratchet
