// Why the ratchet refused.
#pragma once

#include <optional>

#include "base/result.h"
#include "crypto/hash.h"

namespace tacet::ratchet {

enum class Error {
  // Identities, prekeys, handshakes
  malformed,             // wrong tag or length, non-zero padding, flags that do not exist
  bad_signature,         // not signed by the identity it claims
  fingerprint_mismatch,  // a well-formed identity, but not the one that was asked for
  expired,               // a prekey past its time
  bad_key,               // a peer's public key that no secret can be agreed with
  own_identity,          // a handshake with oneself
  unknown_prekey,        // a handshake to a prekey whose secret is gone
  repeated,              // a last-resort handshake that was accepted before
  memory_full,           // the last-resort prekey has been used 1024 times: replace it at once (section 4)

  // Receiving. See Refusal for what counts as a fork.
  wrong_size,      // not a wire of 4096, 16384 or 65536 bytes
  not_ours,        // nothing here opens it
  replay,          // this message was received before, or its key is gone
  too_far,         // more than 1000 messages skipped
  wrong_chain,     // opened by the current header key, but with other ratchet keys than the current ones
  half_pending,    // the peer stepped although we have not answered its last step
  wrong_kem_part,  // an ML-KEM ciphertext where none is due, or none where one is
  damaged,         // the header opened, the contents did not

  // Sending
  too_long,         // the data do not fit the class
  cannot_send_yet,  // a responder that has not received, which only a session state made by hand can be
  chain_exhausted,  // 2^31 - 1 messages without an answer
  bad_peer_key,     // the peer's ML-KEM key cannot be encapsulated to: the session is broken (section 4)

  // Stored secrets and sessions
  bad_state,      // truncated, oversized or not of this kind
  older_version,  // written by a version of Tacet whose format is no longer read
  newer_version,  // written by a newer Tacet than this one
};

// A receive that was refused. The session is as if nothing had arrived.
struct Refusal {
  Error error;
  // BH(EH), set when this refusal is a fork in the sense of section 4: the header opened under HKr or NHKr
  // and the message was refused, not as a replay and not as mere damage. Forks are counted once per distinct
  // value.
  std::optional<crypto::Hash> fork;
};

}  // namespace tacet::ratchet
