// How a vault comes into being, is opened, and goes.
#include "base/text.h"
#include "vault/log_vault.h"

namespace tacet::vault {
namespace {

Result<VaultFile, Error> read_vault_file(Files& files, const Deployment& deployment) {
  constexpr std::size_t kMost = 256 * 1024;
  const auto bytes = files.read(kVaultFileName, 0, kMost);
  if (!bytes) return unexpected(bytes.error() == FileError::not_found ? Error::no_vault : Error::io);
  auto file = decode_vault_file(*bytes);
  if (file && file->deployment != deployment) return unexpected(Error::foreign);
  return file;
}

Result<void, Error> copy_file(std::string_view name, Files& from, Files& to) {
  const auto size = from.size(name);
  if (!size) return unexpected(error_of(size.error()));
  const auto bytes = from.read(name, 0, static_cast<std::size_t>(*size));
  if (!bytes) return unexpected(error_of(bytes.error()));
  if (const auto done = to.replace(name, *bytes); !done) return unexpected(error_of(done.error()));
  return {};
}

}  // namespace

Result<void, Error> copy_records(Files& from, Files& to) {
  if (const auto size = to.size(kVaultFileName); size || size.error() != FileError::not_found) {
    return unexpected(size ? Error::exists : Error::io);
  }
  const auto names = from.list();
  if (!names) return unexpected(error_of(names.error()));
  for (const std::string& name : *names) {
    if (!parse_segment_file_name(name)) continue;
    if (const auto done = copy_file(name, from, to); !done) return done;
  }
  return {};
}

Result<void, Error> copy_vault_file(Files& from, Files& to) {
  return copy_file(kVaultFileName, from, to);
}

Result<Stretching, Error> stretching_of(Files& files, const Deployment& deployment) {
  const auto file = read_vault_file(files, deployment);
  if (!file) return unexpected(file.error());
  return file->stretching;
}

Result<std::unique_ptr<Vault>, Error> create(Files& files, Random& random, const Stretching& stretching,
                                             const StretchedKey& passphrase, Time now,
                                             const Deployment& deployment) {
  if (!acceptable(stretching)) return unexpected(Error::weak_parameters);
  const auto size = files.size(kVaultFileName);
  if (size) return unexpected(Error::exists);
  if (size.error() != FileError::not_found) return unexpected(Error::io);
  const auto key = random.draw<VaultKey>();
  VaultFile file;
  file.id = random.draw<VaultId>();
  file.deployment = deployment;
  file.stretching = stretching;
  for (SealedSlot& slot : file.slots) slot = random.draw<SealedSlot>();
  file.slots[0] = seal_slot(file, Slot::passphrase, passphrase, key, random);
  return LogVault::create(files, random, std::move(file), key, now);
}

Result<std::unique_ptr<Vault>, Error> open(Files& files, Random& random, const StretchedKey& key, Time now,
                                           const Deployment& deployment) {
  auto file = read_vault_file(files, deployment);
  if (!file) return unexpected(file.error());
  const auto vault_key = open_slots(*file, key);
  if (!vault_key) return unexpected(vault_key.error());
  return LogVault::open(files, random, std::move(*file), *vault_key, now);
}

Result<void, Error> destroy(Files& files) {
  // The slots go first: without them the rest opens for nobody.
  if (const auto done = files.remove(kVaultFileName); !done) return unexpected(error_of(done.error()));
  const auto names = files.list();
  if (!names) return unexpected(error_of(names.error()));
  for (const std::string& name : *names) {
    if (!parse_segment_file_name(name)) continue;
    if (const auto done = files.remove(name); !done) return unexpected(error_of(done.error()));
  }
  return {};
}

Result<std::unique_ptr<Vault>, Error> LogVault::create(Files& files, Random& random, VaultFile file,
                                                       const VaultKey& key, Time now) {
  std::unique_ptr<LogVault> vault(new LogVault(files, random, std::move(file), key, now));
  const auto names = files.list();
  if (!names) return unexpected(error_of(names.error()));
  for (const std::string& name : *names) {
    if (parse_segment_file_name(name)) vault->leftovers_.push_back(name);  // of a vault that is gone
  }
  vault->active_ = vault->catalog_.add_segment(random.draw<SegmentId>());
  vault->epoch_.local = random.draw<LocalHalf>();
  vault->file_.bodies.resize(1);
  vault->plant({TreeSlot::State::seed, random.draw<TreeKey>()});
  vault->seal_root_of(vault->epoch_, vault->share_);
  if (const auto written = vault->write_vault_file(); !written) return unexpected(written.error());
  return vault;
}

Result<std::unique_ptr<Vault>, Error> LogVault::open(Files& files, Random& random, VaultFile file,
                                                     const VaultKey& key, Time now) {
  const auto manifest = open_manifest(file, key);
  if (!manifest) return unexpected(manifest.error());
  std::unique_ptr<LogVault> vault(new LogVault(files, random, std::move(file), key, now));
  vault->epoch_ = manifest->epoch;
  if (manifest->epoch.share == 0 && !vault->give_share({})) return unexpected(Error::damaged);
  if (const auto loaded = vault->load(*manifest); !loaded) return unexpected(loaded.error());
  return vault;
}

Result<void, Error> LogVault::load(const Manifest& manifest) {
  last_sequence_ = manifest.last_sequence;
  now_ = std::max(now_, manifest.clock);
  next_leaf_ = manifest.next_leaf;
  catalog_.dead_leaves().destroyed_until(epoch_.destroyed_sequence, epoch_.destroyed_clock);
  catalog_.pass_over_nodes_after(epoch_.nodes_until);
  // What an earlier run wrote may not be durable yet.
  active_write_ = file_write_ = epoch_write_ = ++writes_;

  const auto names = files_.list();
  if (!names) return unexpected(error_of(names.error()));
  std::set<std::string> unlisted;
  for (const std::string& name : *names) {
    if (parse_segment_file_name(name)) unlisted.insert(name);
  }
  const std::size_t closed = manifest.segments.size() - 2;
  for (std::size_t i = 0; i < closed; ++i) {
    if (const auto done = load_closed(manifest.segments[i], unlisted); !done) return done;
  }
  if (const auto done = load_open(manifest.segments[closed], manifest.segments[closed + 1], unlisted);
      !done) {
    return done;
  }
  for (const RecordKey& key : catalog_.take_orphans()) orphans_.push_back(node_of(key));
  catalog_.tell(now_);
  leftovers_.assign(unlisted.begin(), unlisted.end());
  return check_leftovers();
}

Result<std::size_t, Error> LogVault::scan(SegmentNumber number, std::uint64_t size, bool active) {
  SegmentScanner scanner(files_, key_, file_.id, catalog_.segment(number).id, size, active);
  for (;;) {
    const auto group = scanner.next();
    if (!group) return unexpected(error_of(group.error()));
    if (!*group) break;
    now_ = std::max(now_, (*group)->clock);
    for (const RecordHeader& header : (*group)->headers) {
      last_sequence_ = std::max(last_sequence_, header.sequence);
      if (header.leaf) next_leaf_ = std::max(next_leaf_, *header.leaf + 1);
    }
    catalog_.segment(number).size = (*group)->end;
    catalog_.add(**group, number, now_);
  }
  if (active) {
    active_torn_ = scanner.torn();
    catalog_.segment(number).size = scanner.end();
  } else {
    catalog_.segment(number).size = size;
  }
  return scanner.damaged();
}

Result<void, Error> LogVault::load_closed(const ManifestEntry& entry, std::set<std::string>& unlisted) {
  const std::string name = segment_file_name(entry.id);
  const auto size = files_.size(name);
  if (!size && size.error() != FileError::not_found) return unexpected(error_of(size.error()));
  unlisted.erase(name);
  if (!size) {
    damaged_ += entry.records;
    return {};
  }
  const SegmentNumber number = catalog_.add_segment(entry.id);
  const auto damaged = scan(number, std::min(*size, entry.size), false);
  if (!damaged) return unexpected(damaged.error());
  const std::uint32_t found = catalog_.segment(number).records;
  const std::size_t missing = entry.records > found ? entry.records - found : 0;
  damaged_ += std::max(*damaged, missing);
  return {};
}

Result<void, Error> LogVault::load_open(const ManifestEntry& first, const ManifestEntry& second,
                                        std::set<std::string>& unlisted) {
  const auto size_of = [&](const ManifestEntry& entry) -> Result<std::uint64_t, Error> {
    const std::string name = segment_file_name(entry.id);
    unlisted.erase(name);
    const auto size = files_.size(name);
    if (!size && size.error() == FileError::not_found) return 0;
    if (!size) return unexpected(error_of(size.error()));
    return *size;
  };
  const auto first_size = size_of(first);
  if (!first_size) return unexpected(first_size.error());
  const auto second_size = size_of(second);
  if (!second_size) return unexpected(second_size.error());

  const bool rolled = *second_size > 0;
  active_ = catalog_.add_segment(first.id);
  const auto damaged = scan(active_, *first_size, !rolled);
  if (!damaged) return unexpected(damaged.error());
  const bool shorter = catalog_.segment(active_).size < first.size;
  damaged_ += std::max<std::size_t>(*damaged, shorter ? 1 : 0);
  if (!rolled) {
    announced_ = second.id;
    return {};
  }
  active_ = catalog_.add_segment(second.id);
  const auto damaged_second = scan(active_, *second_size, true);
  if (!damaged_second) return unexpected(damaged_second.error());
  damaged_ += *damaged_second;
  return {};
}

// An interrupted compaction leaves copies of what is listed. Something newer means that the listing is older
// than the segments: somebody put the vault file back.
Result<void, Error> LogVault::check_leftovers() {
  for (const std::string& name : leftovers_) {
    const auto size = files_.size(name);
    if (!size) return unexpected(error_of(size.error()));
    SegmentScanner scanner(files_, key_, file_.id, *parse_segment_file_name(name), *size, true);
    for (;;) {
      const auto group = scanner.next();
      if (!group) return unexpected(error_of(group.error()));
      if (!*group) break;
      for (const RecordHeader& header : (*group)->headers) {
        if (header.sequence > last_sequence_) return unexpected(Error::damaged);
      }
    }
  }
  return {};
}

}  // namespace tacet::vault
