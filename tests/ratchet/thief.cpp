#include "ratchet/thief.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/codec.h"

namespace tacet::test {

using namespace ratchet;

namespace {

constexpr std::uint32_t kGuesses =
    8;  // numbers tried where the header stays closed; the test's chains are shorter

}  // namespace

Thief::Thief(ByteView stored, Broken broken) : secrets_(std::move(broken)) {
  Reader in(stored);
  REQUIRE(in.u16() == 0x0125);  // a session, version 1
  const unsigned present = in.u16();
  const auto has = [present](unsigned bit) { return (present >> bit & 1) != 0; };
  id_ = in.take<SessionId>();
  roots_.push_back(in.take<RootKey>());
  const auto own_secret = in.take<crypto::X25519Secret>();
  PublicKeys own{in.take<crypto::X25519Public>(), {}};
  secrets_.dh[own.dh] = own_secret;
  header_keys_.push_back(in.take<HeaderKey>());  // NHKs
  header_keys_.push_back(in.take<HeaderKey>());  // NHKr
  const std::uint32_t sent = in.u32();
  const std::uint32_t received = in.u32();
  in.raw(4 + 8);  // PN, created
  if (has(0)) {
    const auto seed = in.take<crypto::MlKemSeed>();
    own.kem = in.take<crypto::MlKemPublic>();
    secrets_.kem[*own.kem] = seed;
  }
  remember(own);
  if (has(1)) {
    PublicKeys peer{in.take<crypto::X25519Public>(), {}};
    if (has(2)) peer.kem = in.take<crypto::MlKemPublic>();
    remember(peer);
  }
  if (has(3)) in.raw(crypto::MlKemCiphertext::size);  // every header repeats it
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
    // A chain key that did not really turn would give the keys before it as well.
    for (std::uint32_t number = 0; number < chain.number; ++number) {
      ChainKey same = chain.key;
      if (open_contents(advance(same, number), id_, wire)) return true;
    }
    const std::uint32_t last = header ? header->number : chain.number + kGuesses;
    while (chain.number <= last) {
      const std::uint32_t number = chain.number++;
      const MessageKey key = advance(chain.key, number);
      if ((!header || number == header->number) && open_contents(key, id_, wire)) return true;
    }
  }
  return false;
}

void Thief::remember(PublicKeys keys) {
  const auto same = [&](const PublicKeys& other) { return other.dh == keys.dh && other.kem == keys.kem; };
  if (std::none_of(seen_.begin(), seen_.end(), same)) seen_.push_back(std::move(keys));
}

// What sender and receiver of a step agree on, for one who has the secret of either for DH and the receiver's
// for the KEM.
std::optional<Thief::Agreed> Thief::agreed(const Header& sender, const PublicKeys& receiver) {
  const auto known = agreed_.find({sender.dh, receiver.dh});
  if (known != agreed_.end()) return known->second;
  std::optional<Agreed>& out = agreed_[{sender.dh, receiver.dh}];
  if (sender.ciphertext.has_value() != receiver.kem.has_value()) return out;
  Agreed made;
  const auto receivers = secrets_.dh.find(receiver.dh);
  const auto senders = secrets_.dh.find(sender.dh);
  if (receivers == secrets_.dh.end() && senders == secrets_.dh.end()) return out;
  made.dh = receivers != secrets_.dh.end() ? *crypto::x25519(receivers->second, sender.dh)
                                           : *crypto::x25519(senders->second, receiver.dh);
  if (receiver.kem) {
    const auto seed = secrets_.kem.find(*receiver.kem);
    if (seed == secrets_.kem.end()) return out;
    made.kem = *crypto::mlkem768_decapsulate(seed->second, *sender.ciphertext);
  }
  return out = made;
}

// A step from every root key there is, to every receiver's keys that were seen.
bool Thief::follow_step(const WireView& wire, const Header& header) {
  remember({header.dh, header.kem});
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const PublicKeys receiver{seen_[i].dh, header.ciphertext ? seen_[i].kem : std::nullopt};
    const auto secret = agreed(header, receiver);
    if (!secret) continue;
    for (const RootKey& root : roots_) {
      const StepKeys keys = step(root, secret->dh, secret->kem,
                                 {header.dh, receiver.dh, header.kem, receiver.kem, header.ciphertext});
      ChainKey turned = keys.chain;
      for (std::uint32_t n = 0; n < header.number; ++n) (void)advance(turned, n);
      if (!open_contents(advance(turned, header.number), id_, wire)) continue;
      roots_.push_back(keys.root);
      header_keys_.push_back(keys.next_header);
      chains_.push_back({keys.chain, 0});
      return true;
    }
  }
  return false;
}

}  // namespace tacet::test
