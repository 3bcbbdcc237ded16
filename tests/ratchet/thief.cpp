#include "ratchet/thief.h"

#include <doctest/doctest.h>

#include "base/codec.h"

namespace tacet::test {

using namespace ratchet;

namespace {

constexpr std::uint32_t kGuesses =
    8;  // numbers tried where the header stays closed; the test's chains are shorter

}  // namespace

Thief::Thief(ByteView stored) {
  Reader in(stored);
  REQUIRE(in.u16() == 0x0125);  // a session, version 1
  const unsigned present = in.u16();
  const auto has = [present](unsigned bit) { return (present >> bit & 1) != 0; };
  id_ = in.take<SessionId>();
  roots_.push_back(in.take<RootKey>());
  own_.dh = in.take<crypto::X25519Secret>();
  own_.dh_public = in.take<crypto::X25519Public>();
  header_keys_.push_back(in.take<HeaderKey>());  // NHKs
  header_keys_.push_back(in.take<HeaderKey>());  // NHKr
  const std::uint32_t sent = in.u32();
  const std::uint32_t received = in.u32();
  in.raw(4 + 8);  // PN, created
  if (has(0)) {
    own_.kem.emplace();
    own_.kem->seed = in.take<crypto::MlKemSeed>();
    own_.kem->key = in.take<crypto::MlKemPublic>();
  }
  if (has(1)) in.raw(crypto::X25519Public::size);  // the peer's keys and ct: every header repeats them
  if (has(2)) in.raw(crypto::MlKemPublic::size);
  if (has(3)) in.raw(crypto::MlKemCiphertext::size);
  if (has(4)) chains_.push_back({in.take<ChainKey>(), sent});
  if (has(5)) chains_.push_back({in.take<ChainKey>(), received});
  if (has(6)) header_keys_.push_back(in.take<HeaderKey>());
  if (has(7)) header_keys_.push_back(in.take<HeaderKey>());
  if (has(8)) in.i64();
  const auto keep_run = [&] {
    for (std::uint32_t n = in.length(2000); n > 0; --n) {
      in.u32();
      message_keys_.push_back(in.take<MessageKey>());
      in.i64();
    }
  };
  for (unsigned old = in.u8(); old > 0; --old) {
    header_keys_.push_back(in.take<HeaderKey>());
    keep_run();
  }
  keep_run();
  REQUIRE(in.done());
}

std::vector<Thief::Sight> Thief::read(const std::vector<ByteVector>& wires) {
  std::vector<Sight> out(wires.size());
  for (bool learnt = true; learnt;) {
    learnt = false;
    for (std::size_t i = 0; i < wires.size(); ++i) {
      if (out[i].contents) continue;
      const WireView wire(wires[i]);
      const auto header = header_of(wire);
      out[i].header = header.has_value();
      out[i].contents = opens(wire, header ? &*header : nullptr);
      if (!out[i].contents && header && follow_step(wire, *header)) out[i].contents = learnt = true;
    }
  }
  return out;
}

std::optional<Header> Thief::header_of(const WireView& wire) const {
  for (const HeaderKey& key : header_keys_) {
    if (const auto bytes = open_header(key, id_, wire)) return Header::parse(*bytes);
  }
  return std::nullopt;
}

bool Thief::opens(const WireView& wire, const Header* header) const {
  for (const MessageKey& key : message_keys_) {
    if (open_contents(key, id_, wire)) return true;
  }
  for (Chain chain : chains_) {
    const std::uint32_t last = header ? header->number : chain.number + kGuesses;
    while (chain.number <= last) {
      const std::uint32_t number = chain.number++;
      const MessageKey key = advance(chain.key, number);
      if ((!header || number == header->number) && open_contents(key, id_, wire)) return true;
    }
  }
  return false;
}

// A step with the stolen keys, from every root key there is, with and without the KEM.
bool Thief::follow_step(const WireView& wire, const Header& header) {
  const auto dh = crypto::x25519(own_.dh, header.dh);
  if (!dh) return false;
  std::optional<crypto::MlKemPublic> own_key;
  crypto::MlKemShared shared;
  if (own_.kem && header.ciphertext) {
    own_key = own_.kem->key;
    shared = *own_.kem->decapsulate(*header.ciphertext);
  }
  for (const RootKey& root : roots_) {
    const StepKeys keys =
        step(root, *dh, shared, {header.dh, own_.dh_public, header.kem, own_key, header.ciphertext});
    ChainKey turned = keys.chain;
    for (std::uint32_t n = 0; n < header.number; ++n) (void)advance(turned, n);
    if (!open_contents(advance(turned, header.number), id_, wire)) continue;
    roots_.push_back(keys.root);
    header_keys_.push_back(keys.next_header);
    chains_.push_back({keys.chain, 0});
    return true;
  }
  return false;
}

}  // namespace tacet::test
