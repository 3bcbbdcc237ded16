// The vault: a small key-value store of sealed records, kept as an append-only log (README.md beside this
// file; DESIGN.md section 5). A commit is all or nothing. Records may carry a time after which they are never
// decrypted again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "vault/files.h"

namespace tacet::vault {

enum class Error : std::uint8_t {
  no_vault,         // there is none in these files
  exists,           // there is one already, and create refuses to overwrite it
  wrong_key,        // no slot opens with this passphrase or code
  damaged,          // the manifest, what the keys hang from, or this record is not what was written
  damaged_slots,    // both copies of the slots are not what was written: nothing typed can open them
  foreign,          // the vault of another deployment
  newer_version,    // written by a newer Tacet
  weak_parameters,  // key stretching below the floor or above the ceiling: not ours
  no_space,         // storage is full; nothing changed
  io,               // the storage failed; nothing changed
  not_found,        // no such record
  expired,          // the record's time is over; it was not decrypted
  needs_share,      // the record cannot be read or written before the relay's share is here
  wrong_share,      // this is not the share that the vault was sealed with
};

// Which deployment a vault belongs to: a hash of where the bundle lives, or zeros. Bound into every slot.
using Deployment = Bytes<16, struct DeploymentTag>;

// The relay's half of the key that the keys of records hang from (README.md, "Epochs").
using ShareHalf = Secret<32, struct ShareHalfTag>;
struct Share {
  std::uint64_t number = 0;  // from 1, rising
  ShareHalf half;
};

// How a passphrase becomes a key: Argon2id. Stored beside the slots, authenticated by them.
struct Stretching {
  Bytes<16> salt;
  std::uint32_t passes = 3;
  std::uint32_t memory_kib = 256 * 1024;  // 19 MiB (passes ≥ 2) to 1 GiB

  static constexpr std::uint32_t kFloorKib = 19 * 1024;
  static constexpr std::uint32_t kCeilingKib = 1024 * 1024;
  static constexpr std::uint32_t kFloorPasses = 2;
  static constexpr std::uint32_t kCeilingPasses = 16;
};
using StretchedKey = Secret<32, struct StretchedKeyTag>;  // Argon2id(secret, stretching)

// One salt serves all slots, so that one stretching of what the person typed can be tried against every slot.
enum class Slot : std::uint8_t { passphrase = 0, recovery = 1, security_key = 2, spare = 3 };

inline constexpr std::size_t kMaxBatch = std::size_t{64} << 20;

struct RecordKey {
  std::uint8_t kind = 0;  // the client's record kinds; the vault does not interpret them
  Bytes<32> id;           // padded with zeros by the client where it needs less
  auto operator<=>(const RecordKey&) const = default;
};

struct Put {
  RecordKey key;
  SecretVector value;              // all values of a batch together at most kMaxBatch bytes
  std::optional<Time> expires_at;  // from then on the value is never decrypted
  // Readable without the relay's share, and for that never destroyed in older copies of the files.
  bool always_readable = false;
};

// Later entries win over earlier ones; erases are applied after puts.
struct Batch {
  std::vector<Put> puts;
  std::vector<RecordKey> erases;
  [[nodiscard]] bool empty() const { return puts.empty() && erases.empty(); }
};

struct RecordInfo {
  RecordKey key;
  std::optional<Time> expires_at;
  std::uint64_t sequence = 0;  // rises from commit to commit: what was written later has a higher one
};

class Vault {
 public:
  virtual ~Vault() = default;

  // Writes the batch and the clock's high-water mark to the files, all or nothing; durable after the next
  // sync. On an error the vault is as it was.
  [[nodiscard]] virtual Result<void, Error> commit(const Batch& batch) = 0;

  // Decrypts one record. Error::expired when its time is over by now().
  [[nodiscard]] virtual Result<SecretVector, Error> read(const RecordKey& key) const = 0;

  // Every living or expired record of a kind, as they were written one after the other, without decrypting
  // any value. What was written in one commit comes in key order.
  [[nodiscard]] virtual std::vector<RecordInfo> records(std::uint8_t kind) const = 0;

  // Those of a kind whose time is over by now(), in key order.
  [[nodiscard]] virtual std::vector<RecordKey> expired(std::uint8_t kind) const = 0;

  // The later of every time ever told, kept with the next commit; never runs backwards.
  virtual void advance_clock(Time now) = 0;
  [[nodiscard]] virtual Time now() const = 0;

  // The host is about to sync: what is written from here on is not covered by it. One sync at a time; a
  // failed one is simply started again.
  virtual void sync_starting() = 0;

  // That sync has succeeded. Lets compaction take its next step, which may write again (then true: sync once
  // more).
  [[nodiscard]] virtual bool synced() = 0;

  // Maintenance of a bounded size (README.md, "Maintenance"); true when something was written and wants a
  // sync.
  [[nodiscard]] virtual Result<bool, Error> tidy() = 0;

  // Whether tidy() has something to do now. Call it again then, one piece per idle moment.
  [[nodiscard]] virtual bool wants_tidy() const = 0;

  // The earliest time, by now(), at which wants_tidy() or wants_new_share() may begin to be true by itself;
  // Time::max() when there is none.
  [[nodiscard]] virtual Time maintenance_due() const = 0;

  // ---- the relay's share

  // The number of the share that what is on the disk was sealed with; 0: it needs none.
  [[nodiscard]] virtual std::uint64_t share_number() const = 0;
  // Opened, but what was not put always_readable waits for that share.
  [[nodiscard]] virtual bool needs_share() const = 0;
  // wrong_share when it is not the one; then nothing changed.
  [[nodiscard]] virtual Result<void, Error> give_share(const Share& share) = 0;
  // Something was destroyed that old copies of the files still open together with the share: make a new one,
  // have the relay keep it beside the old one, and say use_share().
  [[nodiscard]] virtual bool wants_new_share() const = 0;
  // The next epoch, which begins with the next tidy(), is sealed with this share, which the relay keeps
  // durably already; nothing: with none. Not while needs_share().
  virtual void use_share(std::optional<Share> share) = 0;
  // Shares with other numbers than this are not needed any more and are to be destroyed. Nothing while that
  // is not sure: there is an epoch whose manifest may not be durable.
  [[nodiscard]] virtual std::optional<std::uint64_t> only_share_needed() const = 0;
  // The share is lost for good: gives up every record that waits for it and goes on without a share.
  [[nodiscard]] virtual Result<void, Error> give_up_share() = 0;

  // Whether this key opens a slot, tried like open() tries it.
  [[nodiscard]] virtual bool opened_by(const StretchedKey& key) const = 0;
  [[nodiscard]] virtual Stretching stretching() const = 0;
  // Replaces a slot; empty: fills it with what cannot be told from a slot in use.
  [[nodiscard]] virtual Result<void, Error> set_slot(Slot slot, const std::optional<StretchedKey>& key) = 0;

  [[nodiscard]] virtual std::size_t damaged_records() const = 0;  // found and skipped while opening
  [[nodiscard]] virtual std::uint64_t stored_bytes() const = 0;
};

// The stretching that the vault in these files wants. no_vault, damaged, damaged_slots, newer_version,
// weak_parameters, foreign, io.
[[nodiscard]] Result<Stretching, Error> stretching_of(Files& files, const Deployment& deployment = {});

[[nodiscard]] Result<std::unique_ptr<Vault>, Error> create(Files& files, Random& random,
                                                           const Stretching& stretching,
                                                           const StretchedKey& passphrase, Time now,
                                                           const Deployment& deployment = {});

// `now`: the host's clock; the vault goes by the later of it and its own mark. Files and random outlive the
// vault.
[[nodiscard]] Result<std::unique_ptr<Vault>, Error> open(Files& files, Random& random,
                                                         const StretchedKey& key, Time now,
                                                         const Deployment& deployment = {});

// Moves a vault that was made in memory to where it shall live: copy_records, sync, copy_vault_file, sync.
// Cut anywhere, `to` holds no vault or the whole one. exists, no_space, io.
[[nodiscard]] Result<void, Error> copy_records(Files& from, Files& to);
[[nodiscard]] Result<void, Error> copy_vault_file(Files& from, Files& to);

// Removes every file of the vault.
[[nodiscard]] Result<void, Error> destroy(Files& files);

}  // namespace tacet::vault
