#include "client/backup.h"

#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Bytes<32> kOnly{};
constexpr Days kRestoredRemembered{90};

constexpr Kind kAlways[] = {Kind::account, Kind::contact,    Kind::mailbox, Kind::blocked,
                            Kind::former,  Kind::invitation, Kind::seen};
constexpr Kind kHistory[] = {Kind::message, Kind::trace};

Time end_of(const MessageRecord& message) {
  return message.burns_at ? std::min(*message.burns_at, message.expires_at) : message.expires_at;
}

}  // namespace

std::vector<vault::RecordInfo> records_for_backup(const Parts& parts, bool history) {
  std::vector<vault::RecordInfo> out;
  const auto append = [&](Kind kind) {
    const auto records = parts.journal.records(kind);
    out.insert(out.end(), records.begin(), records.end());
  };
  for (const Kind kind : kAlways) append(kind);
  if (history) {
    for (const Kind kind : kHistory) append(kind);
  }
  return out;
}

void begin_backup(const Parts& parts, vault::BackupWriter& out) {
  out.add({{static_cast<std::uint8_t>(Kind::backup), kOnly},
           std::nullopt,
           encode_record(BackupRecord{parts.clock.now()})});
}

void add_to_backup(const Parts& parts, const vault::RecordInfo& record, vault::BackupWriter& out) {
  if (record.expires_at && *record.expires_at <= parts.clock.now()) return;
  auto value = parts.journal.value(record.key);
  if (value && value->size() <= vault::kMaxBackupValue) {
    out.add({record.key, record.expires_at, std::move(*value)});
  }
}

template <class Record, class Change>
bool BackupImport::take(const vault::BackupRecord& record, vault::Batch& out, Change change) {
  auto decoded = decode_record<Record>(record.value);
  if (!decoded) return false;
  std::optional<Time> dies = record.expires_at;
  if (!change(*decoded, dies)) return false;
  if (dies && *dies <= now_) return true;
  out.puts.push_back({record.key, encode_record(std::move(*decoded)), dies, always_readable(Record::kKind)});
  return true;
}

template <class Record>
bool BackupImport::keep(const vault::BackupRecord& record, vault::Batch& out) {
  return take<Record>(record, out, [](Record&, std::optional<Time>&) { return true; });
}

bool BackupImport::add(const vault::BackupRecord& record, vault::Batch& out) {
  const auto kind = static_cast<Kind>(record.key.kind);
  if ((kind == Kind::backup) == made_at_.has_value()) return false;
  switch (kind) {
    case Kind::backup: {
      const auto about = decode_record<BackupRecord>(record.value);
      if (!about) return false;
      made_at_ = about->made_at;
      now_ = std::max(now_, about->made_at);
      return true;
    }
    case Kind::account:
      // The counters go on, so that no number names two prekeys; the prekeys themselves are made anew.
      if (record.key.id != kOnly) return false;
      account_ = true;
      return take<AccountRecord>(record, out, [](AccountRecord& account, std::optional<Time>&) {
        account.signed_prekey = account.last_resort = 0;
        account.rotated_at = {};
        return ratchet::IdentitySecret::parse(account.identity).has_value();
      });
    case Kind::contact:
      return take<ContactRecord>(record, out, [&](ContactRecord& contact, std::optional<Time>&) {
        if (contact.state == ContactState::request_received) return true;
        if (contact.state > ContactState::accepted) return false;
        const vault::RecordKey key{static_cast<std::uint8_t>(Kind::restored), record.key.id};
        out.puts.push_back({key, encode_record(RestoredRecord{}), now_ + kRestoredRemembered, false});
        return true;
      });
    case Kind::mailbox:
      return take<MailboxRecord>(record, out, [](MailboxRecord& mailbox, std::optional<Time>&) {
        mailbox.stocked = false;  // nobody has the secrets of what is published there
        mailbox.signed_prekey = 0;
        return true;
      });
    case Kind::message:
      return take<MessageRecord>(record, out, [](MessageRecord& message, std::optional<Time>& dies) {
        dies = end_of(message);
        return message.delivery <= Delivery::failed;
      });
    case Kind::trace:
      return record.expires_at && keep<TraceRecord>(record, out);
    case Kind::seen:
      return record.expires_at && keep<SeenRecord>(record, out);
    case Kind::former:
      return record.expires_at && keep<FormerRecord>(record, out);
    case Kind::blocked:
      return keep<BlockedRecord>(record, out);
    case Kind::invitation:
      return keep<InvitationRecord>(record, out);
    default:
      return false;  // above all no session, no prekey, no cursor
  }
}

}  // namespace tacet::client
