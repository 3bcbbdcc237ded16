// Somebody who once read a session's stored form, sees every wire, and derives whatever can be derived from
// that. It works with keys, not with a Session: no limit, no order and no rule of an honest receiver holds
// it.
#pragma once

#include <map>
#include <vector>

#include "ratchet/message.h"
#include "ratchet/state.h"

namespace tacet::test {

// Secrets behind public keys: what somebody has who breaks X25519, as a quantum computer does, or ML-KEM.
struct Broken {
  std::map<crypto::X25519Public, crypto::X25519Secret> dh;
  std::map<crypto::MlKemPublic, crypto::MlKemSeed> kem;
};

class Thief {
 public:
  // What Session::serialise() gave, read as src/ratchet/README.md describes it.
  Thief(ByteView stored, Broken broken);

  struct Sight {
    bool header = false;
    bool contents = false;
  };
  // What it can read of each wire in the end, trying all it has and all it learns on all of them.
  [[nodiscard]] std::vector<Sight> read(const std::vector<ByteVector>& wires);

 private:
  struct Chain {
    ratchet::ChainKey key;
    std::uint32_t number;  // of the message whose key comes next
  };
  // Ratchet keys of either side.
  struct PublicKeys {
    crypto::X25519Public dh;
    std::optional<crypto::MlKemPublic> kem;
  };
  struct Agreed {
    crypto::X25519Shared dh;
    crypto::MlKemShared kem;
  };

  [[nodiscard]] std::optional<ratchet::Header> header_of(const ratchet::WireView& wire) const;
  [[nodiscard]] bool opens(const ratchet::WireView& wire, const ratchet::Header* header) const;
  bool follow_step(const ratchet::WireView& wire, const ratchet::Header& header);
  void remember(PublicKeys keys);
  [[nodiscard]] std::optional<Agreed> agreed(const ratchet::Header& sender, const PublicKeys& receiver);

  ratchet::SessionId id_;
  Broken secrets_;  // the stolen ones as well
  std::vector<PublicKeys> seen_;
  std::map<std::pair<crypto::X25519Public, crypto::X25519Public>, std::optional<Agreed>> agreed_;
  std::vector<ratchet::RootKey> roots_;
  std::vector<ratchet::HeaderKey> header_keys_;
  std::vector<Chain> chains_;
  std::vector<ratchet::MessageKey> message_keys_;
};

}  // namespace tacet::test
