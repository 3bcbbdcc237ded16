// Two people who have met, for tests: their identities, B's prekeys, and a session between them.
#pragma once

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "ratchet/handshake.h"
#include "support/scripted_random.h"

namespace tacet::test {

inline constexpr Time kStart{Millis{1'800'000'000'000}};

inline Seed seed_of(std::uint64_t number) {
  Seed seed;
  SpanWriter(seed.span()).u64(number);
  return seed;
}

inline ByteVector text(std::string_view s) {
  const ByteView bytes = as_bytes(s);
  return {bytes.begin(), bytes.end()};
}

// B's prekey secrets and memory, as src/client would keep them in its vault.
class PrekeyShelf final : public ratchet::PrekeySecrets {
 public:
  PrekeyShelf(const ratchet::IdentitySecret& owner, Random& random)
      : spk(ratchet::SignedPrekeySecret::generate(ratchet::SignedPrekeyId{1}, owner, kStart, random)),
        lrk(ratchet::LastResortSecret::generate(ratchet::LastResortId{2}, owner, kStart, random)),
        otk(ratchet::OneTimeSecret::generate(ratchet::OneTimeId{3}, owner, random)) {}

  [[nodiscard]] const ratchet::SignedPrekeySecret* find(ratchet::SignedPrekeyId id) const override {
    return spk && id == spk->id ? &*spk : nullptr;
  }
  [[nodiscard]] const ratchet::LastResortSecret* find(ratchet::LastResortId id) const override {
    return lrk && id == lrk->id ? &*lrk : nullptr;
  }
  [[nodiscard]] const ratchet::OneTimeSecret* find(ratchet::OneTimeId id) const override {
    return otk && id == otk->id ? &*otk : nullptr;
  }
  [[nodiscard]] LastResortUse last_resort_use(ratchet::LastResortId,
                                              const crypto::Hash& entry) const override {
    if (full) return LastResortUse::memory_full;
    return remembered.count(entry) > 0 ? LastResortUse::repeated : LastResortUse::fresh;
  }

  // What the owner does after a successful accept.
  void settle(const ratchet::Accepted& accepted) {
    if (accepted.one_time) otk.reset();
    if (accepted.last_resort) remembered.insert(accepted.last_resort->entry);
  }

  std::optional<ratchet::SignedPrekeySecret> spk;
  std::optional<ratchet::LastResortSecret> lrk;
  std::optional<ratchet::OneTimeSecret> otk;
  std::set<crypto::Hash> remembered;
  bool full = false;
};

struct Meeting {
  explicit Meeting(std::uint64_t number = 0)
      : random_a(seed_of(2 * number)),
        random_b(seed_of(2 * number + 1)),
        a(ratchet::IdentitySecret::generate(random_a)),
        b(ratchet::IdentitySecret::generate(random_b)),
        shelf(b, random_b) {}

  [[nodiscard]] ratchet::Bundle bundle(bool with_one_time = true) const {
    const auto otk = shelf.otk->record();
    auto bundle = ratchet::Bundle::parse(b.identity().fingerprint(), b.identity().bytes().view(),
                                         shelf.spk->record().view(), shelf.lrk->record().view(),
                                         with_one_time ? std::optional(otk.view()) : std::nullopt, kStart);
    REQUIRE(bundle);
    return *bundle;
  }

  [[nodiscard]] ratchet::Initiated initiate(bool with_one_time = true) {
    auto initiated = ratchet::initiate(a, bundle(with_one_time), text("hello"), {}, kStart, random_a);
    REQUIRE(initiated);
    return std::move(*initiated);
  }

  ScriptedRandom random_a, random_b;
  ratchet::IdentitySecret a, b;
  PrekeyShelf shelf;
};

// A session on both sides, A's handshake accepted.
struct Pair : Meeting {
  explicit Pair(std::uint64_t number = 0) : Meeting(number), alice(initiate_now()), bob(accept_now()) {}

  ByteVector from_alice(std::string_view data = "from A") { return send(alice, data, random_a); }
  ByteVector from_bob(std::string_view data = "from B") { return send(bob, data, random_b); }

  ByteVector handshake;
  ratchet::Session alice, bob;

 private:
  static ByteVector send(ratchet::Session& session, std::string_view data, Random& random) {
    auto wire = session.send(ratchet::MessageClass::small, as_bytes(data), random);
    REQUIRE(wire);
    return std::move(*wire);
  }
  ratchet::Session initiate_now() {
    auto initiated = initiate();
    handshake = std::move(initiated.wire);
    return std::move(initiated.session);
  }
  ratchet::Session accept_now() {
    auto accepted = ratchet::accept(b, shelf, handshake, kStart);
    REQUIRE(accepted);
    shelf.settle(*accepted);
    return std::move(accepted->session);
  }
};

// Receives and says what came: the text, or "" after a refusal.
inline std::string received(ratchet::Session& session, ByteView wire, Time now = kStart) {
  const auto data = session.receive(wire, now);
  return data ? std::string(as_text(*data)) : std::string();
}

// A refusal of `wire`, after which the session is byte-identical.
inline ratchet::Refusal refused(ratchet::Session& session, ByteView wire, Time now = kStart) {
  const SecretVector before = session.serialise();
  const auto data = session.receive(wire, now);
  REQUIRE_FALSE(data);
  CHECK(session.serialise() == before);
  return data.error();
}

}  // namespace tacet::test
