#include "client/sealed_keys.h"

#include "crypto/hash.h"
#include "crypto/sealed.h"

namespace tacet::client {
namespace {

using SealKey = Secret<32, struct SealKeyTag>;

enum class Record : Byte { identity = 1, signed_prekey = 2, last_resort = 3, one_time = 4 };

SealKey seal_key(const wire::MailboxId& mailbox, const ratchet::Fingerprint& owner) {
  const auto key = crypto::MacKey::from(owner.view());
  return *SealKey::from(crypto::blake2b_keyed(*key, as_bytes("tacet-keys"), mailbox).view());
}

void seal(ByteVector& record, Record kind, const SealKey& key, Random& random) {
  if (record.empty()) return;  // left as it is at the relay
  const Byte ad[] = {static_cast<Byte>(kind)};
  record = crypto::seal(key, "client/keys", ad, record, random);
}

Result<SecretVector, crypto::Error> open(const ByteVector& sealed, Record kind, const SealKey& key) {
  const Byte ad[] = {static_cast<Byte>(kind)};
  return crypto::open(key, "client/keys", ad, sealed);
}

}  // namespace

void seal_keys(wire::KeysPut& put, const ratchet::Fingerprint& owner, Random& random) {
  const SealKey key = seal_key(put.mailbox, owner);
  seal(put.identity, Record::identity, key, random);
  seal(put.spk, Record::signed_prekey, key, random);
  seal(put.lrk, Record::last_resort, key, random);
  for (ByteVector& otk : put.otks) seal(otk, Record::one_time, key, random);
}

Result<ratchet::Bundle, ratchet::Error> open_keys(const wire::Keys& keys, const wire::MailboxId& mailbox,
                                                  const ratchet::Fingerprint& owner, Time now) {
  const SealKey key = seal_key(mailbox, owner);
  const auto identity = open(keys.identity, Record::identity, key);
  const auto spk = open(keys.spk, Record::signed_prekey, key);
  const auto lrk = open(keys.lrk, Record::last_resort, key);
  if (!identity || !spk || !lrk) return unexpected(ratchet::Error::fingerprint_mismatch);
  if (keys.otk.empty()) {
    return ratchet::Bundle::parse(owner, *identity, *spk, *lrk, std::nullopt, now);
  }
  const auto otk = open(keys.otk, Record::one_time, key);
  if (!otk) return unexpected(ratchet::Error::fingerprint_mismatch);
  return ratchet::Bundle::parse(owner, *identity, *spk, *lrk, ByteView(*otk), now);
}

}  // namespace tacet::client
