// Backup files: as they come, as somebody without the key can make them, and as somebody with it can.
#include "base/codec.h"
#include "base/span_writer.h"
#include "client/backup.h"
#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "fuzz/targets.h"
#include "support/scripted_random.h"

namespace tacet::fuzz {
namespace {

constexpr Time kNow{Millis{1'800'000'000'000}};
constexpr std::size_t kChecksumAt = 162;

const vault::StretchedKey& key() {
  static const vault::StretchedKey made = *vault::StretchedKey::from(Bytes<32>{{7}}.view());
  return made;
}

void import_all(vault::BackupReader& reader) {
  client::BackupImport import(kNow);
  while (reader.more()) {
    const auto records = reader.next();
    if (!records) return;
    for (const vault::BackupRecord& record : *records) {
      vault::Batch batch;
      if (!import.add(record, batch)) return;
      for (const vault::Put& put : batch.puts) {
        // Nothing that belongs to a session, or to this device alone, comes out of a backup.
        const auto kind = static_cast<client::Kind>(put.key.kind);
        require(kind != client::Kind::session && kind != client::Kind::prekey &&
                kind != client::Kind::outbox && kind != client::Kind::cursor && kind != client::Kind::share);
        require(!put.expires_at || *put.expires_at > kNow);
      }
    }
  }
}

void as_it_comes(ByteVector file) {
  auto reader = vault::BackupReader::parse(std::move(file));
  if (reader && reader->unlock(key())) import_all(*reader);
}

}  // namespace

void backup(ByteView input) {
  as_it_comes({input.begin(), input.end()});

  // A valid file, changed, with checksums that fit.
  test::ScriptedRandom random{test::Seed{}};
  vault::BackupWriter out(random, {}, key());
  out.add({{21, {}}, std::nullopt, client::encode_record(client::BackupRecord{kNow})});
  ByteVector file = out.finish();
  overlay(file, input);
  SpanWriter(MutableByteView(file).subspan(kChecksumAt, 32))
      .raw(crypto::blake2b(ByteView(file).first(kChecksumAt)));
  SpanWriter(MutableByteView(file).last(32)).raw(crypto::blake2b(ByteView(file).first(file.size() - 32)));
  as_it_comes(std::move(file));

  // Records as the input says, sealed as they should be.
  Reader in(input);
  vault::BackupWriter sealed(random, {}, key());
  sealed.add({{21, {}}, std::nullopt, client::encode_record(client::BackupRecord{kNow})});
  while (in.left() > 0) {
    vault::BackupRecord record;
    record.key.kind = in.u8();
    record.key.id.raw[0] = in.u8();
    if (in.flag()) record.expires_at = from_millis(in.i64());
    const ByteView value = in.blob(vault::kMaxBackupValue);
    record.value.assign(value.begin(), value.end());
    if (in.ok()) sealed.add(record);
  }
  auto reader = vault::BackupReader::parse(sealed.finish());
  require(reader.has_value() && reader->unlock(key()).has_value());
  import_all(*reader);
}

}  // namespace tacet::fuzz
