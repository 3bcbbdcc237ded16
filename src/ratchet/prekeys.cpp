#include "ratchet/prekeys.h"

#include "base/span_writer.h"
#include "ratchet/stored.h"

namespace tacet::ratchet {

namespace {

constexpr Byte kSignedTag = 0x11;
constexpr Byte kLastResortTag = 0x12;
constexpr Byte kOneTimeTag = 0x13;
constexpr std::size_t kIdOffset = 1;
constexpr std::size_t kKeyOffset = 5;
constexpr std::size_t kSignatureSize = 64;

// What a record's signature covers: "S1/pk" ‖ record without sig ‖ fp.
template <class Record>
auto signed_bytes(const Record& record, const Fingerprint& owner) {
  constexpr std::size_t kBody = Record::size - kSignatureSize;
  Bytes<5 + kBody + 32> out;
  SpanWriter(out.span()).raw("S1/pk").raw(record.view().first(kBody)).raw(owner);
  return out;
}

template <class Record>
crypto::Ed25519Signature sign(const Record& record, const IdentitySecret& owner) {
  return owner.sign(signed_bytes(record, owner.identity().fingerprint()).view());
}

template <class Record>
Result<Record, Error> verified(ByteView bytes, Byte tag, const Identity& owner) {
  const auto record = Record::from(bytes);
  if (!record || record->raw[0] != tag) return unexpected(Error::malformed);
  const auto signature = *crypto::Ed25519Signature::from(bytes.last(kSignatureSize));
  const auto message = signed_bytes(*record, owner.fingerprint());
  if (!crypto::ed25519_verify(owner.signing_key(), message.view(), signature)) {
    return unexpected(Error::bad_signature);
  }
  return *record;
}

template <class Record>
std::uint32_t id_of(const Record& record) {
  return Reader(record.view().subspan(kIdOffset)).u32();
}

// In the records that have it, the expiry stands right before the signature.
template <class Record>
bool expired(const Record& record, Time now) {
  return Reader(record.view().last(kSignatureSize + 8)).u64() < to_unix_seconds(now);
}

template <class Key, class Record>
Key key_at(const Record& record, std::size_t offset) {
  return *Key::from(record.view().subspan(offset, Key::size));
}

std::uint64_t expiry_of_prekey_made_at(Time now) {
  return to_unix_seconds(now + kPrekeyLifetime);
}

}  // namespace

Result<SignedPrekey, Error> SignedPrekey::parse(ByteView record, const Identity& owner, Time now) {
  const auto checked = verified<Record>(record, kSignedTag, owner);
  if (!checked) return unexpected(checked.error());
  if (expired(*checked, now)) return unexpected(Error::expired);
  return SignedPrekey(*checked);
}
SignedPrekeyId SignedPrekey::id() const {
  return SignedPrekeyId{id_of(record_)};
}
crypto::X25519Public SignedPrekey::dh_key() const {
  return key_at<crypto::X25519Public>(record_, kKeyOffset);
}

Result<LastResortPrekey, Error> LastResortPrekey::parse(ByteView record, const Identity& owner, Time now) {
  const auto checked = verified<Record>(record, kLastResortTag, owner);
  if (!checked) return unexpected(checked.error());
  if (expired(*checked, now)) return unexpected(Error::expired);
  return LastResortPrekey(*checked);
}
LastResortId LastResortPrekey::id() const {
  return LastResortId{id_of(record_)};
}
crypto::XWingPublic LastResortPrekey::kem_key() const {
  return key_at<crypto::XWingPublic>(record_, kKeyOffset);
}

Result<OneTimePrekey, Error> OneTimePrekey::parse(ByteView record, const Identity& owner) {
  const auto checked = verified<Record>(record, kOneTimeTag, owner);
  if (!checked) return unexpected(checked.error());
  return OneTimePrekey(*checked);
}
OneTimeId OneTimePrekey::id() const {
  return OneTimeId{id_of(record_)};
}
crypto::X25519Public OneTimePrekey::dh_key() const {
  return key_at<crypto::X25519Public>(record_, kKeyOffset);
}
crypto::XWingPublic OneTimePrekey::kem_key() const {
  return key_at<crypto::XWingPublic>(record_, kKeyOffset + crypto::X25519Public::size);
}

PrekeyKem PrekeyKem::generate(Random& random) {
  PrekeyKem out;
  out.seed = random.draw<crypto::XWingSeed>();
  out.expanded = std::make_shared<const crypto::XWingKey>(out.seed);
  return out;
}

SignedPrekeySecret SignedPrekeySecret::generate(SignedPrekeyId id, const IdentitySecret& owner, Time now,
                                                Random& random) {
  SignedPrekeySecret out{id, expiry_of_prekey_made_at(now), random.draw<crypto::X25519Secret>(), {}, {}};
  out.dh_key = crypto::x25519_public(out.secret);
  out.signature = sign(out.record(), owner);
  return out;
}

SignedPrekey::Record SignedPrekeySecret::record() const {
  SignedPrekey::Record out;
  SpanWriter(out.span())
      .u8(kSignedTag)
      .u32(static_cast<std::uint32_t>(id))
      .raw(dh_key)
      .u64(expires)
      .raw(signature);
  return out;
}

SecretVector SignedPrekeySecret::serialise() const {
  return begin_stored(StoredKind::signed_prekey)
      .u32(static_cast<std::uint32_t>(id))
      .u64(expires)
      .raw(secret)
      .raw(dh_key)
      .raw(signature)
      .take();
}

Result<SignedPrekeySecret, Error> SignedPrekeySecret::parse(ByteView bytes) {
  auto reader = open_stored(bytes, StoredKind::signed_prekey);
  if (!reader) return unexpected(reader.error());
  SignedPrekeySecret out;
  out.id = SignedPrekeyId{reader->u32()};
  out.expires = reader->u64();
  out.secret = reader->take<crypto::X25519Secret>();
  out.dh_key = reader->take<crypto::X25519Public>();
  out.signature = reader->take<crypto::Ed25519Signature>();
  if (!reader->done()) return unexpected(Error::bad_state);
  return out;
}

LastResortSecret LastResortSecret::generate(LastResortId id, const IdentitySecret& owner, Time now,
                                            Random& random) {
  LastResortSecret out{id, expiry_of_prekey_made_at(now), PrekeyKem::generate(random), {}};
  out.signature = sign(out.record(), owner);
  return out;
}

LastResortPrekey::Record LastResortSecret::record(const crypto::XWingKey& key) const {
  LastResortPrekey::Record out;
  SpanWriter(out.span())
      .u8(kLastResortTag)
      .u32(static_cast<std::uint32_t>(id))
      .raw(key.public_key())
      .u64(expires)
      .raw(signature);
  return out;
}

SecretVector LastResortSecret::serialise() const {
  return begin_stored(StoredKind::last_resort)
      .u32(static_cast<std::uint32_t>(id))
      .u64(expires)
      .raw(kem.seed)
      .raw(signature)
      .take();
}

Result<LastResortSecret, Error> LastResortSecret::parse(ByteView bytes) {
  auto reader = open_stored(bytes, StoredKind::last_resort);
  if (!reader) return unexpected(reader.error());
  LastResortSecret out;
  out.id = LastResortId{reader->u32()};
  out.expires = reader->u64();
  out.kem.seed = reader->take<crypto::XWingSeed>();
  out.signature = reader->take<crypto::Ed25519Signature>();
  if (!reader->done()) return unexpected(Error::bad_state);
  return out;
}

OneTimeSecret OneTimeSecret::generate(OneTimeId id, const IdentitySecret& owner, Random& random) {
  OneTimeSecret out;
  out.id = id;
  out.secret = random.draw<crypto::X25519Secret>();
  out.kem = PrekeyKem::generate(random);
  out.dh_key = crypto::x25519_public(out.secret);
  out.signature = sign(out.record(), owner);
  return out;
}

OneTimePrekey::Record OneTimeSecret::record(const crypto::XWingKey& key) const {
  OneTimePrekey::Record out;
  SpanWriter(out.span())
      .u8(kOneTimeTag)
      .u32(static_cast<std::uint32_t>(id))
      .raw(dh_key)
      .raw(key.public_key())
      .raw(signature);
  return out;
}

SecretVector OneTimeSecret::serialise() const {
  return begin_stored(StoredKind::one_time)
      .u32(static_cast<std::uint32_t>(id))
      .raw(secret)
      .raw(kem.seed)
      .raw(dh_key)
      .raw(signature)
      .take();
}

Result<OneTimeSecret, Error> OneTimeSecret::parse(ByteView bytes) {
  auto reader = open_stored(bytes, StoredKind::one_time);
  if (!reader) return unexpected(reader.error());
  OneTimeSecret out;
  out.id = OneTimeId{reader->u32()};
  out.secret = reader->take<crypto::X25519Secret>();
  out.kem.seed = reader->take<crypto::XWingSeed>();
  out.dh_key = reader->take<crypto::X25519Public>();
  out.signature = reader->take<crypto::Ed25519Signature>();
  if (!reader->done()) return unexpected(Error::bad_state);
  return out;
}

}  // namespace tacet::ratchet
