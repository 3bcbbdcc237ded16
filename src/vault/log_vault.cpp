#include "vault/log_vault.h"

#include <algorithm>
#include <cassert>

namespace tacet::vault {
namespace {

constexpr std::uint64_t kSmallSegment = 64 * 1024;
constexpr std::uint64_t kLargeSegment = 256 * 1024;
constexpr std::uint64_t kSegments = 128;  // of a size that divides the whole into so many, if between the two
constexpr std::size_t kMaxFiles = 36;     // no new segment is begun beyond; compaction may add a few on top
constexpr Millis kRetry = Seconds{30};
constexpr Leaf kMostLeaves = 0xFFFFFFFE;

}  // namespace

Error error_of(FileError error) {
  return error == FileError::no_space ? Error::no_space : Error::io;
}

LogVault::LogVault(Files& files, Random& random, VaultFile file, const VaultKey& key, Time now)
    : files_(files), random_(random), file_(std::move(file)), key_(key), catalog_(random), now_(now) {}

// ---- records

Result<void, Error> LogVault::commit(const Batch& batch) {
  std::map<RecordKey, const Put*> puts;
  for (const Put& put : batch.puts) puts[put.key] = &put;
  for (const RecordKey& key : batch.erases) puts[key] = nullptr;

  std::vector<RecordHeader> headers;
  Leaf leaf = next_leaf_;
  for (const auto& [key, put] : puts) {
    assert(key.kind != kNodeKind);
    RecordHeader header;
    header.key = key;
    header.sequence = last_sequence_ + 1;
    if (put != nullptr) {
      if (!put->always_readable) {
        if (!tree_) return unexpected(Error::needs_share);
        if (leaf == kMostLeaves) return unexpected(Error::no_space);
        header.leaf = leaf++;
      }
      header.state = put->expires_at ? State::expiring : State::value;
      header.expires_at = put->expires_at.value_or(Time{});
    } else {
      const Entry* current = catalog_.find(key);
      if (current == nullptr || current->state == State::erased) continue;
      header.state = State::erased;
    }
    headers.push_back(std::move(header));
  }

  ByteVector bodies;
  for (RecordHeader& header : headers) {
    if (header.state == State::erased) continue;
    const ByteVector body =
        seal_body(file_.id, header.key, *body_key(header.key, header.sequence, header.leaf),
                  puts.at(header.key)->value, random_);
    header.body_length = static_cast<std::uint32_t>(body.size());
    bodies.insert(bodies.end(), body.begin(), body.end());
    assert(bodies.size() <= 2 * kMaxBatch);
  }
  Group group;
  group.headers = std::move(headers);
  auto done = append_group(std::move(group), bodies);
  if (done) next_leaf_ = leaf;
  return done;
}

Result<void, Error> LogVault::append_group(Group group, ByteView bodies) {
  const std::uint64_t full = std::clamp(catalog_.bytes() / kSegments, kSmallSegment, kLargeSegment);
  if (catalog_.segment(active_).size >= full && may_roll()) roll();
  Segment& active = catalog_.segment(active_);
  group.place = {file_.id, active.id, active.size};
  const EncodedGroup encoded = encode_group(key_, group.place, now_, group.headers, bodies, random_);
  if (const auto written = append_to_active(encoded.bytes); !written) return written;
  group.end = active.size + encoded.bytes.size();
  group.bodies_at = encoded.bodies_at;
  active.size = group.end;
  ++last_sequence_;
  catalog_.add(group, active_, now_);
  catalog_.tell(now_);
  return {};
}

// Nothing when it is destroyed, or lost with a node of the tree.
std::optional<BodyKey> LogVault::body_key(const RecordKey& key, std::uint64_t sequence,
                                          std::optional<Leaf> leaf) const {
  if (!leaf) return plain_body_key(key_, key, sequence);
  return tree_->key(*leaf);
}

Result<SecretVector, Error> LogVault::read(const RecordKey& key) const {
  const Entry* entry = catalog_.find(key);
  if (entry == nullptr || entry->state == State::erased) return unexpected(Error::not_found);
  if (entry->state == State::expired) return unexpected(Error::expired);
  if (entry->state == State::expiring && entry->expires_at <= now_) return unexpected(Error::expired);
  if (entry->leaf && !tree_) return unexpected(Error::needs_share);
  const auto key_of_body = body_key(key, entry->sequence, entry->leaf);
  const auto segment = catalog_.segments().find(entry->segment);
  if (!key_of_body || segment == catalog_.segments().end()) return unexpected(Error::damaged);
  const auto body = files_.read(segment_file_name(segment->second.id), entry->body_at, entry->body_length);
  if (!body) return unexpected(body.error() == FileError::not_found ? Error::damaged : Error::io);
  auto value = open_body(file_.id, key, *key_of_body, *body);
  if (!value) return unexpected(Error::damaged);
  return std::move(*value);
}

void LogVault::advance_clock(Time now) {
  now_ = std::max(now_, now);
  catalog_.tell(now_);
}

std::uint64_t LogVault::stored_bytes() const {
  return encode_vault_file(file_).size() + catalog_.bytes();
}

// ---- the active segment

Result<void, Error> LogVault::append_to_active(ByteView group) {
  const std::string name = segment_file_name(catalog_.segment(active_).id);
  Result<void, FileError> written;
  if (active_torn_) {
    auto content = files_.read(name, 0, static_cast<std::size_t>(catalog_.segment(active_).size));
    if (!content) return unexpected(error_of(content.error()));
    content->insert(content->end(), group.begin(), group.end());
    written = files_.replace(name, *content);
  } else {
    written = files_.append(name, group);
  }
  if (!written) {
    // Part of the group may stand there now, or all of it: it must not come back at the next start.
    active_torn_ = true;
    (void)restore_active();
    return unexpected(error_of(written.error()));
  }
  active_torn_ = false;
  active_write_ = ++writes_;
  return {};
}

// Takes off whatever stands behind the last group.
Result<void, Error> LogVault::restore_active() {
  const Segment& active = catalog_.segment(active_);
  const std::string name = segment_file_name(active.id);
  const auto content = files_.read(name, 0, static_cast<std::size_t>(active.size));
  if (!content && content.error() != FileError::not_found) return unexpected(error_of(content.error()));
  if (content) {
    if (const auto done = files_.replace(name, *content); !done) return unexpected(error_of(done.error()));
  }
  active_torn_ = false;
  active_write_ = ++writes_;
  return {};
}

// README.md, "Committing": what makes a group imply all groups before it.
bool LogVault::may_roll() const {
  return announced_ && durable(file_write_) && durable(active_write_) && !active_torn_ &&
         catalog_.segment(active_).size > 0 && catalog_.segments().size() + leftovers_.size() < kMaxFiles;
}

void LogVault::roll() {
  active_ = catalog_.add_segment(*announced_);
  announced_.reset();
  active_durable_size_ = active_syncing_size_ = 0;
}

// ---- the vault file

Manifest LogVault::manifest() const {
  Manifest out;
  out.last_sequence = last_sequence_;
  out.clock = now_;
  out.next_leaf = next_leaf_;
  out.epoch = epoch_;
  const bool listed = job_ && job_->stage != Stage::copying && job_->stage != Stage::copied;
  for (const auto& [number, segment] : catalog_.segments()) {
    if (number == active_ || segment.size == 0) continue;
    if (job_ && (listed ? job_->compaction.is_input(number) : job_->compaction.output() == number)) continue;
    out.segments.push_back({segment.id, true, segment.size, segment.records});
  }
  out.segments.push_back({catalog_.segment(active_).id, false, active_durable_size_, 0});
  out.segments.push_back({*announced_, false, 0, 0});
  return out;
}

Result<void, Error> LogVault::write_vault_file() {
  const bool announcing = !announced_;
  if (announcing) announced_ = random_.draw<SegmentId>();
  file_.bodies.front().manifest = seal_manifest(file_, key_, manifest(), random_);
  if (const auto done = files_.replace(kVaultFileName, encode_vault_file(file_)); !done) {
    if (announcing) announced_.reset();
    return unexpected(error_of(done.error()));
  }
  file_write_ = ++writes_;
  return {};
}

bool LogVault::opened_by(const StretchedKey& key) const {
  const auto opened = open_slots(file_, key);
  return opened && *opened == key_;
}

Result<void, Error> LogVault::set_slot(Slot slot, const std::optional<StretchedKey>& key) {
  SealedSlot& place = file_.slots[static_cast<std::size_t>(slot)];
  const SealedSlot before = place;
  place = key ? seal_slot(file_, slot, *key, key_, random_) : random_.draw<SealedSlot>();
  auto written = write_vault_file();
  if (!written) place = before;
  return written;
}

// ---- maintenance

void LogVault::sync_starting() {
  syncing_ = writes_;
  active_syncing_size_ = catalog_.segment(active_).size;
}

bool LogVault::synced() {
  synced_ = std::max(synced_, syncing_);
  active_durable_size_ = std::max(active_durable_size_, active_syncing_size_);
  if (epoch_unsettled()) {
    if (next_epoch_->stage == NextEpoch::Stage::writing || !epoch_ready()) return false;
    return advance_epoch().value_or(false);
  }
  if (!job_ || job_->stage == Stage::copying || !durable(job_->write)) return false;
  return advance_job().value_or(false);
}

bool LogVault::active_is_due() const {
  const auto due = catalog_.segment(active_).due();
  return due && *due <= now_;
}

bool LogVault::wants_tidy() const {
  if (!leftovers_.empty()) return true;
  if (next_epoch_ ? epoch_ready() : epoch_due()) return true;
  if (epoch_unsettled()) return false;
  if (job_) return job_->stage == Stage::copying || durable(job_->write);
  if (!announced_) return true;
  if (now_ < retry_at_) return false;
  if (active_is_due() && (active_torn_ || may_roll())) return true;
  return !choose_inputs(catalog_, active_, now_).empty();
}

Result<bool, Error> LogVault::tidy() {
  if (!wants_tidy()) return false;
  if (!leftovers_.empty()) return remove_leftovers();
  if (!next_epoch_ && epoch_due()) begin_epoch();
  if (next_epoch_ && epoch_ready()) return advance_epoch();
  if (job_) return advance_job();
  if (!announced_) {
    if (const auto written = write_vault_file(); !written) return unexpected(written.error());
    return true;
  }
  if (active_is_due()) {
    if (active_torn_) {
      if (const auto restored = restore_active(); !restored) return unexpected(restored.error());
      return true;
    }
    if (may_roll()) roll();
  }
  std::vector<SegmentNumber> inputs = choose_inputs(catalog_, active_, now_);
  job_.emplace(Job{Compaction({files_, random_, key_, file_.id, catalog_}, std::move(inputs))});
  return advance_job();
}

Result<bool, Error> LogVault::advance_job() {
  if (job_->stage == Stage::copying) return copy_next();
  assert(durable(job_->write));
  if (job_->stage == Stage::copied) return list_output();
  job_->stage = Stage::applying;
  if (job_->compaction.apply(now_)) return false;
  finish_job();
  return true;
}

Result<bool, Error> LogVault::copy_next() {
  const auto more = job_->compaction.copy(now_);
  if (!more) {
    const SegmentNumber output = job_->compaction.output();
    leftovers_.push_back(segment_file_name(catalog_.segment(output).id));
    catalog_.remove_segment(output);
    job_.reset();
    retry_at_ = now_ + kRetry;
    return unexpected(error_of(more.error()));
  }
  if (*more) return false;
  job_->stage = Stage::copied;
  job_->write = ++writes_;
  return true;
}

Result<bool, Error> LogVault::list_output() {
  job_->stage = Stage::listed;
  if (const auto written = write_vault_file(); !written) {
    job_->stage = Stage::copied;
    return unexpected(written.error());
  }
  job_->write = file_write_;
  return true;
}

void LogVault::finish_job() {
  for (const SegmentNumber number : job_->compaction.inputs()) {
    leftovers_.push_back(segment_file_name(catalog_.segment(number).id));
    catalog_.remove_segment(number);
  }
  const SegmentNumber output = job_->compaction.output();
  if (catalog_.segment(output).size == 0) catalog_.remove_segment(output);
  job_.reset();
  (void)remove_leftovers();  // what fails is tried again by tidy()
}

Result<bool, Error> LogVault::remove_leftovers() {
  while (!leftovers_.empty()) {
    if (const auto done = files_.remove(leftovers_.back()); !done) return unexpected(error_of(done.error()));
    leftovers_.pop_back();
    ++writes_;
  }
  return true;
}

}  // namespace tacet::vault
