#include "ratchet/message.h"

#include <cassert>

#include "base/codec.h"
#include "base/span_writer.h"
#include "crypto/committed_keys.h"

namespace tacet::ratchet {

namespace {

constexpr std::size_t kHeaderPadding = 7;
constexpr std::size_t kFramed = 24 + 2336 + 32 + 16;  // everything before the contents
constexpr std::size_t kLengthField = 4;
static_assert(kFramed + kLengthField ==
              static_cast<std::size_t>(MessageClass::small) - max_data(MessageClass::small));

crypto::AeadKey as_aead_key(const HeaderKey& key) {
  return *crypto::AeadKey::from(key.view());
}

crypto::CommittedKeys content_keys(ByteView nonce, const MessageKey& key, const SessionId& id) {
  Bytes<5 + 32> info;
  SpanWriter(info.span()).raw("S1/mk").raw(id);
  return crypto::committed_keys(nonce, key.view(), info.view());
}

crypto::Hash commitment(const crypto::MacKey& key, const SessionId& id, ByteView nonce, ByteView header,
                        ByteView tag) {
  return crypto::blake2b_keyed(key, "S1/com", id, nonce, header, tag);
}

}  // namespace

std::optional<MessageClass> class_for(std::size_t data_size) {
  for (const auto size : {MessageClass::small, MessageClass::medium, MessageClass::large}) {
    if (data_size <= max_data(size)) return size;
  }
  return std::nullopt;
}

std::optional<MessageClass> class_of(std::size_t wire_size) {
  for (const auto size : {MessageClass::small, MessageClass::medium, MessageClass::large}) {
    if (wire_size == static_cast<std::size_t>(size)) return size;
  }
  return std::nullopt;
}

HeaderBytes Header::encode() const {
  HeaderBytes out;
  SpanWriter writer(out.span());
  writer.u8(ciphertext ? 1 : 0).u32(previous).u32(number).raw(dh).raw(kem);
  if (ciphertext) {
    writer.raw(*ciphertext);
  } else {
    writer.zeros(crypto::MlKemCiphertext::size);
  }
  writer.zeros(kHeaderPadding);
  assert(writer.left() == 0);
  return out;
}

std::optional<Header> Header::parse(const HeaderBytes& bytes) {
  Reader reader(bytes.view());
  Header out;
  const bool has_ciphertext = reader.flag();
  out.previous = reader.u32();
  out.number = reader.u32();
  out.dh = reader.take<crypto::X25519Public>();
  out.kem = reader.take<crypto::MlKemPublic>();
  if (has_ciphertext) out.ciphertext = reader.take<crypto::MlKemCiphertext>();
  // Without a ct its place is zero as well, and is part of the rest.
  if (!reader.rest_is_zero() || out.previous >= kNumberLimit || out.number >= kNumberLimit)
    return std::nullopt;
  return out;
}

WireView::WireView(ByteView wire) {
  assert(class_of(wire.size()));
  Reader reader(wire);
  nonce = reader.raw(HeaderNonce::size);
  header = reader.raw(SealedHeader::size);
  commitment = reader.raw(crypto::Hash::size);
  tag = reader.raw(crypto::AeadTag::size);
  contents = reader.raw(reader.left());
}

std::optional<HeaderBytes> open_header(const HeaderKey& key, const SessionId& id, const WireView& wire) {
  HeaderBytes out;
  const auto nonce = *crypto::AeadNonce::from(wire.nonce);
  const auto tag = *crypto::AeadTag::from(wire.header.last(crypto::AeadTag::size));
  if (!crypto::aead_decrypt(as_aead_key(key), nonce, wire.header.first(HeaderBytes::size), id.view(), tag,
                            out.span())) {
    return std::nullopt;
  }
  return out;
}

ByteVector seal_message(MessageClass size, const HeaderNonce& nonce, const HeaderKey& header_key,
                        const Header& header, const MessageKey& key, const SessionId& id, ByteView data) {
  assert(data.size() <= max_data(size));
  ByteVector wire(static_cast<std::size_t>(size));
  SpanWriter writer(wire);
  writer.raw(nonce);

  const MutableByteView sealed_header = writer.take(SealedHeader::size);
  const HeaderBytes plain_header = header.encode();
  const crypto::AeadTag header_tag =
      crypto::aead_encrypt(as_aead_key(header_key), *crypto::AeadNonce::from(nonce.view()),
                           plain_header.view(), id.view(), sealed_header.first(HeaderBytes::size));
  SpanWriter(sealed_header.last(crypto::AeadTag::size)).raw(header_tag);

  const MutableByteView commitment_at = writer.take(crypto::Hash::size);
  const MutableByteView tag_at = writer.take(crypto::AeadTag::size);
  const MutableByteView contents = writer.take(writer.left());  // zero where the data end
  SpanWriter(contents).u32(static_cast<std::uint32_t>(data.size())).raw(data);
  const crypto::CommittedKeys keys = content_keys(nonce.view(), key, id);
  const crypto::AeadTag tag = crypto::aead_encrypt(keys.key, keys.nonce, contents, {}, contents);
  SpanWriter(tag_at).raw(tag);
  SpanWriter(commitment_at).raw(commitment(keys.commitment, id, nonce.view(), sealed_header, tag.view()));
  return wire;
}

std::optional<SecretVector> open_contents(const MessageKey& key, const SessionId& id, const WireView& wire) {
  const crypto::CommittedKeys keys = content_keys(wire.nonce, key, id);
  const crypto::Hash expected = commitment(keys.commitment, id, wire.nonce, wire.header, wire.tag);
  if (!equal_constant_time(expected.view(), wire.commitment)) return std::nullopt;

  SecretVector plain(wire.contents.size());
  if (!crypto::aead_decrypt(keys.key, keys.nonce, wire.contents, {}, *crypto::AeadTag::from(wire.tag),
                            plain)) {
    return std::nullopt;
  }
  Reader reader(plain);
  const std::uint32_t length = reader.u32();
  reader.raw(length);
  if (!reader.rest_is_zero()) return std::nullopt;
  plain.erase(plain.begin(), plain.begin() + kLengthField);  // in place: the buffer is the result
  plain.resize(length);
  return plain;
}

}  // namespace tacet::ratchet
