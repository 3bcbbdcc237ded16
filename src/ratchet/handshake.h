// The handshake: one 16384-byte wire from A to B that makes a session on both sides and carries A's first
// message (RATCHET.md section 4). The rules above one session live in src/client.
#pragma once

#include <optional>

#include "ratchet/prekeys.h"
#include "ratchet/session.h"

namespace tacet::ratchet {

inline constexpr std::size_t kHandshakeSize = 16384;

// What A fetched about B, all of it checked.
struct Bundle {
  Identity identity;
  SignedPrekey signed_prekey;
  LastResortPrekey last_resort;
  std::optional<OneTimePrekey> one_time;

  // Checks fingerprint, signatures and expiry. Errors are those of Identity::parse and of the records.
  [[nodiscard]] static Result<Bundle, Error> parse(const Fingerprint& expected, ByteView identity,
                                                   ByteView signed_prekey, ByteView last_resort,
                                                   std::optional<ByteView> one_time, Time now);
};

struct Initiated {
  Session session;
  ByteVector wire;  // kHandshakeSize bytes, sent again unchanged every 24 hours until an answer came
};

// A's side. `data` is the first message, at most max_data(MessageClass::small). `replaces` names the broken
// session this handshake is to replace. Draws EK_A 32, encapsulation seeds 64 and 64, own ratchet DH 32 and
// KEM seed 64, hnonce 24. Errors: too_long and own_identity (before any draw), bad_key.
[[nodiscard]] Result<Initiated, Error> initiate(const IdentitySecret& own, const Bundle& peer, ByteView data,
                                                const std::optional<SessionId>& replaces, Time now,
                                                Random& random);

// Where accept() looks for B's secrets and memory. Implemented by src/client over its vault.
class PrekeySecrets {
 public:
  enum class LastResortUse {
    fresh,        // not seen, and there is room to remember it
    repeated,     // accepted before: refuse
    memory_full,  // kLastResortMemory handshakes remembered: refuse, and replace the prekey at once
  };

  virtual ~PrekeySecrets() = default;
  // The secret while it lives, else nullptr. The pointers stay valid until accept() returns.
  [[nodiscard]] virtual const SignedPrekeySecret* find(SignedPrekeyId id) const = 0;
  [[nodiscard]] virtual const LastResortSecret* find(LastResortId id) const = 0;
  [[nodiscard]] virtual const OneTimeSecret* find(OneTimeId id) const = 0;
  // `entry` is BH(EK_A.pk ‖ ctp).
  [[nodiscard]] virtual LastResortUse last_resort_use(LastResortId id, const crypto::Hash& entry) const = 0;
};

// What a successful accept means for B. The owner stores all of it in one transaction, or nothing.
struct Accepted {
  struct LastResort {
    LastResortId id;
    crypto::Hash entry;  // to be remembered until the secret of `id` dies
  };

  Identity peer;
  Session session;
  SecretVector data;                      // the first message
  std::optional<SessionId> replaces;      // the peer's broken session that this one takes over from
  SignedPrekeyId signed_prekey;           // remember handshake_hash() as long as this one's secret lives
  std::optional<OneTimeId> one_time;      // erase this secret
  std::optional<LastResort> last_resort;  // or remember this entry; exactly one of the two is set
  crypto::Hash handshake_hash;            // BH(wire): a repeat is dropped silently
};

// B's side. Changes nothing, draws nothing. not_ours: nothing opened, so it is no handshake to this identity;
// wrong_size: not kHandshakeSize bytes. Other errors: malformed, bad_signature, own_identity, unknown_prekey,
// repeated, memory_full, bad_key, damaged. A repeat of an accepted one-time handshake fails as
// unknown_prekey: callers who remember handshake_hash ask first.
[[nodiscard]] Result<Accepted, Error> accept(const IdentitySecret& own, const PrekeySecrets& prekeys,
                                             ByteView wire, Time now);

// BH(wire).
[[nodiscard]] crypto::Hash handshake_hash(ByteView wire);

}  // namespace tacet::ratchet
