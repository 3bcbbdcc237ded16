// The file `vault`: slots and manifest (README.md, "The vault file").
#pragma once

#include <array>

#include "vault/vault.h"

namespace tacet::vault {

using VaultId = Bytes<16, struct VaultIdTag>;
using VaultKey = Secret<32, struct VaultKeyTag>;
using SegmentId = Bytes<16, struct SegmentIdTag>;

inline constexpr std::string_view kVaultFileName = "vault";
inline constexpr std::size_t kSlots = 4;
inline constexpr std::size_t kMaxSegments = 64;  // a manifest with more is damaged; we stay below 40

using SealedSlot = Bytes<104>;

struct VaultFile {
  VaultId id;
  Stretching stretching;
  std::array<SealedSlot, kSlots> slots;
  ByteVector manifest;  // sealed
};

struct ManifestEntry {
  SegmentId id;
  bool closed = false;
  std::uint64_t size = 0;     // exact when closed, else what was known to be durable
  std::uint32_t records = 0;  // record headers within that size
};

struct Manifest {
  std::uint64_t last_sequence = 0;
  Time clock{};
  std::vector<ManifestEntry> segments;  // closed ones, then exactly two open: active and announced
};

[[nodiscard]] bool acceptable(const Stretching& stretching);

[[nodiscard]] ByteVector encode_vault_file(const VaultFile& file);

// damaged, newer_version or weak_parameters.
[[nodiscard]] Result<VaultFile, Error> decode_vault_file(ByteView bytes);

[[nodiscard]] SealedSlot seal_slot(const VaultFile& file, Slot slot, const StretchedKey& key,
                                   const VaultKey& vault_key, Random& random);

// Tries every slot, whichever opens. wrong_key when none does.
[[nodiscard]] Result<VaultKey, Error> open_slots(const VaultFile& file, const StretchedKey& key);

[[nodiscard]] ByteVector seal_manifest(const VaultFile& file, const VaultKey& key, const Manifest& manifest,
                                       Random& random);
[[nodiscard]] Result<Manifest, Error> open_manifest(const VaultFile& file, const VaultKey& key);

}  // namespace tacet::vault
