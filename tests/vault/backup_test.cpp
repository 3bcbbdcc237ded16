// The backup file: what is wrong with one is recognised, at every byte and at every bit.
#include "vault/backup.h"

#include "base/span_writer.h"
#include "crypto/hash.h"
#include "vault/world.h"

namespace tacet::test {
namespace {

using namespace tacet::vault;

constexpr std::size_t kChecksumAt = 162;
constexpr std::size_t kHeader = 194;

const StretchedKey& right_key() {
  static const StretchedKey key = *StretchedKey::from(Bytes<32>{{7}}.view());
  return key;
}

BackupRecord record(std::uint8_t kind, std::string_view value, std::optional<Time> expires = {}) {
  return {{kind, {}}, expires, {as_bytes(value).begin(), as_bytes(value).end()}};
}

ByteVector written(const std::vector<BackupRecord>& records, Stretching stretching = {}) {
  SeededRandom random(1);
  BackupWriter out(random, stretching, right_key());
  for (const BackupRecord& each : records) out.add(each);
  return out.finish();
}

// Everything in it, or the first thing that is wrong.
Result<std::vector<BackupRecord>, BackupError> read(ByteVector file, const StretchedKey& key = right_key()) {
  auto reader = BackupReader::parse(std::move(file));
  if (!reader) return unexpected(reader.error());
  if (const auto unlocked = reader->unlock(key); !unlocked) return unexpected(unlocked.error());
  std::vector<BackupRecord> out;
  while (reader->more()) {
    auto records = reader->next();
    if (!records) return unexpected(records.error());
    out.insert(out.end(), records->begin(), records->end());
  }
  return out;
}

std::optional<BackupError> refusal(ByteVector file, const StretchedKey& key = right_key()) {
  const auto got = read(std::move(file), key);
  return got ? std::nullopt : std::optional(got.error());
}

void seal_checksums(ByteVector& file) {
  const crypto::Hash header = crypto::blake2b(ByteView(file).first(kChecksumAt));
  SpanWriter(MutableByteView(file).subspan(kChecksumAt, 32)).raw(header);
  const crypto::Hash all = crypto::blake2b(ByteView(file).first(file.size() - 32));
  SpanWriter(MutableByteView(file).last(32)).raw(all);
}

TEST_CASE("what goes into a backup comes out of it") {
  const Time time = from_millis(1'800'000'000'000);
  const auto out = read(written({record(1, "hello"), record(5, "", time)}));
  REQUIRE(out.has_value());
  REQUIRE(out->size() == 2);
  CHECK(as_text((*out)[0].value) == "hello");
  CHECK_FALSE((*out)[0].expires_at.has_value());
  CHECK((*out)[1].key.kind == 5);
  CHECK((*out)[1].expires_at == time);
  CHECK(read(written({}))->empty());
}

TEST_CASE("a long backup is many chunks of a bounded size, in their order only") {
  std::vector<BackupRecord> records;
  for (int i = 0; i < 300; ++i) records.push_back(record(5, std::string(1000, static_cast<char>(i))));
  const ByteVector file = written(records);
  auto reader = BackupReader::parse(file);
  REQUIRE(reader.has_value());
  REQUIRE(reader->unlock(right_key()).has_value());
  std::size_t chunks = 0;
  std::size_t count = 0;
  for (; reader->more(); ++chunks) {
    const auto some = reader->next();
    REQUIRE(some.has_value());
    CHECK(some->size() <= 64);
    count += some->size();
  }
  CHECK(chunks == 5);
  CHECK(count == 300);

  // The first two exchanged, one dropped, one twice; with checksums that fit.
  const std::size_t size =
      4 + (std::size_t{file[kHeader + 1]} << 8 | file[kHeader]) + (std::size_t{file[kHeader + 2]} << 16);
  const auto at = [&](std::size_t i) {
    return file.begin() + static_cast<std::ptrdiff_t>(kHeader + i * size);
  };
  ByteVector swapped = file;
  std::swap_ranges(swapped.begin() + kHeader, swapped.begin() + static_cast<std::ptrdiff_t>(kHeader + size),
                   swapped.begin() + static_cast<std::ptrdiff_t>(kHeader + size));
  seal_checksums(swapped);
  CHECK(refusal(swapped) == BackupError::damaged);
  const auto with_length = [](ByteVector bytes) {
    SpanWriter(MutableByteView(bytes).subspan(50, 8)).u64(bytes.size());
    seal_checksums(bytes);
    return bytes;
  };
  ByteVector dropped(file.begin(), at(1));
  dropped.insert(dropped.end(), at(2), file.end());
  CHECK(refusal(with_length(dropped)) == BackupError::damaged);
  ByteVector twice(file.begin(), at(1));
  twice.insert(twice.end(), at(0), file.end());
  CHECK(refusal(with_length(twice)) == BackupError::damaged);
  ByteVector ended(file.begin(), at(4));
  ended.resize(ended.size() + 32);
  CHECK(refusal(with_length(ended)) == BackupError::damaged);
}

TEST_CASE("the worked example of the README is what is written") {
  const ByteVector file = written({record(1, "hello")});
  REQUIRE(file.size() == 342);
  CHECK(as_text(ByteView(file).first(8)) == "TACETBAK");
  CHECK(file[8] == 1);
  CHECK(file[42] == 3);
  CHECK(file[50] == 0x56);
  CHECK(file[51] == 0x01);
  CHECK(file[194] == 0x70);
}

TEST_CASE("cut off at any byte, a backup says that its end is missing") {
  const ByteVector file = written({record(1, "hello"), record(2, "again")});
  for (std::size_t size = 0; size < file.size(); ++size) {
    INFO("size ", size);
    const auto end = file.begin() + static_cast<std::ptrdiff_t>(size);
    REQUIRE(refusal({file.begin(), end}) == BackupError::truncated);
  }
  ByteVector longer = file;
  longer.push_back(0);
  CHECK(refusal(longer) == BackupError::damaged);
}

TEST_CASE("with any single bit flipped, a backup is damaged, or is none where the bit says what it is") {
  const ByteVector file = written({record(1, "hello"), record(2, "again")});
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    INFO("bit ", bit);
    ByteVector flipped = file;
    flipped[bit / 8] = static_cast<Byte>(flipped[bit / 8] ^ (1U << (bit % 8)));
    REQUIRE(refusal(flipped) == (bit < 64 ? BackupError::not_one : BackupError::damaged));
  }
}

TEST_CASE("a wrong key, a newer version and a cost out of bounds are told apart") {
  const ByteVector file = written({record(1, "hello")});
  CHECK(refusal(file, *StretchedKey::from(Bytes<32>{{8}}.view())) == BackupError::wrong_key);
  ByteVector newer = file;
  newer[8] = 2;
  seal_checksums(newer);
  CHECK(refusal(newer) == BackupError::newer_version);
  for (const auto& [passes, memory] :
       std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{{1, 64 * 1024},
                                                                      {3, 19 * 1024 - 1},
                                                                      {17, 64 * 1024},
                                                                      {3, 1024 * 1024 + 1},
                                                                      {0xFFFFFFFF, 0xFFFFFFFF}}) {
    ByteVector other = file;
    SpanWriter(MutableByteView(other).subspan(42, 8)).u32(passes).u32(memory);
    seal_checksums(other);
    CHECK(refusal(other) == BackupError::weak_parameters);
  }
  // Lowered within bounds it is another key's slot.
  ByteVector cheaper = file;
  SpanWriter(MutableByteView(cheaper).subspan(42, 8)).u32(2).u32(19 * 1024);
  seal_checksums(cheaper);
  CHECK(refusal(cheaper) == BackupError::wrong_key);
}

TEST_CASE("two backups of the same share nothing but their magic, version and cost") {
  SeededRandom random(1);
  const auto make = [&] {
    BackupWriter out(random, {}, right_key());
    out.add(record(1, "hello"));
    return out.finish();
  };
  const ByteVector one = make();
  const ByteVector two = make();
  CHECK_FALSE(std::equal(one.begin() + 10, one.begin() + 26, two.begin() + 10));
  CHECK_FALSE(std::equal(one.begin() + 58, one.end(), two.begin() + 58));
}

}  // namespace
}  // namespace tacet::test
