// Encryption, and what commits to its key.
#include "crypto/sealed.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/codec.h"
#include "crypto/committed_keys.h"
#include "support/hex.h"
#include "support/scripted_random.h"

using namespace tacet;
using namespace tacet::test;

namespace {

using Key = Secret<32, struct TestKeyTag>;

// Always answers with the same byte.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(Byte byte) : byte_(byte) {}
  void fill(MutableByteView out) override { std::fill(out.begin(), out.end(), byte_); }

 private:
  Byte byte_;
};

Key key_of(Byte byte) {
  Key key;
  std::fill(key.span().begin(), key.span().end(), byte);
  return key;
}

}  // namespace

TEST_CASE("XChaCha20-Poly1305 gives the draft's value") {
  const auto key = hex<crypto::AeadKey>("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const auto nonce = hex<crypto::AeadNonce>("404142434445464748494a4b4c4d4e4f5051525354555657");
  const ByteVector ad = hex("50515253c0c1c2c3c4c5c6c7");
  const std::string_view text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
      "would "
      "be it.";
  ByteVector out(text.size());
  const auto tag = crypto::aead_encrypt(key, nonce, as_bytes(text), ad, out);
  CHECK(to_hex(tag.view()) == "c0875924c1c7987947deafd8780acf49");
  CHECK(to_hex(ByteView(out).first(16)) == "bd6d179d3e83d43b9576579493c0e939");

  ByteVector back(out.size());
  CHECK(crypto::aead_decrypt(key, nonce, out, ad, tag, back));
  CHECK(as_text(back) == text);
  CHECK_FALSE(crypto::aead_decrypt(key, nonce, out, {}, tag, back));
  CHECK(back == ByteVector(back.size()));  // nothing unauthenticated is left behind
}

TEST_CASE("the worked example of crypto/README.md") {
  ConstantRandom random(0x02);
  const ByteVector sealed =
      crypto::seal(key_of(0x01), "example", as_bytes("ad"), as_bytes("silence"), random);
  CHECK(to_hex(sealed) ==
        "020202020202020202020202020202020202020202020202"
        "4ecf9ee0cca73b44b004d519cddbc73a258667c4e58c426375f2bcbb7309aa8e"
        "22fe2688b0f4648a370a85422f8efe0c"
        "18712166e794df");
}

TEST_CASE("what was sealed opens, also when it is empty or large") {
  ScriptedRandom random{Seed{}};
  for (const std::size_t size : {0U, 1U, 100U, 70000U}) {
    const ByteVector plaintext(size, 0x5A);
    const ByteVector sealed = crypto::seal(key_of(7), "test", as_bytes("ad"), plaintext, random);
    CHECK(sealed.size() == size + crypto::kSealOverhead);
    const auto opened = crypto::open(key_of(7), "test", as_bytes("ad"), sealed);
    REQUIRE(opened);
    CHECK(std::equal(opened->begin(), opened->end(), plaintext.begin(), plaintext.end()));
  }
}

TEST_CASE("another key, label or associated data, or any altered byte, opens nothing") {
  ScriptedRandom random{Seed{}};
  const ByteVector sealed = crypto::seal(key_of(7), "test", as_bytes("ad"), as_bytes("plaintext"), random);
  CHECK(crypto::open(key_of(8), "test", as_bytes("ad"), sealed).error() == crypto::Error::not_authentic);
  CHECK(crypto::open(key_of(7), "tess", as_bytes("ad"), sealed).error() == crypto::Error::not_authentic);
  CHECK(crypto::open(key_of(7), "test", as_bytes("a"), sealed).error() == crypto::Error::not_authentic);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    ByteVector altered = sealed;
    altered[i] ^= 0x10;
    CHECK(crypto::open(key_of(7), "test", as_bytes("ad"), altered).error() == crypto::Error::not_authentic);
    const auto cut = crypto::open(key_of(7), "test", as_bytes("ad"), ByteView(sealed).first(i));
    CHECK(cut.error() ==
          (i < crypto::kSealOverhead ? crypto::Error::too_short : crypto::Error::not_authentic));
  }
}

TEST_CASE("the salamander opens under two keys by itself, and under none in our framing") {
  std::ifstream file(TACET_TESTS_DIR "/crypto/salamander_xchacha20poly1305.json");
  const auto salamander = nlohmann::json::parse(file, nullptr, false);
  REQUIRE(salamander.is_object());
  const auto field = [&](const char* name) { return salamander[name].get<std::string>(); };
  const ByteVector both = hex(field("ct_tag"));
  const ByteView ciphertext = ByteView(both).first(both.size() - 16);
  const auto tag = *crypto::AeadTag::from(ByteView(both).last(16));
  const auto nonce = hex<crypto::AeadNonce>(field("nonce"));

  // The premise: the bare cipher does not commit.
  ByteVector first(ciphertext.size()), second(ciphertext.size());
  REQUIRE(crypto::aead_decrypt(hex<crypto::AeadKey>(field("key1")), nonce, ciphertext, {}, tag, first));
  REQUIRE(crypto::aead_decrypt(hex<crypto::AeadKey>(field("key2")), nonce, ciphertext, {}, tag, second));
  REQUIRE(first != second);

  // Sealed by an attacker who knows both keys and commits to one of them.
  for (const char* mine : {"key1", "key2"}) {
    const auto committed_to = hex<Key>(field(mine));
    const auto keys = crypto::committed_keys(nonce.view(), committed_to.view(), as_bytes("test"));
    const auto com = crypto::blake2b_keyed(keys.commitment, "tacet/com", nonce, Bytes<8>{}, tag);
    const ByteVector sealed = Writer().raw(nonce).raw(com).raw(tag).raw(ciphertext).take();
    for (const char* tried : {"key1", "key2"}) {
      CHECK(crypto::open(hex<Key>(field(tried)), "test", {}, sealed).error() == crypto::Error::not_authentic);
    }
  }
}
