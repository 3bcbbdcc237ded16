// How what is dead loses its key (README.md, "Epochs").
#include <cassert>

#include "vault/log_vault.h"

namespace tacet::vault {
namespace {

constexpr Millis kPatience = Seconds{10};
constexpr Millis kSharePatience = Seconds{5};  // shorter, so that the epoch finds the new share ready
constexpr std::size_t kLeavesAtOnce = 16;
constexpr std::size_t kNodesAtOnce = 32;

}  // namespace

void LogVault::plant(TreeSlot root) {
  tree_.emplace(file_.id, std::move(root), [this](NodeAt at) -> std::optional<ByteVector> {
    const Entry* entry = catalog_.find(key_of(at));
    if (entry == nullptr || entry->state != State::value) return std::nullopt;
    return stored_body(*entry);
  });
}

std::optional<ByteVector> LogVault::stored_body(const Entry& entry) const {
  const auto segment = catalog_.segments().find(entry.segment);
  if (segment == catalog_.segments().end()) return std::nullopt;
  auto body = files_.read(segment_file_name(segment->second.id), entry.body_at, entry.body_length);
  if (!body) return std::nullopt;
  return std::move(*body);
}

// ---- the share

Result<void, Error> LogVault::give_share(const Share& share) {
  if (tree_) return {};
  if (share.number != epoch_.share) return unexpected(Error::wrong_share);
  auto root = open_root(file_, epoch_key(epoch_.local, share.half), epoch_);
  if (!root) return unexpected(Error::wrong_share);
  file_.bodies.resize(1);
  share_ = share.half;
  plant(std::move(*root));
  return {};
}

bool LogVault::wants_new_share() const {
  if (!tree_ || epoch_.share == 0 || next_share_ || epoch_unsettled()) return false;
  const auto since = catalog_.dead_leaves().since();
  return epoch_.number > epoch_.share_since || (since && *since + kSharePatience <= now_);
}

std::optional<std::uint64_t> LogVault::only_share_needed() const {
  if (next_share_ || epoch_unsettled() || !durable(epoch_write_)) return std::nullopt;
  return epoch_.share;
}

Result<void, Error> LogVault::give_up_share() {
  if (tree_) return {};
  if (const auto done = commit({{}, catalog_.in_tree()}); !done) return done;
  catalog_.dead_leaves().forget_all();
  plant({TreeSlot::State::seed, random_.draw<TreeKey>()});
  use_share(std::nullopt);
  return {};
}

// ---- the next epoch

Time LogVault::maintenance_due() const {
  Time out = Time::max();
  const auto at = [&](Time time) {
    if (time > now_) out = std::min(out, time);
  };
  if (const auto since = tree_ ? catalog_.dead_leaves().since() : std::nullopt) {
    at(*since + kPatience);
    if (epoch_.share != 0) at(*since + kSharePatience);
  }
  for (const auto& [number, segment] : catalog_.segments()) {
    if (const auto due = segment.due()) at(*due);
  }
  at(retry_at_);
  return out;
}

bool LogVault::epoch_due() const {
  if (!tree_ || now_ < retry_at_) return false;
  const auto since = catalog_.dead_leaves().since();
  return next_share_.has_value() || (since && *since + kPatience <= now_);
}

bool LogVault::epoch_ready() const {
  const NextEpoch& next = *next_epoch_;
  return next.stage == NextEpoch::Stage::destroying || next.stage == NextEpoch::Stage::writing ||
         durable(next.write);
}

void LogVault::begin_epoch() {
  next_epoch_.emplace();
  next_epoch_->leaves = catalog_.dead_leaves().begin_epoch();
  next_epoch_->destroyed_sequence = last_sequence_;
  next_epoch_->destroyed_clock = now_;
}

Result<bool, Error> LogVault::advance_epoch() {
  NextEpoch& next = *next_epoch_;
  switch (next.stage) {
    case NextEpoch::Stage::destroying: {
      const std::size_t until = std::min(next.leaves.size(), next.destroyed + kLeavesAtOnce);
      for (; next.destroyed < until; ++next.destroyed) tree_->destroy(next.leaves[next.destroyed]);
      if (next.destroyed < next.leaves.size()) return false;
      for (const NodeAt at : orphans_) tree_->rewrite(at);
      orphans_.clear();
      next.stage = NextEpoch::Stage::writing;
      return false;
    }
    case NextEpoch::Stage::writing:
      return write_nodes();
    case NextEpoch::Stage::written:
      return write_root();
    case NextEpoch::Stage::rooted:
      catalog_.dead_leaves().epoch_done();
      next_epoch_.reset();
      return false;
  }
  return false;
}

Result<bool, Error> LogVault::write_nodes() {
  NextEpoch& next = *next_epoch_;
  if (next.unwritten.empty()) next.unwritten = tree_->seal_changed(kNodesAtOnce, random_);
  if (next.unwritten.empty()) {
    next.stage = NextEpoch::Stage::written;
    next.write = active_write_;
    if (!durable(next.write)) return true;
    return write_root();
  }
  Group group;
  ByteVector bodies;
  for (const KeyTree::Changed& changed : next.unwritten) {
    RecordHeader header;
    header.key = key_of(changed.at);
    header.sequence = last_sequence_ + 1;
    header.state = changed.sealed.empty() ? State::erased : State::value;
    header.body_length = static_cast<std::uint32_t>(changed.sealed.size());
    bodies.insert(bodies.end(), changed.sealed.begin(), changed.sealed.end());
    group.headers.push_back(std::move(header));
  }
  if (const auto written = append_group(std::move(group), bodies); !written) {
    retry_at_ = now_ + Seconds{1};
    return unexpected(written.error());
  }
  next.unwritten.clear();
  return true;
}

Result<bool, Error> LogVault::write_root() {
  NextEpoch& next = *next_epoch_;
  Epoch epoch = epoch_;
  ++epoch.number;
  epoch.local = random_.draw<LocalHalf>();
  epoch.nodes_until = last_sequence_;
  epoch.destroyed_sequence = next.destroyed_sequence;
  epoch.destroyed_clock = next.destroyed_clock;
  ShareHalf half = share_;
  if (next_share_) {
    epoch.share = *next_share_ ? (*next_share_)->number : 0;
    epoch.share_since = epoch.number;
    half = *next_share_ ? (*next_share_)->half : ShareHalf{};
  }
  const Epoch before = std::exchange(epoch_, epoch);
  const SealedRoot root_before = file_.bodies.front().root;
  seal_root_of(epoch, half);
  if (const auto written = write_vault_file(); !written) {
    epoch_ = before;
    file_.bodies.front().root = root_before;
    return unexpected(written.error());
  }
  share_ = half;
  next_share_.reset();
  epoch_write_ = next.write = file_write_;
  next.stage = NextEpoch::Stage::rooted;
  return true;
}

void LogVault::seal_root_of(const Epoch& epoch, const ShareHalf& half) {
  file_.bodies.front().root = seal_root(file_, epoch_key(epoch.local, half), epoch, tree_->root(), random_);
}

}  // namespace tacet::vault
