// The file `vault`: who may open it, which segments belong to it, what the keys of bodies hang from
// (README.md, "The vault file").
#pragma once

#include <array>

#include "vault/vault.h"

namespace tacet::vault {

using VaultId = Bytes<16, struct VaultIdTag>;
using VaultKey = Secret<32, struct VaultKeyTag>;
using SegmentId = Bytes<16, struct SegmentIdTag>;
using TreeKey = Secret<32, struct TreeKeyTag>;
using LocalHalf = Secret<32, struct LocalHalfTag>;
using EpochKey = Secret<32, struct EpochKeyTag>;

inline constexpr std::string_view kVaultFileName = "vault";
inline constexpr std::size_t kSlots = 4;
inline constexpr std::size_t kMaxSegments = 64;  // a manifest with more is damaged; we stay below 40

using SealedSlot = Bytes<104>;
using SealedRoot = Bytes<105>;

// One place in the tree of keys.
struct TreeSlot {
  enum class State : std::uint8_t {
    gone,    // destroyed, with everything below
    seed,    // nothing below is destroyed: all of it is derived from the key
    stored,  // the node here is a record, sealed under the key
  };
  State state = State::gone;
  TreeKey key;
};

struct VaultFile {
  VaultId id;
  Deployment deployment;
  Stretching stretching;
  std::array<SealedSlot, kSlots> slots;
  // What is sealed under the vault key and under the epoch key, as found in the halves that can be used.
  struct Body {
    ByteVector manifest;
    SealedRoot root;
  };
  std::vector<Body> bodies;  // at least one; all the same where nothing is damaged
};

struct ManifestEntry {
  SegmentId id;
  bool closed = false;
  std::uint64_t size = 0;     // exact when closed, else what was known to be durable
  std::uint32_t records = 0;  // record headers within that size
};

// What the root is sealed with, and what it no longer leads to.
struct Epoch {
  std::uint64_t number = 1;
  std::uint64_t share = 0;        // number of the relay's half of the epoch key; 0: there is none
  std::uint64_t share_since = 1;  // the first epoch with it
  LocalHalf local;
  std::uint64_t nodes_until = 0;         // nodes with a higher sequence are not of this tree
  std::uint64_t destroyed_sequence = 0;  // what commits up to this one replaced or erased has no key any more
  Time destroyed_clock = Time::min();    // nor has what expired until then
};

struct Manifest {
  std::uint64_t last_sequence = 0;
  Time clock{};
  std::uint32_t next_leaf = 0;
  Epoch epoch;
  std::vector<ManifestEntry> segments;  // closed ones, then exactly two open: active and announced
};

[[nodiscard]] bool acceptable(const Stretching& stretching);

// Writes the first manifest into both halves, and the first and the last root: while the share is awaited,
// nobody knows which of two roots is the damaged one.
[[nodiscard]] ByteVector encode_vault_file(const VaultFile& file);

// damaged, damaged_slots, newer_version or weak_parameters.
[[nodiscard]] Result<VaultFile, Error> decode_vault_file(ByteView bytes);

[[nodiscard]] SealedSlot seal_slot(const VaultFile& file, Slot slot, const StretchedKey& key,
                                   const VaultKey& vault_key, Random& random);

// Tries every slot, whichever opens. wrong_key when none does.
[[nodiscard]] Result<VaultKey, Error> open_slots(const VaultFile& file, const StretchedKey& key);

[[nodiscard]] ByteVector seal_manifest(const VaultFile& file, const VaultKey& key, const Manifest& manifest,
                                       Random& random);
// Moves the manifest that opens to the front.
[[nodiscard]] Result<Manifest, Error> open_manifest(VaultFile& file, const VaultKey& key);

// `share`: all zero where there is none.
[[nodiscard]] EpochKey epoch_key(const LocalHalf& local, const ShareHalf& share);
[[nodiscard]] SealedRoot seal_root(const VaultFile& file, const EpochKey& key, const Epoch& epoch,
                                   const TreeSlot& root, Random& random);
// Moves the root that opens to the front.
[[nodiscard]] std::optional<TreeSlot> open_root(VaultFile& file, const EpochKey& key, const Epoch& epoch);

}  // namespace tacet::vault
