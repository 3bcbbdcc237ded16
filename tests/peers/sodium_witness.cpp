// What our libsodium answers, through the same wrappers that the product uses, on inputs derived from
// SHAKE256: one JSON line {"primitive", "in": [hex…], "out": [hex…] or null where it refuses} per case.
// sodium.test.mjs compares them with another build of libsodium. Runs natively and as WebAssembly, and must
// print the same.
#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_xof_shake256.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "crypto/mlkem768.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"

namespace tacet::crypto {
namespace {

ByteVector shake256(ByteView message, std::size_t length) {
  ByteVector out(length + 1);  // libsodium wants a pointer, also for nothing
  crypto_xof_shake256(out.data(), length, message.data(), message.size());
  out.pop_back();
  return out;
}

// The inputs of one case: the same in every run, different for every case and every draw.
class Inputs {
 public:
  Inputs(std::string_view primitive, std::uint32_t number)
      : seed_("tacet-witness/" + std::string(primitive) + "/" + std::to_string(number)) {}

  ByteVector some(std::size_t length) {
    const std::string label = seed_ + "/" + std::to_string(++draws_);
    return shake256(as_bytes(label), length);
  }
  template <class Fixed>
  Fixed make() {
    return *Fixed::from(some(Fixed::size));
  }

 private:
  std::string seed_;
  int draws_ = 0;
};

std::string quoted(ByteView bytes) {
  return '"' + to_hex(bytes) + '"';
}

template <class... Parts>
std::string list(const Parts&... parts) {
  std::string out;
  ((out += (out.empty() ? "" : ",") + quoted(view_of(parts))), ...);
  return "[" + out + "]";
}

void print(const char* primitive, const std::string& in, const std::optional<std::string>& out) {
  std::printf("{\"primitive\":\"%s\",\"in\":%s,\"out\":%s}\n", primitive, in.c_str(),
              out ? out->c_str() : "null");
}

// Around the block sizes of the hashes (64, 72, 128, 136), and larger than any buffer on the way.
const std::size_t kLengths[] = {0,   1,   31,  32,  63,  64,  65,  71,  72,   73,   111,  112,   113,
                                127, 128, 129, 135, 136, 137, 255, 256, 1000, 4096, 4097, 65536, 70001};

void hashes() {
  const auto lengths = std::size(kLengths);
  for (std::uint32_t i = 0; i < lengths; ++i) {
    Inputs inputs("hash", i);
    const ByteVector message = inputs.some(kLengths[i]);
    const ByteView head = ByteView(message).first(message.size() / 3);
    const ByteView tail = ByteView(message).subspan(message.size() / 3);
    const MacKey key = inputs.make<MacKey>();
    print("blake2b-256", list(message), list(blake2b(head, tail)));
    print("blake2b-256-keyed", list(key, message), list(blake2b_keyed(key, head, tail)));
    print("blake2b-512", list(message), list(blake2b_512(message)));
    print("sha-512", list(message), list(sha512(head, tail)));
    const ByteVector mac_key = inputs.some(kLengths[(i * 7) % 20]);
    print("hmac-sha-512", list(mac_key, message), list(hmac_sha512(mac_key, message)));
    Bytes<crypto_hash_sha256_BYTES> sha256;
    crypto_hash_sha256(sha256.data(), message.data(), message.size());
    print("sha-256", list(message), list(sha256));
    print("shake256", list(message), list(shake256(message, kLengths[(i * 5) % 22])));
  }
  for (std::uint32_t i = 0; i < 24; ++i) {
    Inputs inputs("hkdf", i);
    const ByteVector salt = inputs.some(i % 3 * 32);
    const ByteVector key = inputs.some(1 + i * 17);
    const ByteVector info = inputs.some(i * 5 % 97);
    ByteVector out(1 + i * 53);
    hkdf_sha512(salt, key, info, out);
    print("hkdf-sha-512", list(salt, key, info), list(out));
  }
}

void curves() {
  for (std::uint32_t i = 0; i < 64; ++i) {
    Inputs inputs("curve", i);
    const auto secret = inputs.make<X25519Secret>();
    const auto peer = inputs.make<X25519Public>();  // any 32 bytes are a point, also those above the prime
    print("x25519-base", list(secret), list(x25519_public(secret)));
    const auto shared = x25519(secret, peer);
    print("x25519", list(secret, peer), shared ? std::optional(list(*shared)) : std::nullopt);

    const auto seed = inputs.make<Ed25519Seed>();
    const ByteVector message = inputs.some(kLengths[i % std::size(kLengths)]);
    const Ed25519Public key = ed25519_public(seed);
    Ed25519Signature signature = ed25519_sign(seed, message);
    print("ed25519-sign", list(seed, message), list(key, signature));
    signature.raw[i] ^= static_cast<Byte>(1U << (i % 8));
    print("ed25519-verify", list(key, message, signature),
          ed25519_verify(key, message, signature) ? std::optional(list()) : std::nullopt);
  }
  // Points of low order give nothing that could be a shared secret.
  const auto secret = Inputs("low-order", 0).make<X25519Secret>();
  for (const Byte first : {Byte{0}, Byte{1}}) {
    X25519Public low;
    low.raw[0] = first;
    const auto shared = x25519(secret, low);
    print("x25519", list(secret, low), shared ? std::optional(list(*shared)) : std::nullopt);
  }
}

void ciphers() {
  for (std::uint32_t i = 0; i < std::size(kLengths); ++i) {
    Inputs inputs("aead", i);
    const auto key = inputs.make<AeadKey>();
    const auto nonce = inputs.make<AeadNonce>();
    const ByteVector plaintext = inputs.some(kLengths[i]);
    const ByteVector ad = inputs.some(kLengths[(i * 3) % 22]);
    ByteVector ciphertext(plaintext.size());
    AeadTag tag = aead_encrypt(key, nonce, plaintext, ad, ciphertext);
    print("xchacha20poly1305-seal", list(key, nonce, plaintext, ad), list(ciphertext, tag));
    if (i % 2 == 0) tag.raw[i % AeadTag::size] ^= 0x80;
    ByteVector opened(ciphertext.size());
    const bool good = aead_decrypt(key, nonce, ciphertext, ad, tag, opened);
    print("xchacha20poly1305-open", list(key, nonce, ciphertext, ad, tag),
          good ? std::optional(list(opened)) : std::nullopt);
  }
}

template <class Encapsulation>
std::optional<std::string> both(const Result<Encapsulation, Error>& made) {
  return made ? std::optional(list(made->ciphertext, made->shared)) : std::nullopt;
}

void kems() {
  for (std::uint32_t i = 0; i < 32; ++i) {
    Inputs inputs("kem", i);
    const auto seed = inputs.make<MlKemSeed>();
    MlKemPublic key = mlkem768_public(seed);
    print("mlkem768-key", list(seed), list(key));
    const auto drawn = inputs.make<MlKemEncapsulationSeed>();
    auto made = mlkem768_encapsulate(key, drawn);
    print("mlkem768-enc", list(key, drawn), both(made));
    if (i % 4 == 3) made->ciphertext.raw[i] ^= 1;  // implicit rejection: another secret, no error
    const auto shared = mlkem768_decapsulate(seed, made->ciphertext);
    print("mlkem768-dec", list(seed, made->ciphertext), shared ? std::optional(list(*shared)) : std::nullopt);
    if (i % 8 == 0) {
      key.raw[i] = 0xFF;  // a coefficient above the modulus
      key.raw[i + 1] = 0xFF;
      print("mlkem768-enc", list(key, drawn), both(mlkem768_encapsulate(key, drawn)));
    }

    const auto wing_seed = inputs.make<XWingSeed>();
    const XWingKey wing_key(wing_seed);
    XWingPublic wing = wing_key.public_key();
    print("xwing-key", list(wing_seed), list(wing));
    const auto wing_drawn = inputs.make<XWingEncapsulationSeed>();
    auto wing_made = xwing_encapsulate(wing, wing_drawn);
    print("xwing-enc", list(wing, wing_drawn), both(wing_made));
    if (i % 4 == 3) wing_made->ciphertext.raw[i * 30] ^= 1;
    const auto wing_shared = wing_key.decapsulate(wing_made->ciphertext);
    print("xwing-dec", list(wing_seed, wing_made->ciphertext),
          wing_shared ? std::optional(list(*wing_shared)) : std::nullopt);
    if (i % 8 == 0) {
      for (std::size_t at = XWingPublic::size - 32; at < XWingPublic::size; ++at) wing.raw[at] = 0;
      print("xwing-enc", list(wing, wing_drawn), both(xwing_encapsulate(wing, wing_drawn)));
    }
  }
}

void passwords() {
  const std::pair<std::uint64_t, std::size_t> costs[] = {
      {1, 8192}, {3, 65536}, {2, std::size_t{19} << 20}, {3, std::size_t{64} << 20}};
  std::uint32_t number = 0;
  for (const auto& [opslimit, memlimit] : costs) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{8}, std::size_t{200}}) {
      Inputs inputs("argon2id", number++);
      const ByteVector passphrase = inputs.some(length);
      const auto salt = inputs.make<PasswordSalt>();
      const auto key = argon2id(passphrase, salt, {opslimit, memlimit});
      std::string in = list(passphrase, salt);
      in.pop_back();
      in += ",\"" + std::to_string(opslimit) + "\",\"" + std::to_string(memlimit) + "\"]";
      print("argon2id", in, key ? std::optional(list(*key)) : std::nullopt);
    }
  }
}

}  // namespace
}  // namespace tacet::crypto

int main() {
  tacet::crypto::initialise();
  tacet::crypto::hashes();
  tacet::crypto::curves();
  tacet::crypto::ciphers();
  tacet::crypto::kems();
  tacet::crypto::passwords();
  return 0;
}
