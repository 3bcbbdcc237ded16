// Messages and stored sessions. A message is tried as it comes, and as a hostile peer can make it: header and
// contents sealed with the right keys, whatever they say.
#include "base/codec.h"
#include "crypto/committed_keys.h"
#include "fuzz/targets.h"
#include "ratchet/session.h"
#include "support/scripted_random.h"

namespace tacet::fuzz {

namespace {

using namespace ratchet;

constexpr Time kNow{Millis{1'800'000'000'000}};
constexpr std::size_t kContents = 4096 - 2408;

// Two sides from made-up handshake keys, some messages into a conversation; B has skipped keys under an old
// header key.
struct World {
  World() : random(test::Seed{}) {
    keys.root = random.draw<RootKey>();
    keys.initiator_header = random.draw<HeaderKey>();
    keys.next_responder_header = random.draw<HeaderKey>();
    keys.id = random.draw<SessionId>();
    const auto prekey = random.draw<crypto::X25519Secret>();
    // The peer's first chain, whose keys a hostile peer holds.
    first_chain = *initiator_state(keys, crypto::x25519_public(prekey), kNow, random);
    Session alice(first_chain), bob(responder_state(keys, prekey, crypto::x25519_public(prekey), kNow));
    const auto overtaken = alice.send(MessageClass::small, as_bytes("0"), random);
    const auto first = alice.send(MessageClass::small, as_bytes("1"), random);
    require(bob.receive(*first, kNow).has_value());
    after_first = bob.serialise();
    require(alice.receive(*bob.send(MessageClass::small, as_bytes("2"), random), kNow).has_value());
    require(bob.receive(*alice.send(MessageClass::small, as_bytes("3"), random), kNow).has_value());
    later = bob.serialise();
    next_wire = *alice.send(MessageClass::small, as_bytes("4"), random);
  }

  test::ScriptedRandom random;
  HandshakeKeys keys;
  SessionState first_chain;
  SecretVector after_first, later;
  ByteVector next_wire;
};

const World& world() {
  static const World made;
  return made;
}

// Number 2 of the peer's first chain, header and contents changed by `input`, everything sealed as it should
// be.
ByteVector sealed_by_hostile_peer(ByteView input) {
  const World& w = world();
  ChainKey chain = *w.first_chain.send_chain;
  static_cast<void>(advance(chain, 0));
  static_cast<void>(advance(chain, 1));
  const MessageKey key = advance(chain, 2);

  Header header{0, 2, w.first_chain.own_dh_public, w.first_chain.own_kem->key, std::nullopt};
  HeaderBytes plain = header.encode();
  overlay(plain.span(), input);
  ByteVector contents(kContents);
  SpanWriter(contents).u32(5).raw("hello");
  if (input.size() > plain.size) overlay(contents, input.subspan(plain.size));

  ByteVector wire(4096);
  SpanWriter writer(wire);
  const HeaderNonce nonce{{1}};
  writer.raw(nonce);
  const MutableByteView sealed = writer.take(SealedHeader::size);
  const auto header_key = *crypto::AeadKey::from(w.first_chain.send_header->view());
  const auto header_tag = crypto::aead_encrypt(header_key, *crypto::AeadNonce::from(nonce.view()),
                                               plain.view(), w.keys.id.view(), sealed.first(plain.size));
  SpanWriter(sealed.last(16)).raw(header_tag);
  const auto info = Writer().raw("S1/mk").raw(w.keys.id).take();
  const auto keys = crypto::committed_keys(nonce.view(), key.view(), info);
  const auto tag = crypto::aead_encrypt(keys.key, keys.nonce, contents, {}, contents);
  writer.raw(crypto::blake2b_keyed(keys.commitment, "S1/com", w.keys.id, nonce, sealed, tag))
      .raw(tag)
      .raw(contents);
  return wire;
}

// Receives and requires that a refusal changes nothing and that whatever state follows can be stored.
bool receive(const SecretVector& state, ByteView wire) {
  auto session = Session::parse(state);
  const bool received = session->receive(wire, kNow).has_value();
  const SecretVector after = session->serialise();
  if (!received) require_equal(after, state);
  require(Session::parse(after).has_value());
  return received;
}

}  // namespace

void message(ByteView input) {
  receive(world().later, input);
  ByteVector altered = world().next_wire;
  overlay(altered, input);
  require(receive(world().later, altered) == (altered == world().next_wire));

  const ByteVector hostile = sealed_by_hostile_peer(input);
  receive(world().after_first, hostile);
  receive(world().later, hostile);
}

void session(ByteView input) {
  SecretVector overlaid = world().later;
  overlay(overlaid, input);
  const ByteView forms[] = {input, overlaid};
  for (const ByteView form : forms) {
    auto parsed = Session::parse(form);
    if (!parsed) continue;
    require_equal(parsed->serialise(), form);
    static_cast<void>(parsed->needs_handshake(kNow));
    receive(parsed->serialise(), world().next_wire);
    test::ScriptedRandom random{test::Seed{{9}}};
    const auto before = parsed->serialise();
    if (!parsed->send(MessageClass::small, as_bytes("x"), random)) require_equal(parsed->serialise(), before);
    parsed->maintain(kNow);
    require(Session::parse(parsed->serialise()).has_value());
  }
}

}  // namespace tacet::fuzz
