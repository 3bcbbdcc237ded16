// What the keys of a handshake are made of (RATCHET.md section 4): the seal around it, and from six shared
// secrets and the transcript the keys both sides start their session with. Internal to src/ratchet.
#pragma once

#include "crypto/committed_keys.h"
#include "ratchet/identity.h"
#include "ratchet/state.h"

namespace tacet::ratchet {

// K, N, KC of the seal.
[[nodiscard]] crypto::CommittedKeys seal_keys(const crypto::XWingShared& ssq,
                                              const crypto::XWingCiphertext& ctq,
                                              const crypto::XWingPublic& recipient);

// com of the seal.
[[nodiscard]] crypto::Hash seal_commitment(const crypto::MacKey& key, const crypto::XWingCiphertext& ctq,
                                           const crypto::AeadTag& tag);

// The secrets both sides agree on, in the order of KM.
struct Agreement {
  crypto::X25519Shared identity_to_prekey;                    // IKd_A, SPK
  crypto::X25519Shared ephemeral_to_identity;                 // EK_A, IKd_B
  crypto::X25519Shared ephemeral_to_prekey;                   // EK_A, SPK
  std::optional<crypto::X25519Shared> ephemeral_to_one_time;  // EK_A, OTK
  crypto::XWingShared ssp;
  crypto::XWingShared ssq;
};

// What TH binds.
struct Transcript {
  const Identity& initiator;
  const Identity& responder;
  ByteView signed_prekey;  // record
  ByteView kem_prekey;     // record of OTK or LRK
  bool one_time;
  const crypto::X25519Public& ephemeral;
  const crypto::XWingCiphertext& ctp;
  const crypto::XWingCiphertext& ctq;
};

// RK ‖ HKA ‖ NHKB ‖ SID.
[[nodiscard]] HandshakeKeys derive(const Agreement& agreed, const Transcript& t);

}  // namespace tacet::ratchet
