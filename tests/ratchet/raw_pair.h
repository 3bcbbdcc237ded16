// Two session states straight from made-up handshake keys, for tests that need to change a state by hand.
#pragma once

#include "ratchet/pair.h"
#include "ratchet/state.h"

namespace tacet::test {

struct RawPair {
  explicit RawPair(std::uint64_t number = 0) : random(seed_of(number)) {
    keys.root = random.draw<ratchet::RootKey>();
    keys.initiator_header = random.draw<ratchet::HeaderKey>();
    keys.next_responder_header = random.draw<ratchet::HeaderKey>();
    keys.id = random.draw<ratchet::SessionId>();
    prekey = random.draw<crypto::X25519Secret>();
    initiator = *ratchet::initiator_state(keys, crypto::x25519_public(prekey), kStart, random);
    responder = ratchet::responder_state(keys, prekey, crypto::x25519_public(prekey), kStart);
  }

  // The initiator's first step again, as if `key` were its ratchet KEM key.
  void pretend_kem_key(const crypto::MlKemPublic& key) {
    initiator.own_kem->key = key;
    const auto spk = crypto::x25519_public(prekey);
    const auto dh = crypto::x25519(initiator.own_dh, spk);
    const auto first =
        ratchet::step(keys.root, *dh, {}, {initiator.own_dh_public, spk, key, std::nullopt, std::nullopt});
    initiator.root = first.root;
    initiator.send_chain = first.chain;
    initiator.next_send_header = first.next_header;
  }

  ScriptedRandom random;
  ratchet::HandshakeKeys keys;
  crypto::X25519Secret prekey;
  ratchet::SessionState initiator, responder;
};

}  // namespace tacet::test
