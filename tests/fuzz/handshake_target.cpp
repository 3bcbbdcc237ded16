// Handshakes: the wire as it comes, and what a hostile initiator can put inside a seal that opens.
#include "fuzz/targets.h"
#include "ratchet/agreement.h"
#include "ratchet/handshake.h"
#include "replay/party.h"

namespace tacet::fuzz {

namespace {

using namespace ratchet;

constexpr Time kNow{Millis{1'800'000'000'000}};

struct World {
  World() : a(test::Seed{}), b(test::Seed{{1}}), prekeys(b.identity, kNow, b.random) {
    const auto otk = prekeys.otk->record();
    const auto bundle =
        Bundle::parse(b.identity.identity().fingerprint(), b.identity.identity().bytes().view(),
                      prekeys.spk.record().view(), prekeys.lrk.record().view(), otk.view(), kNow);
    wire = initiate(a.identity, *bundle, as_bytes("hello"), {}, kNow, a.random)->wire;
    const auto ctq = *crypto::XWingCiphertext::from(ByteView(wire).first(1120));
    keys = seal_keys(*b.identity.kem().decapsulate(ctq), ctq, b.identity.identity().kem_key());
    inner.assign(wire.begin() + 1168, wire.end());
    const auto tag = *crypto::AeadTag::from(ByteView(wire).subspan(1152, 16));
    require(crypto::aead_decrypt(keys.key, keys.nonce, inner, {}, tag, inner));
  }

  replay::Party a, b;
  replay::Prekeys prekeys;
  ByteVector wire, inner;
  crypto::CommittedKeys keys;
};

// The valid wire with its inner part changed, sealed again.
ByteVector resealed(const World& world, ByteView input) {
  ByteVector inner = world.inner;
  overlay(inner, input);
  ByteVector wire = world.wire;
  const auto ctq = *crypto::XWingCiphertext::from(ByteView(wire).first(1120));
  const auto tag =
      crypto::aead_encrypt(world.keys.key, world.keys.nonce, inner, {}, MutableByteView(wire).subspan(1168));
  SpanWriter(MutableByteView(wire).subspan(1120))
      .raw(seal_commitment(world.keys.commitment, ctq, tag))
      .raw(tag);
  return wire;
}

}  // namespace

void handshake(ByteView input) {
  static const World world;
  require(!accept(world.b.identity, world.prekeys, input, kNow));  // nobody makes one by chance
  const ByteVector wire = resealed(world, input);
  const auto accepted = accept(world.b.identity, world.prekeys, wire, kNow);
  // What an authentic handshake can still choose freely is which session it replaces.
  const auto changed = std::find_if(
      input.begin(),
      input.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(input.size(), world.inner.size())),
      [](Byte b) { return b != 0; });
  const auto at = static_cast<std::size_t>(changed - input.begin());
  if (at >= std::min(input.size(), world.inner.size())) require(accepted.has_value());
  if (accepted) {
    require(at >= 32 + 1120 + 1345 + 1 + 4 + 4 + 4096 || at >= input.size());
    require_equal(accepted->data, as_bytes("hello"));
  }
}

}  // namespace tacet::fuzz
