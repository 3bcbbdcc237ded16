// Prekeys: what a device publishes so that others can begin while it is away (RATCHET.md section 3). A record
// type exists only once it was parsed and its signature and expiry checked; a secret type makes its record on
// demand.
#pragma once

#include <cstdint>
#include <memory>

#include "base/time.h"
#include "ratchet/identity.h"

namespace tacet::ratchet {

// Ids are unique per kind, increasing, never reused.
enum class SignedPrekeyId : std::uint32_t {};
enum class LastResortId : std::uint32_t {};
enum class OneTimeId : std::uint32_t {};

inline constexpr Days kPrekeyLifetime{90};            // SPK and LRK expire this long after issue
inline constexpr Days kPrekeyRotation{7};             // and are replaced this often while online
inline constexpr Days kPrekeySecretGrace{30};         // their secrets die this long after the replacement
inline constexpr std::size_t kOneTimePublished = 50;  // one-time prekeys to keep published
inline constexpr std::size_t kOneTimeRefillBelow = 20;
inline constexpr std::size_t kLastResortMemory = 1024;  // handshakes remembered per last-resort prekey

// Parsing a record. Errors: malformed (tag or length), bad_signature, expired (expires < now).

// SPK, 109 bytes: an X25519 key.
class SignedPrekey {
 public:
  using Record = Bytes<109, struct SignedPrekeyTag>;
  [[nodiscard]] static Result<SignedPrekey, Error> parse(ByteView record, const Identity& owner, Time now);
  [[nodiscard]] const Record& record() const { return record_; }
  [[nodiscard]] SignedPrekeyId id() const;
  [[nodiscard]] crypto::X25519Public dh_key() const;

 private:
  explicit SignedPrekey(const Record& record) : record_(record) {}
  Record record_;
};

// LRK, 1293 bytes: an X-Wing key for when no one-time prekey is left.
class LastResortPrekey {
 public:
  using Record = Bytes<1293, struct LastResortTag>;
  [[nodiscard]] static Result<LastResortPrekey, Error> parse(ByteView record, const Identity& owner,
                                                             Time now);
  [[nodiscard]] const Record& record() const { return record_; }
  [[nodiscard]] LastResortId id() const;
  [[nodiscard]] crypto::XWingPublic kem_key() const;

 private:
  explicit LastResortPrekey(const Record& record) : record_(record) {}
  Record record_;
};

// OTK, 1317 bytes: an X25519 and an X-Wing key for one handshake. Does not expire.
class OneTimePrekey {
 public:
  using Record = Bytes<1317, struct OneTimeTag>;
  [[nodiscard]] static Result<OneTimePrekey, Error> parse(ByteView record, const Identity& owner);
  [[nodiscard]] const Record& record() const { return record_; }
  [[nodiscard]] OneTimeId id() const;
  [[nodiscard]] crypto::X25519Public dh_key() const;
  [[nodiscard]] crypto::XWingPublic kem_key() const;

 private:
  explicit OneTimePrekey(const Record& record) : record_(record) {}
  Record record_;
};

// The owner's side. A secret is signed once, when it is made, and carries what its record needs and what
// would cost most to compute again. Formats of serialise() are in README.md; parse() errors: bad_state,
// older_version, newer_version.

// An X-Wing seed and, in memory only and shared by copies, its expanded key: there from the start in a prekey
// that was made, absent in one that was stored.
struct PrekeyKem {
  crypto::XWingSeed seed;
  std::shared_ptr<const crypto::XWingKey> expanded;

  [[nodiscard]] static PrekeyKem generate(Random& random);  // draws 32
  [[nodiscard]] std::shared_ptr<const crypto::XWingKey> key() const {
    return expanded ? expanded : std::make_shared<const crypto::XWingKey>(seed);
  }
};

struct SignedPrekeySecret {
  SignedPrekeyId id{};
  std::uint64_t expires = 0;  // Unix seconds, in the record
  crypto::X25519Secret secret;
  crypto::X25519Public dh_key;
  crypto::Ed25519Signature signature;

  // Draws 32.
  [[nodiscard]] static SignedPrekeySecret generate(SignedPrekeyId id, const IdentitySecret& owner, Time now,
                                                   Random& random);
  [[nodiscard]] SignedPrekey::Record record() const;
  [[nodiscard]] SecretVector serialise() const;  // 142 bytes
  [[nodiscard]] static Result<SignedPrekeySecret, Error> parse(ByteView bytes);
};

struct LastResortSecret {
  LastResortId id{};
  std::uint64_t expires = 0;  // Unix seconds, in the record
  PrekeyKem kem;
  crypto::Ed25519Signature signature;

  // Draws 32.
  [[nodiscard]] static LastResortSecret generate(LastResortId id, const IdentitySecret& owner, Time now,
                                                 Random& random);
  [[nodiscard]] LastResortPrekey::Record record() const { return record(*kem.key()); }
  // The same for one who holds kem.key() already.
  [[nodiscard]] LastResortPrekey::Record record(const crypto::XWingKey& key) const;
  [[nodiscard]] SecretVector serialise() const;  // 110 bytes
  [[nodiscard]] static Result<LastResortSecret, Error> parse(ByteView bytes);
};

struct OneTimeSecret {
  OneTimeId id{};
  crypto::X25519Secret secret;
  PrekeyKem kem;
  crypto::X25519Public dh_key;
  crypto::Ed25519Signature signature;

  // Draws 32, then 32.
  [[nodiscard]] static OneTimeSecret generate(OneTimeId id, const IdentitySecret& owner, Random& random);
  [[nodiscard]] OneTimePrekey::Record record() const { return record(*kem.key()); }
  // The same for one who holds kem.key() already.
  [[nodiscard]] OneTimePrekey::Record record(const crypto::XWingKey& key) const;
  [[nodiscard]] SecretVector serialise() const;  // 166 bytes
  [[nodiscard]] static Result<OneTimeSecret, Error> parse(ByteView bytes);
};

}  // namespace tacet::ratchet
