// A device's identity: three independent public keys, signed by the first (RATCHET.md section 2).
#pragma once

#include <string>

#include "base/random.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"
#include "ratchet/error.h"

namespace tacet::ratchet {

using IdentityBytes = Bytes<1345, struct IdentityTag>;  // ID, as published
using Fingerprint = Bytes<32, struct FingerprintTag>;  // fp = BH("S1/fp" ‖ ID), what links and QR codes carry

// A public identity whose signature was checked: there is no other way to get one.
class Identity {
 public:
  // malformed: wrong length or version. bad_signature: the keys are not bound together by IKs.
  [[nodiscard]] static Result<Identity, Error> parse(ByteView bytes);
  // As parse, and fingerprint_mismatch unless it is the identity that `expected` names.
  [[nodiscard]] static Result<Identity, Error> parse(ByteView bytes, const Fingerprint& expected);

  [[nodiscard]] const IdentityBytes& bytes() const { return bytes_; }
  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }
  [[nodiscard]] const crypto::Ed25519Public& signing_key() const { return signing_; }  // IKs.pk
  [[nodiscard]] const crypto::X25519Public& dh_key() const { return dh_; }             // IKd.pk
  [[nodiscard]] crypto::XWingPublic kem_key() const;                                   // IKq.pk

  friend bool operator==(const Identity& a, const Identity& b) { return a.bytes_ == b.bytes_; }

 private:
  friend class IdentitySecret;
  explicit Identity(const IdentityBytes& bytes);

  IdentityBytes bytes_;
  Fingerprint fingerprint_;
  crypto::Ed25519Public signing_;
  crypto::X25519Public dh_;
};

// The secrets behind an identity, and the identity itself. Seeds are stored, never expanded keys; in memory
// the expanded ones wait for the next signature and the next handshake.
class IdentitySecret {
 public:
  // Draws IKs seed 32, IKd secret 32, IKq seed 32.
  [[nodiscard]] static IdentitySecret generate(Random& random);

  // 98 bytes, see README.md. Errors: bad_state, older_version, newer_version.
  [[nodiscard]] SecretVector serialise() const;
  [[nodiscard]] static Result<IdentitySecret, Error> parse(ByteView bytes);

  [[nodiscard]] const Identity& identity() const { return identity_; }
  [[nodiscard]] const crypto::X25519Secret& dh_secret() const { return dh_; }
  [[nodiscard]] const crypto::XWingSeed& kem_seed() const { return kem_seed_; }
  [[nodiscard]] const crypto::XWingKey& kem() const { return kem_; }
  [[nodiscard]] crypto::Ed25519Signature sign(ByteView message) const;

 private:
  IdentitySecret(crypto::Ed25519Seed signing, crypto::X25519Secret dh, crypto::XWingSeed kem);

  crypto::Ed25519Seed signing_seed_;
  crypto::X25519Secret dh_;
  crypto::XWingSeed kem_seed_;
  crypto::Ed25519Key signing_;
  crypto::XWingKey kem_;
  Identity identity_;
};

// The number two people compare: 12 groups of 5 digits, one space between (71 characters). The same on both
// sides.
[[nodiscard]] std::string safety_number(const Fingerprint& a, const Fingerprint& b);

}  // namespace tacet::ratchet
