#include "vault/backup.h"

#include <cassert>

#include "base/span_writer.h"
#include "crypto/sealed.h"
#include "vault/derive.h"
#include "vault/vault_file.h"

namespace tacet::vault {
namespace {

constexpr std::string_view kMagic = "TACETBAK";
constexpr std::uint16_t kVersion = 1;
constexpr std::string_view kSlotLabel = "vault/backup-slot";
constexpr std::string_view kChunkLabel = "vault/backup-chunk";
constexpr std::size_t kPreamble = 50;
constexpr std::size_t kLengthAt = kPreamble;
constexpr std::size_t kSlotAt = kLengthAt + 8;
constexpr std::size_t kChecksumAt = kSlotAt + SealedSlot::size;
constexpr std::size_t kHeader = kChecksumAt + crypto::Hash::size;
constexpr std::size_t kChunkFull = 64 * 1024;
constexpr std::size_t kMaxChunk = kChunkFull + kMaxBackupValue + 64;

Secret<32> slot_key(const StretchedKey& key) {
  return derive<Secret<32>>(key, kSlotLabel);
}

ByteVector chunk_ad(ByteView preamble, std::uint32_t number, bool last) {
  return Writer().raw(preamble).u32(number).flag(last).take();
}

bool ends_with_its_checksum(ByteView bytes) {
  if (bytes.size() < crypto::Hash::size) return false;
  const ByteView covered = bytes.first(bytes.size() - crypto::Hash::size);
  return equal_constant_time(crypto::blake2b(covered).view(), bytes.last(crypto::Hash::size));
}

Result<std::vector<BackupRecord>, BackupError> decode_chunk(ByteView plain) {
  Reader in(plain);
  std::vector<BackupRecord> out;
  while (in.left() > 0) {
    BackupRecord& record = out.emplace_back();
    record.key.kind = in.u8();
    record.key.id = in.take<Bytes<32>>();
    if (in.flag()) record.expires_at = from_millis(in.i64());
    const ByteView value = in.blob(kMaxBackupValue);
    record.value.assign(value.begin(), value.end());
  }
  if (!in.done()) return unexpected(BackupError::damaged);
  return out;
}

}  // namespace

BackupWriter::BackupWriter(Random& random, const Stretching& stretching, const StretchedKey& key)
    : random_(random), key_(random.draw<BackupKey>()) {
  Writer out;
  out.raw(kMagic).u16(kVersion).raw(random.draw<Bytes<16>>()).raw(stretching.salt);
  out.u32(stretching.passes).u32(stretching.memory_kib);
  assert(out.size() == kPreamble);
  const ByteVector slot = crypto::seal(slot_key(key), kSlotLabel, out.view(), key_.view(), random);
  out.u64(0).raw(slot).zeros(crypto::Hash::size);  // length and checksum: at the end
  file_ = out.take();
}

void BackupWriter::add(const BackupRecord& record) {
  assert(record.value.size() <= kMaxBackupValue);
  chunk_.u8(record.key.kind).raw(record.key.id).flag(record.expires_at.has_value());
  if (record.expires_at) chunk_.i64(to_millis(*record.expires_at));
  chunk_.blob(record.value);
  if (chunk_.size() >= kChunkFull) seal_chunk();
}

void BackupWriter::seal_chunk() {
  const bool last = chunk_.size() < kChunkFull;
  const ByteVector ad = chunk_ad(ByteView(file_).first(kPreamble), chunks_++, last);
  const ByteVector sealed = crypto::seal(key_, kChunkLabel, ad, chunk_.take(), random_);
  chunk_ = SecretWriter();
  const ByteVector length = Writer().u32(static_cast<std::uint32_t>(sealed.size())).take();
  file_.insert(file_.end(), length.begin(), length.end());
  file_.insert(file_.end(), sealed.begin(), sealed.end());
}

ByteVector BackupWriter::finish() {
  seal_chunk();  // the last one is the one that is not full
  const std::uint64_t length = file_.size() + crypto::Hash::size;
  SpanWriter(MutableByteView(file_).subspan(kLengthAt, 8)).u64(length);
  const crypto::Hash header = crypto::blake2b(ByteView(file_).first(kChecksumAt));
  SpanWriter(MutableByteView(file_).subspan(kChecksumAt, crypto::Hash::size)).raw(header);
  const crypto::Hash all = crypto::blake2b(ByteView(file_));
  file_.insert(file_.end(), all.raw.begin(), all.raw.end());
  return std::move(file_);
}

Result<BackupReader, BackupError> BackupReader::parse(ByteVector file) {
  const ByteView bytes = file;
  const ByteView magic = as_bytes(kMagic).first(std::min(bytes.size(), kMagic.size()));
  if (!std::equal(magic.begin(), magic.end(), bytes.begin())) return unexpected(BackupError::not_one);
  if (bytes.size() < kHeader) return unexpected(BackupError::truncated);
  Reader in(bytes.subspan(kMagic.size()));
  const bool intact = ends_with_its_checksum(bytes);
  if (in.u16() != kVersion) return unexpected(intact ? BackupError::newer_version : BackupError::damaged);
  BackupReader out;
  in.raw(16);
  out.stretching_.salt = in.take<Bytes<16>>();
  out.stretching_.passes = in.u32();
  out.stretching_.memory_kib = in.u32();
  const std::uint64_t length = in.u64();
  if (!ends_with_its_checksum(bytes.first(kHeader))) return unexpected(BackupError::damaged);
  if (bytes.size() < length) return unexpected(BackupError::truncated);
  if (!intact || bytes.size() != length) return unexpected(BackupError::damaged);
  if (!acceptable(out.stretching_)) return unexpected(BackupError::weak_parameters);
  out.at_ = kHeader;
  out.end_ = bytes.size() - crypto::Hash::size;
  if (out.at_ >= out.end_) return unexpected(BackupError::damaged);
  out.file_ = std::move(file);
  return out;
}

Result<void, BackupError> BackupReader::unlock(const StretchedKey& key) {
  const ByteView bytes = file_;
  const auto opened = crypto::open(slot_key(key), kSlotLabel, bytes.first(kPreamble),
                                   bytes.subspan(kSlotAt, SealedSlot::size));
  const auto inner = opened ? BackupKey::from(*opened) : std::nullopt;
  if (!inner) return unexpected(BackupError::wrong_key);
  key_ = *inner;
  return {};
}

Result<std::vector<BackupRecord>, BackupError> BackupReader::next() {
  assert(more());
  const ByteView bytes = file_;
  Reader in(bytes.subspan(at_, end_ - at_));
  const std::size_t length = in.u32();
  const ByteView sealed = in.raw(length);
  if (!in.ok() || length > kMaxChunk + crypto::kSealOverhead) return unexpected(BackupError::damaged);
  at_ += 4 + length;
  const auto plain =
      crypto::open(key_, kChunkLabel, chunk_ad(bytes.first(kPreamble), chunk_++, at_ == end_), sealed);
  if (!plain) return unexpected(BackupError::damaged);
  return decode_chunk(*plain);
}

}  // namespace tacet::vault
