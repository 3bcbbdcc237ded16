#include "vault/vault_file.h"

#include "base/codec.h"
#include "crypto/hash.h"
#include "crypto/sealed.h"

namespace tacet::vault {
namespace {

constexpr std::string_view kMagic = "TACETVLT";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kChecksum = crypto::Hash::size;
constexpr std::string_view kSlotLabel = "vault/slot";
constexpr std::string_view kManifestLabel = "vault/manifest";
constexpr std::size_t kMaxManifest = 64 * 1024;

void write_preamble(Writer& out, const VaultFile& file) {
  out.raw(kMagic).u16(kVersion).raw(file.id).raw(file.stretching.salt);
  out.u32(file.stretching.passes).u32(file.stretching.memory_kib);
}

ByteVector preamble(const VaultFile& file) {
  Writer out;
  write_preamble(out, file);
  return out.take();
}

ByteVector slot_ad(const VaultFile& file, std::size_t slot) {
  Writer out;
  write_preamble(out, file);
  out.u8(static_cast<std::uint8_t>(slot));
  return out.take();
}

Secret<32> slot_key(const StretchedKey& key, std::size_t slot) {
  const auto mac_key = crypto::MacKey::from(key.view());
  const Bytes<1> number{{static_cast<Byte>(slot)}};
  return *Secret<32>::from(crypto::blake2b_keyed(*mac_key, kSlotLabel, number).view());
}

// The half without its checksum, if that fits.
std::optional<ByteView> intact(ByteView half) {
  if (half.size() < kChecksum) return std::nullopt;
  const ByteView body = half.first(half.size() - kChecksum);
  if (!equal_constant_time(crypto::blake2b(body).view(), half.last(kChecksum))) return std::nullopt;
  return body;
}

Result<VaultFile, Error> decode_half(ByteView body) {
  Reader in(body);
  if (as_text(in.raw(kMagic.size())) != kMagic) return unexpected(Error::damaged);
  const std::uint16_t version = in.u16();
  if (in.ok() && version > kVersion) return unexpected(Error::newer_version);
  VaultFile file;
  file.id = in.take<VaultId>();
  file.stretching.salt = in.take<Bytes<16>>();
  file.stretching.passes = in.u32();
  file.stretching.memory_kib = in.u32();
  for (SealedSlot& slot : file.slots) slot = in.take<SealedSlot>();
  const ByteView manifest = in.raw(in.left());
  if (!in.done() || version != kVersion || manifest.size() > kMaxManifest) return unexpected(Error::damaged);
  if (!acceptable(file.stretching)) return unexpected(Error::weak_parameters);
  file.manifest.assign(manifest.begin(), manifest.end());
  return file;
}

}  // namespace

bool acceptable(const Stretching& s) {
  return s.memory_kib >= Stretching::kFloorKib && s.memory_kib <= Stretching::kCeilingKib &&
         s.passes >= Stretching::kFloorPasses && s.passes <= Stretching::kCeilingPasses;
}

ByteVector encode_vault_file(const VaultFile& file) {
  Writer half;
  write_preamble(half, file);
  for (const SealedSlot& slot : file.slots) half.raw(slot);
  half.raw(file.manifest);
  const crypto::Hash checksum = crypto::blake2b(half.view());
  half.raw(checksum);
  Writer both;
  both.raw(half.view()).raw(half.view());
  return both.take();
}

Result<VaultFile, Error> decode_vault_file(ByteView bytes) {
  const std::size_t length = bytes.size() / 2;
  for (const ByteView half : {bytes.first(length), bytes.last(length)}) {
    if (const auto body = intact(half)) return decode_half(*body);
  }
  return unexpected(Error::damaged);
}

SealedSlot seal_slot(const VaultFile& file, Slot slot, const StretchedKey& key, const VaultKey& vault_key,
                     Random& random) {
  const auto number = static_cast<std::size_t>(slot);
  const ByteVector sealed =
      crypto::seal(slot_key(key, number), kSlotLabel, slot_ad(file, number), vault_key.view(), random);
  return *SealedSlot::from(sealed);
}

Result<VaultKey, Error> open_slots(const VaultFile& file, const StretchedKey& key) {
  std::optional<VaultKey> found;
  for (std::size_t i = 0; i < kSlots; ++i) {
    const auto opened = crypto::open(slot_key(key, i), kSlotLabel, slot_ad(file, i), file.slots[i].view());
    if (opened) found = VaultKey::from(*opened);  // no early way out: which slot it was stays in here
  }
  if (!found) return unexpected(Error::wrong_key);
  return *found;
}

ByteVector seal_manifest(const VaultFile& file, const VaultKey& key, const Manifest& manifest,
                         Random& random) {
  Writer out;
  out.u64(manifest.last_sequence).i64(to_millis(manifest.clock));
  out.u16(static_cast<std::uint16_t>(manifest.segments.size()));
  for (const ManifestEntry& entry : manifest.segments) {
    out.raw(entry.id).flag(entry.closed).u64(entry.size).u32(entry.records);
  }
  return crypto::seal(key, kManifestLabel, preamble(file), out.view(), random);
}

Result<Manifest, Error> open_manifest(const VaultFile& file, const VaultKey& key) {
  const auto opened = crypto::open(key, kManifestLabel, preamble(file), file.manifest);
  if (!opened) return unexpected(Error::damaged);
  Reader in(*opened);
  Manifest manifest;
  manifest.last_sequence = in.u64();
  manifest.clock = from_millis(in.i64());
  const std::size_t count = in.u16();
  if (count < 2 || count > kMaxSegments) return unexpected(Error::damaged);
  for (std::size_t i = 0; i < count; ++i) {
    ManifestEntry entry;
    entry.id = in.take<SegmentId>();
    entry.closed = in.flag();
    entry.size = in.u64();
    entry.records = in.u32();
    if (entry.closed != (i + 2 < count)) in.fail();
    manifest.segments.push_back(entry);
  }
  if (!in.done()) return unexpected(Error::damaged);
  return manifest;
}

}  // namespace tacet::vault
