// One side of a transcript: its random source, its keys, its session and the copy that `save` made of it.
#pragma once

#include <optional>
#include <set>

#include "ratchet/handshake.h"
#include "support/scripted_random.h"

namespace tacet::replay {

// B's prekey secrets, and what it remembers of last-resort handshakes.
class Prekeys final : public ratchet::PrekeySecrets {
 public:
  Prekeys(const ratchet::IdentitySecret& owner, Time now, Random& random)
      : spk(ratchet::SignedPrekeySecret::generate(ratchet::SignedPrekeyId{1}, owner, now, random)),
        lrk(ratchet::LastResortSecret::generate(ratchet::LastResortId{2}, owner, now, random)),
        otk(ratchet::OneTimeSecret::generate(ratchet::OneTimeId{3}, owner, random)) {}

  [[nodiscard]] const ratchet::SignedPrekeySecret* find(ratchet::SignedPrekeyId id) const override {
    return id == spk.id ? &spk : nullptr;
  }
  [[nodiscard]] const ratchet::LastResortSecret* find(ratchet::LastResortId id) const override {
    return id == lrk.id ? &lrk : nullptr;
  }
  [[nodiscard]] const ratchet::OneTimeSecret* find(ratchet::OneTimeId id) const override {
    return otk && id == otk->id ? &*otk : nullptr;
  }
  [[nodiscard]] LastResortUse last_resort_use(ratchet::LastResortId,
                                              const crypto::Hash& entry) const override {
    if (remembered.count(entry) > 0) return LastResortUse::repeated;
    return remembered.size() < ratchet::kLastResortMemory ? LastResortUse::fresh : LastResortUse::memory_full;
  }

  ratchet::SignedPrekeySecret spk;
  ratchet::LastResortSecret lrk;
  std::optional<ratchet::OneTimeSecret> otk;
  std::set<crypto::Hash> remembered;
};

struct Party {
  explicit Party(const test::Seed& seed)
      : random(seed), identity(ratchet::IdentitySecret::generate(random)) {}

  // The session in its stored form; empty while there is none. Refusals are checked against it byte by byte.
  [[nodiscard]] SecretVector state() const { return session ? session->serialise() : SecretVector{}; }

  test::ScriptedRandom random;
  ratchet::IdentitySecret identity;
  std::optional<ratchet::Session> session;
  std::optional<SecretVector> saved;
};

}  // namespace tacet::replay
