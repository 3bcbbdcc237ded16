// A ciphertext that the cipher opens under two message keys (two_keys.json, made by two_keys.mjs), sent as
// two messages of a session that holds both keys.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/codec.h"
#include "crypto/committed_keys.h"
#include "ratchet/raw_pair.h"
#include "support/hex.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

struct Vector {
  Vector() {
    std::ifstream file(TACET_TESTS_DIR "/ratchet/two_keys.json");
    const auto json = nlohmann::json::parse(file, nullptr, false);
    REQUIRE(json.is_object());
    const auto field = [&](const char* name) { return json[name].get<std::string>(); };
    id = hex<SessionId>(field("id"));
    nonce = hex<HeaderNonce>(field("nonce"));
    keys[0] = hex<MessageKey>(field("key1"));
    keys[1] = hex<MessageKey>(field("key2"));
    tag = hex<crypto::AeadTag>(field("tag"));
    ciphertext = hex(field("ciphertext"));
  }

  [[nodiscard]] crypto::CommittedKeys derived(std::size_t key) const {
    const auto info = Writer().raw("S1/mk").raw(id).take();
    return crypto::committed_keys(nonce.view(), keys[key].view(), info);
  }

  SessionId id;
  HeaderNonce nonce;
  MessageKey keys[2];
  crypto::AeadTag tag;
  ByteVector ciphertext;
};

// B's session with the two keys as those of messages 0 and 1, which were overtaken.
Session holding(const Vector& v, RawPair& p) {
  p.initiator.id = p.responder.id = v.id;
  Session alice(p.initiator), bob(p.responder);
  for (int n = 0; n < 3; ++n) {
    const auto wire = alice.send(MessageClass::small, {}, p.random);
    REQUIRE(wire);
    if (n == 2) REQUIRE(bob.receive(*wire, kStart));
  }
  SecretVector stored = bob.serialise();
  constexpr std::size_t kEntry = 4 + 32 + 8;  // number, key, expiry; the run of two ends the stored form
  for (std::size_t n = 0; n < 2; ++n) {
    const auto at = stored.end() - static_cast<std::ptrdiff_t>((2 - n) * kEntry) + 4;
    std::copy(v.keys[n].view().begin(), v.keys[n].view().end(), at);
  }
  auto session = Session::parse(stored);
  REQUIRE(session);
  return std::move(*session);
}

}  // namespace

TEST_CASE("a ciphertext that opens under two message keys is a message under the one it commits to") {
  const Vector v;
  // The premise: without the commitment it would be a message under both, and not the same.
  std::vector<std::uint32_t> lengths;
  for (const std::size_t key : {0U, 1U}) {
    const auto keys = v.derived(key);
    SecretVector plain(v.ciphertext.size());
    REQUIRE(crypto::aead_decrypt(keys.key, keys.nonce, v.ciphertext, {}, v.tag, plain));
    Reader reader(plain);
    const std::uint32_t length = reader.u32();
    REQUIRE(reader.raw(length).size() == length);
    REQUIRE(reader.rest_is_zero());
    lengths.push_back(length);
  }
  CHECK(lengths[0] == max_data(MessageClass::small));
  CHECK(lengths[1] < lengths[0]);

  for (const std::uint32_t number : {0U, 1U}) {
    for (const std::size_t committed_to : {0U, 1U}) {
      RawPair p;
      Session bob = holding(v, p);
      Header header;
      header.number = number;
      header.dh = p.initiator.own_dh_public;
      header.kem = p.initiator.own_kem->key;
      ByteVector wire =
          seal_message(MessageClass::small, v.nonce, *p.initiator.send_header, header, {}, v.id, {});
      const ByteView sealed_header = ByteView(wire).subspan(HeaderNonce::size, SealedHeader::size);
      const auto com = crypto::blake2b_keyed(v.derived(committed_to).commitment, "S1/com", v.id, v.nonce,
                                             sealed_header, v.tag);
      SpanWriter(MutableByteView(wire).subspan(HeaderNonce::size + SealedHeader::size))
          .raw(com)
          .raw(v.tag)
          .raw(v.ciphertext);
      if (number == committed_to) {
        CHECK(bob.receive(wire, kStart));
      } else {
        CHECK(refused(bob, wire).error == Error::damaged);
      }
    }
  }
}
