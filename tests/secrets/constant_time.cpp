// In the manner of ctgrind: everything that is drawn is marked undefined for valgrind's memcheck, which then
// reports every branch and every address that depends on it. `constant_time leak` does what it must catch.
//
// What an observer sees anyway is declared public again: wires, public identities and records, whether a wire
// was authentic, and what an authentic one said. Keys and shared secrets never are.
#include <valgrind/memcheck.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "crypto/mlkem768.h"
#include "crypto/mlkem768_builds.h"
#include "crypto/random.h"
#include "ratchet/handshake.h"
#include "replay/party.h"

namespace {

using namespace tacet;
using namespace tacet::ratchet;

constexpr Time kNow{Millis{1'800'000'000'000}};

void make_public(ByteView bytes) {
  VALGRIND_MAKE_MEM_DEFINED(bytes.data(), bytes.size());
}

class SecretRandom final : public Random {
 public:
  void fill(MutableByteView out) override {
    randomness_.fill(out);
    VALGRIND_MAKE_MEM_UNDEFINED(out.data(), out.size());
  }

 private:
  crypto::SystemRandom randomness_;
};

void require(bool good) {
  if (!good) std::abort();
}

ByteVector sent(Session& from, MessageClass size, ByteView text, Random& random) {
  auto wire = from.send(size, text, random);
  require(wire.has_value());
  make_public(*wire);
  return std::move(*wire);
}

void received(Session& to, ByteView wire) {
  require(to.receive(wire, kNow).has_value());
}

void stored_and_loaded(Session& session) {
  auto loaded = Session::parse(session.serialise());
  require(loaded.has_value());
  session = std::move(*loaded);
}

void converse() {
  SecretRandom random;
  const auto a = *IdentitySecret::parse(IdentitySecret::generate(random).serialise());
  const auto b = IdentitySecret::generate(random);
  replay::Prekeys prekeys(b, kNow, random);
  const auto id = b.identity().bytes();
  const auto spk = prekeys.spk.record();
  const auto lrk = prekeys.lrk.record();
  const auto otk = prekeys.otk->record();
  for (const ByteView bytes : {id.view(), a.identity().bytes().view(), b.identity().bytes().view(),
                               spk.view(), lrk.view(), otk.view()})
    make_public(bytes);
  const auto fingerprint = *Fingerprint::from(b.identity().fingerprint().view());
  make_public(fingerprint.view());

  for (const bool with_one_time : {true, false}) {
    Bytes<256> text;
    random.fill(text.span());  // what people write is secret as well
    const auto bundle = Bundle::parse(fingerprint, id.view(), spk.view(), lrk.view(),
                                      with_one_time ? std::optional(otk.view()) : std::nullopt, kNow);
    require(bundle.has_value());
    auto initiated = initiate(a, *bundle, text.view(), {}, kNow, random);
    require(initiated.has_value());
    make_public(initiated->wire);
    auto accepted = accept(b, prekeys, initiated->wire, kNow);
    require(accepted.has_value());
    Session alice = std::move(initiated->session), bob = std::move(accepted->session);

    for (int turn = 0; turn < 2; ++turn) {
      const auto overtaken = sent(bob, MessageClass::small, text.view(), random);
      received(alice, sent(bob, MessageClass::small, text.view(), random));
      const auto late = sent(alice, MessageClass::medium, text.view(), random);
      received(bob, sent(alice, MessageClass::small, text.view(), random));
      received(alice, overtaken);
      stored_and_loaded(alice);
      stored_and_loaded(bob);
      received(bob, late);
      require(!bob.receive(late, kNow));
      ByteVector altered = sent(bob, MessageClass::small, text.view(), random);
      altered[3000] ^= 1;
      require(!alice.receive(altered, kNow));
    }
    alice.maintain(kNow + kSkippedLifetime);
    bob.maintain(kNow + kSkippedLifetime);
  }
}

// Also the builds that this processor would not choose.
void every_mlkem() {
  SecretRandom random;
  for (const auto& build : crypto::mlkem768_builds()) {
    crypto::MlKemPublic key;
    crypto::MlKemExpanded expanded;
    crypto::MlKemCiphertext ciphertext;
    crypto::MlKemShared shared, opened;
    require(build.keypair(key.data(), expanded.data(), random.draw<crypto::MlKemSeed>().data()) == 0);
    make_public(key.view());
    require(build.encapsulate(ciphertext.data(), shared.data(), key.data(),
                              random.draw<crypto::MlKemEncapsulationSeed>().data()) == 0);
    make_public(ciphertext.view());
    require(build.decapsulate(opened.data(), ciphertext.data(), expanded.data()) == 0);
    require(opened == shared);
    ciphertext.raw[0] ^= 1;
    require(build.decapsulate(opened.data(), ciphertext.data(), expanded.data()) == 0);
    require(!(opened == shared));
  }
}

}  // namespace

namespace tacet {

// Secrets compared as careless code does: at the first difference it stops.
[[gnu::noinline]] bool compare_carelessly(ByteView a, ByteView b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace tacet

// The results that are public.
extern "C" {

int __real_crypto_scalarmult_curve25519(unsigned char*, const unsigned char*, const unsigned char*);
int __wrap_crypto_scalarmult_curve25519(unsigned char* q, const unsigned char* n, const unsigned char* p) {
  int code = __real_crypto_scalarmult_curve25519(q, n, p);
  VALGRIND_MAKE_MEM_DEFINED(&code, sizeof code);
  return code;
}

#define PUBLIC_CODES_OF_MLKEM(prefix)                                                                    \
  int __real_##prefix##_enc_deterministic(unsigned char*, unsigned char*, const unsigned char*,          \
                                          const unsigned char*);                                         \
  int __wrap_##prefix##_enc_deterministic(unsigned char* ct, unsigned char* ss, const unsigned char* pk, \
                                          const unsigned char* seed) {                                   \
    int code = __real_##prefix##_enc_deterministic(ct, ss, pk, seed);                                    \
    VALGRIND_MAKE_MEM_DEFINED(&code, sizeof code);                                                       \
    return code;                                                                                         \
  }                                                                                                      \
  int __real_##prefix##_dec(unsigned char*, const unsigned char*, const unsigned char*);                 \
  int __wrap_##prefix##_dec(unsigned char* ss, const unsigned char* ct, const unsigned char* sk) {       \
    int code = __real_##prefix##_dec(ss, ct, sk);                                                        \
    VALGRIND_MAKE_MEM_DEFINED(&code, sizeof code);                                                       \
    return code;                                                                                         \
  }
PUBLIC_CODES_OF_MLKEM(crypto_kem_mlkem768)
#ifdef TACET_MLKEM_AVX2
PUBLIC_CODES_OF_MLKEM(tacet_avx2_mlkem768)
#endif

int __real_crypto_aead_xchacha20poly1305_ietf_decrypt_detached(unsigned char*, unsigned char*,
                                                               const unsigned char*, unsigned long long,
                                                               const unsigned char*, const unsigned char*,
                                                               unsigned long long, const unsigned char*,
                                                               const unsigned char*);
int __wrap_crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
    unsigned char* m, unsigned char* nsec, const unsigned char* c, unsigned long long clen,
    const unsigned char* mac, const unsigned char* ad, unsigned long long adlen, const unsigned char* npub,
    const unsigned char* k) {
  int code =
      __real_crypto_aead_xchacha20poly1305_ietf_decrypt_detached(m, nsec, c, clen, mac, ad, adlen, npub, k);
  VALGRIND_MAKE_MEM_DEFINED(&code, sizeof code);
  if (code == 0) VALGRIND_MAKE_MEM_DEFINED(m, clen);
  return code;
}

bool __real__ZN5tacet19equal_constant_timeESt4spanIKhLm18446744073709551615EES2_(ByteView a,
                                                                                 ByteView b) noexcept;
bool __wrap__ZN5tacet19equal_constant_timeESt4spanIKhLm18446744073709551615EES2_(ByteView a,
                                                                                 ByteView b) noexcept {
  bool equal = __real__ZN5tacet19equal_constant_timeESt4spanIKhLm18446744073709551615EES2_(a, b);
  VALGRIND_MAKE_MEM_DEFINED(&equal, sizeof equal);
  return equal;
}
}

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "leak") {
    SecretRandom random;
    const auto a = random.draw<Secret<32>>(), b = random.draw<Secret<32>>();
    std::printf("%d\n", compare_carelessly(a.view(), b.view()) ? 1 : 0);
    return 0;
  }
  every_mlkem();
  converse();
}
