// Somebody who once read a session's stored form, sees every wire, and derives whatever can be derived from
// that. It works with keys, not with a Session: no limit, no order and no rule of an honest receiver holds
// it.
#pragma once

#include <vector>

#include "ratchet/message.h"
#include "ratchet/state.h"

namespace tacet::test {

class Thief {
 public:
  // What Session::serialise() gave, read as src/ratchet/README.md describes it.
  explicit Thief(ByteView stored);

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
  struct OwnKeys {
    crypto::X25519Secret dh;
    crypto::X25519Public dh_public;
    std::optional<ratchet::OwnKem> kem;
  };

  [[nodiscard]] std::optional<ratchet::Header> header_of(const ratchet::WireView& wire) const;
  [[nodiscard]] bool opens(const ratchet::WireView& wire, const ratchet::Header* header) const;
  bool follow_step(const ratchet::WireView& wire, const ratchet::Header& header);

  ratchet::SessionId id_;
  OwnKeys own_;
  std::vector<ratchet::RootKey> roots_;
  std::vector<ratchet::HeaderKey> header_keys_;
  std::vector<Chain> chains_;
  std::vector<ratchet::MessageKey> message_keys_;
};

}  // namespace tacet::test
