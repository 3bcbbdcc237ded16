// The session state of RATCHET.md section 5, without the skipped keys, and the two ways to move it: a ratchet
// step and one turn of a chain. Internal to src/ratchet and its tests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/random.h"
#include "base/time.h"
#include "crypto/mlkem768.h"
#include "crypto/x25519.h"

namespace tacet::ratchet {

using SessionId = Bytes<32, struct SessionIdTag>;  // SID
using RootKey = Secret<32, struct RootKeyTag>;
using ChainKey = Secret<32, struct ChainKeyTag>;
using HeaderKey = Secret<32, struct HeaderKeyTag>;
using MessageKey = Secret<32, struct MessageKeyTag>;

struct OwnKem {
  crypto::MlKemSeed seed;
  crypto::MlKemPublic key;  // ek
  // What decapsulation needs, shared by copies of the state. In memory only; absent in a state that was
  // stored.
  std::shared_ptr<const crypto::MlKemExpanded> expanded;

  // Draws the seed, 64.
  [[nodiscard]] static OwnKem generate(Random& random);
  [[nodiscard]] Result<crypto::MlKemShared, crypto::Error> decapsulate(
      const crypto::MlKemCiphertext& ct) const;
};

struct SessionState {
  RootKey root;  // RK
  SessionId id;  // SID
  crypto::X25519Secret own_dh;
  crypto::X25519Public own_dh_public;
  std::optional<OwnKem> own_kem;
  std::optional<crypto::X25519Public> peer_dh;        // dhr
  std::optional<crypto::MlKemPublic> peer_kem;        // ekr
  std::optional<crypto::MlKemCiphertext> ciphertext;  // ct, repeated in every message of our current chain
  std::optional<ChainKey> send_chain;                 // CKs
  std::optional<ChainKey> receive_chain;              // CKr
  std::optional<HeaderKey> send_header;               // HKs
  std::optional<HeaderKey> receive_header;            // HKr
  HeaderKey next_send_header;                         // NHKs
  HeaderKey next_receive_header;                      // NHKr
  std::uint32_t sent = 0;                             // Ns, messages on our current chain
  std::uint32_t received = 0;                         // Nr, next number on the peer's current chain
  std::uint32_t previous = 0;                         // PN, length of our previous chain
  bool pending = false;                               // our send half of the last step is still to be made
  Time created{};
  std::optional<Time> answered;
};

// tr of section 5. An absent key or ciphertext enters as the empty string.
struct StepInputs {
  const crypto::X25519Public& sender_dh;
  const crypto::X25519Public& receiver_dh;
  const crypto::MlKemPublic& sender_kem;
  const std::optional<crypto::MlKemPublic>& receiver_kem;
  const std::optional<crypto::MlKemCiphertext>& ciphertext;
};

struct StepKeys {
  RootKey root;
  ChainKey chain;
  HeaderKey next_header;
};

[[nodiscard]] StepKeys step(const RootKey& root, const crypto::X25519Shared& dh,
                            const crypto::MlKemShared& kem, const StepInputs& inputs);

// The message key number n; `chain` becomes the key for n + 1.
[[nodiscard]] MessageKey advance(ChainKey& chain, std::uint32_t n);

// What the handshake gives both sides to start from (section 4).
struct HandshakeKeys {
  RootKey root;                     // RK
  HeaderKey initiator_header;       // HKA
  HeaderKey next_responder_header;  // NHKB
  SessionId id;                     // SID
};

// Section 5, initiator: draws dh secret 32, KEM seed 64. Nothing when SPK is a point of low order.
[[nodiscard]] std::optional<SessionState> initiator_state(const HandshakeKeys& keys,
                                                          const crypto::X25519Public& signed_prekey, Time now,
                                                          Random& random);

// Section 5, responder: its first ratchet key is the signed prekey.
[[nodiscard]] SessionState responder_state(const HandshakeKeys& keys,
                                           const crypto::X25519Secret& signed_prekey,
                                           const crypto::X25519Public& signed_prekey_public, Time now);

}  // namespace tacet::ratchet
