#include "client/prekeys.h"

#include "client/parts.h"

namespace tacet::client {
namespace {

using RecordKey = Bytes<5, struct PrekeyRecordKeyTag>;  // tag u8 ‖ id u32

constexpr std::uint8_t kSigned = 0x11;
constexpr std::uint8_t kLastResort = 0x12;
constexpr std::uint8_t kOneTime = 0x13;

RecordKey key_of(std::uint8_t tag, std::uint32_t id) {
  Writer out;
  out.u8(tag).u32(id);
  return *RecordKey::from(out.view());
}

template <class Record>
ByteVector bytes_of(const Record& record) {
  return {record.raw.begin(), record.raw.end()};
}

}  // namespace

void Prekeys::create() {
  rotate();
}

template <class Gone>
void Prekeys::forget_uses(Gone gone) {
  std::erase_if(uses_, [&](const auto& use) {
    if (gone(use.second)) p_.journal.erase<LastResortUseRecord>(use.first);
    return gone(use.second);
  });
}

template <class Gone>
void Prekeys::forget_handshakes(Gone gone) {
  std::erase_if(handshakes_, [&](const auto& handshake) {
    if (gone(handshake.second)) p_.journal.erase<HandshakeRecord>(handshake.first);
    return gone(handshake.second);
  });
}

void Prekeys::load() {
  p_.journal.load<PrekeyRecord, RecordKey>(
      [&](const RecordKey& key, const PrekeyRecord& record, std::optional<Time> dies) {
        Reader in(key.view());
        const std::uint8_t tag = in.u8();
        const std::uint32_t id = in.u32();
        const auto keep = [&](auto& map, auto secret) {
          if (secret) map[id] = {std::move(*secret), dies, record.mailbox};
        };
        if (tag == kSigned) keep(signed_, ratchet::SignedPrekeySecret::parse(record.secret));
        if (tag == kLastResort) keep(last_resort_, ratchet::LastResortSecret::parse(record.secret));
        if (tag == kOneTime) keep(one_time_, ratchet::OneTimeSecret::parse(record.secret));
      });
  p_.journal.load<LastResortUseRecord, crypto::Hash>(
      [&](const crypto::Hash& entry, const LastResortUseRecord& record, std::optional<Time>) {
        uses_[entry] = record.last_resort;
      });
  p_.journal.load<HandshakeRecord, crypto::Hash>(
      [&](const crypto::Hash& wire, const HandshakeRecord& record, std::optional<Time>) {
        handshakes_[wire] = record.signed_prekey;
      });
  // Secrets may have died while nobody was here; what had to be remembered only for them goes with them.
  forget_uses([&](std::uint32_t id) { return !last_resort_.contains(id); });
  forget_handshakes([&](std::uint32_t id) { return !signed_.contains(id); });
  // A damaged record must not leave us without a current prekey.
  const AccountRecord& account = p_.account.record();
  if (!signed_.contains(account.signed_prekey) || !last_resort_.contains(account.last_resort)) rotate();
}

void Prekeys::rotate() {
  const Time now = p_.clock.now();
  const Time dies = now + ratchet::kPrekeySecretGrace;
  AccountRecord& account = p_.account.record();
  const auto retire = [&](auto& map, std::uint8_t tag, std::uint32_t id) {
    const auto found = map.find(id);
    if (found == map.end() || found->second.dies) return;
    found->second.dies = dies;
    p_.journal.put(key_of(tag, id), PrekeyRecord{{}, found->second.secret.serialise()}, dies);
  };
  retire(signed_, kSigned, account.signed_prekey);
  retire(last_resort_, kLastResort, account.last_resort);

  account.signed_prekey = account.next_signed++;
  account.last_resort = account.next_last_resort++;
  account.rotated_at = now;
  auto spk = ratchet::SignedPrekeySecret::generate(ratchet::SignedPrekeyId{account.signed_prekey},
                                                   p_.account.identity(), now, p_.context.random);
  auto lrk = ratchet::LastResortSecret::generate(ratchet::LastResortId{account.last_resort},
                                                 p_.account.identity(), now, p_.context.random);
  p_.journal.put(key_of(kSigned, account.signed_prekey), PrekeyRecord{{}, spk.serialise()});
  p_.journal.put(key_of(kLastResort, account.last_resort), PrekeyRecord{{}, lrk.serialise()});
  signed_[account.signed_prekey] = {std::move(spk), {}, {}};
  last_resort_[account.last_resort] = {std::move(lrk), {}, {}};
  p_.account.save();
}

void Prekeys::replace_now() {
  // What comes for one that was replaced before costs nothing further.
  if (last_resort_full(p_.account.record().last_resort)) rotate();
}

bool Prekeys::last_resort_full(std::uint32_t id) const {
  const auto remembered =
      std::count_if(uses_.begin(), uses_.end(), [&](const auto& use) { return use.second == id; });
  return static_cast<std::size_t>(remembered) >= ratchet::kLastResortMemory;
}

void Prekeys::maintain() {
  const Time now = p_.clock.now();
  if (now >= p_.account.record().rotated_at + ratchet::kPrekeyRotation) rotate();
  const auto bury = [&](auto& map, std::uint8_t tag, auto forget) {
    for (auto at = map.begin(); at != map.end();) {
      if (!at->second.dies || now < *at->second.dies) {
        ++at;
        continue;
      }
      p_.journal.erase<PrekeyRecord>(key_of(tag, at->first));
      forget(at->first);
      at = map.erase(at);
    }
  };
  bury(signed_, kSigned,
       [&](std::uint32_t id) { forget_handshakes([id](std::uint32_t of) { return of == id; }); });
  bury(last_resort_, kLastResort,
       [&](std::uint32_t id) { forget_uses([id](std::uint32_t of) { return of == id; }); });
}

ByteVector Prekeys::signed_record() const {
  return bytes_of(signed_.at(current_signed()).secret.record());
}

ByteVector Prekeys::last_resort_record() const {
  return bytes_of(last_resort_.at(p_.account.record().last_resort).secret.record());
}

std::uint32_t Prekeys::current_signed() const {
  return p_.account.record().signed_prekey;
}

std::vector<ByteVector> Prekeys::make_one_time(const wire::MailboxId& mailbox, std::size_t count) {
  std::vector<ByteVector> out;
  AccountRecord& account = p_.account.record();
  for (; count > 0; --count) {
    const std::uint32_t id = account.next_one_time++;
    auto secret =
        ratchet::OneTimeSecret::generate(ratchet::OneTimeId{id}, p_.account.identity(), p_.context.random);
    out.push_back(bytes_of(secret.record()));
    p_.journal.put(key_of(kOneTime, id), PrekeyRecord{mailbox, secret.serialise()});
    one_time_[id] = {std::move(secret), {}, mailbox};
  }
  p_.account.save();
  return out;
}

std::size_t Prekeys::one_time_left(const wire::MailboxId& mailbox) const {
  return static_cast<std::size_t>(std::count_if(one_time_.begin(), one_time_.end(), [&](const auto& entry) {
    return entry.second.mailbox == mailbox;
  }));
}

void Prekeys::forget_mailbox(const wire::MailboxId& mailbox) {
  std::erase_if(one_time_, [&](const auto& entry) {
    if (entry.second.mailbox != mailbox) return false;
    p_.journal.erase<PrekeyRecord>(key_of(kOneTime, entry.first));
    return true;
  });
}

void Prekeys::used(const ratchet::Accepted& accepted) {
  if (accepted.one_time) {
    const auto id = static_cast<std::uint32_t>(*accepted.one_time);
    one_time_.erase(id);
    p_.journal.erase<PrekeyRecord>(key_of(kOneTime, id));
  }
  if (accepted.last_resort) {
    const auto id = static_cast<std::uint32_t>(accepted.last_resort->id);
    uses_[accepted.last_resort->entry] = id;
    p_.journal.put(accepted.last_resort->entry, LastResortUseRecord{id});
  }
  const auto signed_id = static_cast<std::uint32_t>(accepted.signed_prekey);
  handshakes_[accepted.handshake_hash] = signed_id;
  p_.journal.put(accepted.handshake_hash, HandshakeRecord{signed_id});
}

const ratchet::SignedPrekeySecret* Prekeys::find(ratchet::SignedPrekeyId id) const {
  const auto found = signed_.find(static_cast<std::uint32_t>(id));
  return found == signed_.end() ? nullptr : &found->second.secret;
}

const ratchet::LastResortSecret* Prekeys::find(ratchet::LastResortId id) const {
  const auto found = last_resort_.find(static_cast<std::uint32_t>(id));
  return found == last_resort_.end() ? nullptr : &found->second.secret;
}

const ratchet::OneTimeSecret* Prekeys::find(ratchet::OneTimeId id) const {
  const auto found = one_time_.find(static_cast<std::uint32_t>(id));
  return found == one_time_.end() ? nullptr : &found->second.secret;
}

Prekeys::LastResortUse Prekeys::last_resort_use(ratchet::LastResortId id, const crypto::Hash& entry) const {
  if (uses_.contains(entry)) return LastResortUse::repeated;
  const bool full = last_resort_full(static_cast<std::uint32_t>(id));
  return full ? LastResortUse::memory_full : LastResortUse::fresh;
}

}  // namespace tacet::client
