// The vault over Files: one log, one writer (README.md).
#pragma once

#include <set>

#include "vault/compaction.h"

namespace tacet::vault {

// How far the running epoch is (README.md, "Epochs").
struct NextEpoch {
  enum class Stage : std::uint8_t { destroying, writing, written, rooted };
  Stage stage = Stage::destroying;
  std::vector<Leaf> leaves;  // to be destroyed
  std::size_t destroyed = 0;
  std::vector<KeyTree::Changed> unwritten;
  std::uint64_t destroyed_sequence = 0;
  Time destroyed_clock;
  std::uint64_t write = 0;  // the last write that must be durable before the next stage
};

class LogVault final : public Vault {
 public:
  // Writes the vault file of a new, empty vault.
  [[nodiscard]] static Result<std::unique_ptr<Vault>, Error> create(Files& files, Random& random,
                                                                    VaultFile file, const VaultKey& key,
                                                                    Time now);
  // Reads every segment; writes nothing.
  [[nodiscard]] static Result<std::unique_ptr<Vault>, Error> open(Files& files, Random& random,
                                                                  VaultFile file, const VaultKey& key,
                                                                  Time now);

  Result<void, Error> commit(const Batch& batch) override;
  Result<SecretVector, Error> read(const RecordKey& key) const override;
  std::vector<RecordInfo> records(std::uint8_t kind) const override { return catalog_.records(kind); }
  std::vector<RecordKey> expired(std::uint8_t kind) const override { return catalog_.expired(kind, now_); }
  void advance_clock(Time now) override;
  Time now() const override { return now_; }
  void sync_starting() override;
  bool synced() override;
  Result<bool, Error> tidy() override;
  bool wants_tidy() const override;
  Time maintenance_due() const override;
  std::uint64_t share_number() const override { return epoch_.share; }
  bool needs_share() const override { return !tree_; }
  Result<void, Error> give_share(const Share& share) override;
  bool wants_new_share() const override;
  void use_share(std::optional<Share> share) override { next_share_.emplace(std::move(share)); }
  std::optional<std::uint64_t> only_share_needed() const override;
  Result<void, Error> give_up_share() override;
  bool opened_by(const StretchedKey& key) const override;
  Stretching stretching() const override { return file_.stretching; }
  Result<void, Error> set_slot(Slot slot, const std::optional<StretchedKey>& key) override;
  std::size_t damaged_records() const override { return damaged_; }
  std::uint64_t stored_bytes() const override;

 private:
  // How far the running compaction is (README.md, "Compaction").
  enum class Stage : std::uint8_t { copying, copied, listed, applying };
  struct Job {
    Compaction compaction;
    Stage stage = Stage::copying;
    std::uint64_t write = 0;  // the last write that must be durable before the next stage
  };
  using Write = std::uint64_t;
  LogVault(Files& files, Random& random, VaultFile file, const VaultKey& key, Time now);

  // opening
  Result<void, Error> load(const Manifest& manifest);
  Result<void, Error> load_closed(const ManifestEntry& entry, std::set<std::string>& unlisted);
  Result<void, Error> load_open(const ManifestEntry& first, const ManifestEntry& second,
                                std::set<std::string>& unlisted);
  Result<std::size_t, Error> scan(SegmentNumber number, std::uint64_t size, bool active);
  Result<void, Error> check_leftovers();

  // committing
  [[nodiscard]] Result<void, Error> append_group(Group group, ByteView bodies);
  [[nodiscard]] std::optional<BodyKey> body_key(const RecordKey& key, std::uint64_t sequence,
                                                std::optional<Leaf> leaf) const;
  Result<void, Error> append_to_active(ByteView group);
  Result<void, Error> restore_active();
  [[nodiscard]] bool may_roll() const;
  void roll();

  // epochs
  void plant(TreeSlot root);
  [[nodiscard]] std::optional<ByteVector> stored_body(const Entry& entry) const;
  [[nodiscard]] bool epoch_due() const;
  [[nodiscard]] bool epoch_ready() const;
  void begin_epoch();
  Result<bool, Error> advance_epoch();
  Result<bool, Error> write_nodes();
  Result<bool, Error> write_root();
  void seal_root_of(const Epoch& epoch, const ShareHalf& half);
  // Nodes are written that the root on the disk does not know: nothing older may be dropped.
  [[nodiscard]] bool epoch_unsettled() const {
    return next_epoch_ && next_epoch_->stage != NextEpoch::Stage::destroying;
  }

  // maintenance
  Result<void, Error> write_vault_file();
  [[nodiscard]] Manifest manifest() const;
  [[nodiscard]] bool active_is_due() const;
  Result<bool, Error> advance_job();
  Result<bool, Error> copy_next();
  Result<bool, Error> list_output();
  Result<bool, Error> remove_leftovers();
  void finish_job();
  [[nodiscard]] bool durable(Write write) const { return write <= synced_; }

  Files& files_;
  Random& random_;
  VaultFile file_;
  VaultKey key_;
  Catalog catalog_;
  Time now_;
  std::uint64_t last_sequence_ = 0;
  std::size_t damaged_ = 0;

  mutable std::optional<KeyTree> tree_;  // remembers what it met; nothing: it needs the share
  Leaf next_leaf_ = 0;
  Epoch epoch_;
  ShareHalf share_;  // of epoch_, zeros without one
  std::optional<std::optional<Share>> next_share_;
  std::optional<NextEpoch> next_epoch_;
  std::vector<NodeAt> orphans_;

  SegmentNumber active_ = 0;
  bool active_torn_ = false;               // its file holds more than its groups: replace it, do not append
  std::uint64_t active_durable_size_ = 0;  // known to be
  std::uint64_t active_syncing_size_ = 0;
  std::optional<SegmentId> announced_;  // in the manifest as the next active segment
  std::vector<std::string> leftovers_;  // files to remove
  std::optional<Job> job_;
  Time retry_at_ = Time::min();  // a rewrite failed: not again before this

  // Every write has a number; synced_ is the last one known to be durable.
  Write writes_ = 0;
  Write syncing_ = 0;
  Write synced_ = 0;
  Write active_write_ = 0;
  Write file_write_ = 0;
  Write epoch_write_ = 0;
};

[[nodiscard]] Error error_of(FileError error);

}  // namespace tacet::vault
