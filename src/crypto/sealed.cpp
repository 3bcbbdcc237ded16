#include "crypto/sealed.h"

#include "base/codec.h"
#include "base/span_writer.h"
#include "crypto/committed_keys.h"

namespace tacet::crypto::detail {

namespace {

Hash commitment(const MacKey& key, const AeadNonce& nonce, ByteView ad, const AeadTag& tag) {
  Bytes<8> length;
  SpanWriter(length.span()).u64(ad.size());
  return blake2b_keyed(key, "tacet/com", nonce, length, ad, tag);
}

}  // namespace

ByteVector seal(ByteView key, std::string_view label, ByteView ad, ByteView plaintext, Random& random) {
  const auto nonce = random.draw<AeadNonce>();
  const CommittedKeys keys = committed_keys(nonce.view(), key, as_bytes(label));
  ByteVector out(kSealOverhead + plaintext.size());
  const AeadTag tag =
      aead_encrypt(keys.key, keys.nonce, plaintext, {}, MutableByteView(out).subspan(kSealOverhead));
  SpanWriter(out).raw(nonce).raw(commitment(keys.commitment, nonce, ad, tag)).raw(tag);
  return out;
}

Result<SecretVector, Error> open(ByteView key, std::string_view label, ByteView ad, ByteView sealed) {
  if (sealed.size() < kSealOverhead) return unexpected(Error::too_short);
  Reader reader(sealed);
  const auto nonce = reader.take<AeadNonce>();
  const auto claimed = reader.take<Hash>();
  const auto tag = reader.take<AeadTag>();
  const ByteView ciphertext = reader.raw(reader.left());
  const CommittedKeys keys = committed_keys(nonce.view(), key, as_bytes(label));
  if (!equal_constant_time(claimed.view(), commitment(keys.commitment, nonce, ad, tag).view())) {
    return unexpected(Error::not_authentic);
  }
  SecretVector out(ciphertext.size());
  if (!aead_decrypt(keys.key, keys.nonce, ciphertext, {}, tag, out)) return unexpected(Error::not_authentic);
  return out;
}

}  // namespace tacet::crypto::detail
