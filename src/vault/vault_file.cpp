#include "vault/vault_file.h"

#include "base/codec.h"
#include "crypto/sealed.h"
#include "vault/derive.h"

namespace tacet::vault {
namespace {

constexpr std::string_view kMagic = "TACETVLT";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kChecksum = crypto::Hash::size;
constexpr std::string_view kSlotLabel = "vault/slot";
constexpr std::string_view kManifestLabel = "vault/manifest";
constexpr std::string_view kEpochLabel = "vault/epoch";
constexpr std::string_view kRootLabel = "vault/root";
constexpr std::size_t kSlotsPart = 66 + kSlots * SealedSlot::size;  // what the first checksum covers
constexpr std::size_t kMaxManifest = 64 * 1024;

void write_preamble(Writer& out, const VaultFile& file) {
  out.raw(kMagic).u16(kVersion).raw(file.id).raw(file.deployment).raw(file.stretching.salt);
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
  return derive<Secret<32>>(key, kSlotLabel, Bytes<1>{{static_cast<Byte>(slot)}});
}

bool checksum_fits(ByteView bytes) {
  if (bytes.size() < kChecksum) return false;
  const ByteView body = bytes.first(bytes.size() - kChecksum);
  return equal_constant_time(crypto::blake2b(body).view(), bytes.last(kChecksum));
}

Result<VaultFile, Error> decode_slots(ByteView bytes) {
  Reader in(bytes);
  if (as_text(in.raw(kMagic.size())) != kMagic) return unexpected(Error::damaged);
  const std::uint16_t version = in.u16();
  if (in.ok() && version > kVersion) return unexpected(Error::newer_version);
  VaultFile file;
  file.id = in.take<VaultId>();
  file.deployment = in.take<Deployment>();
  file.stretching.salt = in.take<Bytes<16>>();
  file.stretching.passes = in.u32();
  file.stretching.memory_kib = in.u32();
  for (SealedSlot& slot : file.slots) slot = in.take<SealedSlot>();
  if (!in.ok() || version != kVersion) return unexpected(Error::damaged);
  if (!acceptable(file.stretching)) return unexpected(Error::weak_parameters);
  return file;
}

std::optional<VaultFile::Body> decode_body(ByteView half) {
  constexpr std::size_t kAround = kSlotsPart + 2 * kChecksum + SealedRoot::size;
  if (half.size() < kAround || half.size() > kAround + kMaxManifest) return std::nullopt;
  Reader in(half.subspan(kSlotsPart + kChecksum));
  VaultFile::Body body;
  const ByteView manifest = in.raw(half.size() - kAround);
  body.manifest.assign(manifest.begin(), manifest.end());
  body.root = in.take<SealedRoot>();
  return body;
}

}  // namespace

bool acceptable(const Stretching& s) {
  return s.memory_kib >= Stretching::kFloorKib && s.memory_kib <= Stretching::kCeilingKib &&
         s.passes >= Stretching::kFloorPasses && s.passes <= Stretching::kCeilingPasses;
}

ByteVector encode_vault_file(const VaultFile& file) {
  Writer both;
  for (const VaultFile::Body* body : {&file.bodies.front(), &file.bodies.back()}) {
    Writer half;
    write_preamble(half, file);
    for (const SealedSlot& slot : file.slots) half.raw(slot);
    half.raw(crypto::blake2b(half.view()));
    half.raw(file.bodies.front().manifest).raw(body->root);
    half.raw(crypto::blake2b(half.view()));
    both.raw(half.view());
  }
  return both.take();
}

Result<VaultFile, Error> decode_vault_file(ByteView bytes) {
  const std::size_t length = bytes.size() / 2;
  const std::array<ByteView, 2> halves{bytes.first(length), bytes.last(length)};
  for (const ByteView half : halves) {
    if (!checksum_fits(half)) continue;
    auto file = decode_slots(half);
    if (!file) return file;
    auto body = decode_body(half);
    if (!body) return unexpected(Error::damaged);
    file->bodies.push_back(std::move(*body));
    return file;
  }
  // Both are damaged, but perhaps not in the same place.
  std::optional<VaultFile> file;
  for (const ByteView half : halves) {
    if (file || half.size() < kSlotsPart + kChecksum || !checksum_fits(half.first(kSlotsPart + kChecksum))) {
      continue;
    }
    auto slots = decode_slots(half);
    if (!slots) return slots;
    file = std::move(*slots);
  }
  const bool ours = as_text(bytes).substr(0, kMagic.size()) == kMagic && length >= kSlotsPart + kChecksum;
  if (!file) return unexpected(ours ? Error::damaged_slots : Error::damaged);
  for (const ByteView half : halves) {
    if (auto body = decode_body(half)) file->bodies.push_back(std::move(*body));
  }
  if (file->bodies.empty()) return unexpected(Error::damaged);
  return std::move(*file);
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
  SecretWriter out;
  out.u64(manifest.last_sequence).i64(to_millis(manifest.clock)).u32(manifest.next_leaf);
  const Epoch& epoch = manifest.epoch;
  out.u64(epoch.number).u64(epoch.share).u64(epoch.share_since).raw(epoch.local).u64(epoch.nodes_until);
  out.u64(epoch.destroyed_sequence).i64(to_millis(epoch.destroyed_clock));
  out.u16(static_cast<std::uint16_t>(manifest.segments.size()));
  for (const ManifestEntry& entry : manifest.segments) {
    out.raw(entry.id).flag(entry.closed).u64(entry.size).u32(entry.records);
  }
  return crypto::seal(key, kManifestLabel, preamble(file), out.view(), random);
}

namespace {

Result<Manifest, Error> decode_manifest(ByteView bytes) {
  Reader in(bytes);
  Manifest manifest;
  manifest.last_sequence = in.u64();
  manifest.clock = from_millis(in.i64());
  manifest.next_leaf = in.u32();
  Epoch& epoch = manifest.epoch;
  epoch.number = in.u64();
  epoch.share = in.u64();
  epoch.share_since = in.u64();
  epoch.local = in.take<LocalHalf>();
  epoch.nodes_until = in.u64();
  epoch.destroyed_sequence = in.u64();
  epoch.destroyed_clock = from_millis(in.i64());
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

ByteVector root_ad(const VaultFile& file, const Epoch& epoch) {
  Writer out;
  write_preamble(out, file);
  out.u64(epoch.number).u64(epoch.share);
  return out.take();
}

}  // namespace

Result<Manifest, Error> open_manifest(VaultFile& file, const VaultKey& key) {
  for (VaultFile::Body& body : file.bodies) {
    const auto opened = crypto::open(key, kManifestLabel, preamble(file), body.manifest);
    if (!opened) continue;
    std::swap(file.bodies.front().manifest, body.manifest);
    return decode_manifest(*opened);
  }
  return unexpected(Error::damaged);
}

EpochKey epoch_key(const LocalHalf& local, const ShareHalf& share) {
  return derive<EpochKey>(local, kEpochLabel, share);
}

SealedRoot seal_root(const VaultFile& file, const EpochKey& key, const Epoch& epoch, const TreeSlot& root,
                     Random& random) {
  SecretWriter out;
  out.u8(static_cast<std::uint8_t>(root.state)).raw(root.key);
  return *SealedRoot::from(crypto::seal(key, kRootLabel, root_ad(file, epoch), out.view(), random));
}

std::optional<TreeSlot> open_root(VaultFile& file, const EpochKey& key, const Epoch& epoch) {
  for (VaultFile::Body& body : file.bodies) {
    const auto opened = crypto::open(key, kRootLabel, root_ad(file, epoch), body.root.view());
    if (!opened) continue;
    std::swap(file.bodies.front().root, body.root);
    Reader in(*opened);
    const std::uint8_t state = in.u8();
    TreeSlot root{static_cast<TreeSlot::State>(state), in.take<TreeKey>()};
    if (in.done() && state <= static_cast<std::uint8_t>(TreeSlot::State::stored)) return root;
  }
  return std::nullopt;
}

}  // namespace tacet::vault
