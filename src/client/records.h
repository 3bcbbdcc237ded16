// What the messenger keeps in its vault: one struct per kind of record, its fields in the order in which they
// are written (README.md, "Records of the vault").
#pragma once

#include "client/fields.h"
#include "client/view.h"
#include "crypto/hash.h"
#include "ratchet/state.h"

namespace tacet::client {

enum class Kind : std::uint8_t {
  account = 1,
  recovery = 2,
  contact = 3,
  session = 4,
  message = 5,
  trace = 6,
  outbox = 7,
  sent = 8,
  mailbox = 9,
  cursor = 10,
  prekey = 11,
  last_resort_use = 12,
  handshake = 13,
  seen = 14,
  receipt_due = 15,
  kept = 16,
  blocked = 17,
  former = 18,
  invitation = 19,
  share = 20,
  backup = 21,
  restored = 22,
};

// What can be read without the relay's share of the vault's key: what it takes to reach the relay, and what a
// person must not lose with it. No message, no session, no prekey.
constexpr bool always_readable(Kind kind) {
  return kind == Kind::account || kind == Kind::contact || kind == Kind::mailbox || kind == Kind::cursor ||
         kind == Kind::blocked || kind == Kind::invitation || kind == Kind::share;
}

using RecordId = Bytes<32>;

// Shorter ids are padded with zeros.
template <std::size_t N, class Tag>
[[nodiscard]] RecordId record_id(const Bytes<N, Tag>& id) {
  static_assert(N <= RecordId::size);
  RecordId out;
  std::copy(id.raw.begin(), id.raw.end(), out.raw.begin());
  return out;
}
// The id that was padded.
template <class Id>
[[nodiscard]] Id id_of(const RecordId& record) {
  return *Id::from(record.view().first(Id::size));
}

struct AccountRecord {
  static constexpr Kind kKind = Kind::account;
  SecretVector identity;  // ratchet::IdentitySecret
  std::string name;
  std::uint32_t next_signed = 1;  // prekey ids not used yet
  std::uint32_t next_last_resort = 1;
  std::uint32_t next_one_time = 1;
  std::uint32_t signed_prekey = 0;  // the current ones
  std::uint32_t last_resort = 0;
  Time rotated_at{};

  template <class F>
  void fields(F& f) {
    f(identity, name, next_signed, next_last_resort, next_one_time, signed_prekey, last_resort, rotated_at);
  }
};

struct RecoveryRecord {
  static constexpr Kind kKind = Kind::recovery;
  SecretVector code;

  template <class F>
  void fields(F& f) {
    f(code);
  }
};

struct ContactRecord {
  static constexpr Kind kKind = Kind::contact;
  Fingerprint fingerprint;
  ContactState state = ContactState::request_received;
  std::string name;        // ours for them
  std::string their_name;  // what they call themselves
  std::optional<Time> verified_at;
  Clocks clocks;
  std::optional<Destination> theirs;      // where we write
  std::optional<wire::MailboxId> mine;    // where they write, once we made it
  bool mine_known = false;                // they have confirmed that they know it
  std::optional<InvitationId> via;        // our invitation that brought them
  std::optional<ratchet::SessionId> sid;  // the session that sends
  Time made_at{};
  Time lives_until{};  // a request, in either direction: then it is over

  template <class F>
  void fields(F& f) {
    f(fingerprint, state, name, their_name, verified_at, clocks, theirs, mine, mine_known, via, sid, made_at,
      lives_until);
  }
};

struct SessionRecord {
  static constexpr Kind kKind = Kind::session;
  ContactId contact;
  std::vector<ratchet::SessionId> replaces;  // sessions that send no more because of this one
  std::optional<Time> superseded_at;         // another one sends since then
  bool broken = false;
  bool sent = false;                // since the last receive
  bool unreadable = false;          // something nobody could open arrived since the last receive
  Time heard_at{};                  // last receive, or the beginning
  std::vector<crypto::Hash> forks;  // BH(EH) of each since the last success, at most 3
  SecretVector session;             // ratchet::Session

  template <class F>
  void fields(F& f) {
    f(contact, replaces, superseded_at, broken, sent, unreadable, heard_at, forks, session);
  }
};

struct MessageRecord {
  static constexpr Kind kKind = Kind::message;
  ContactId contact;
  bool mine = false;
  bool seen = false;
  Delivery delivery = Delivery::waiting;
  Time sent_at{};
  Time received_at{};
  Time expires_at{};
  Seconds burn_after{0};
  std::optional<Time> burns_at;
  SecretVector text;

  template <class F>
  void fields(F& f) {
    f(contact, mine, seen, delivery, sent_at, received_at, expires_at, burn_after, burns_at, text);
  }
};

struct TraceRecord {
  static constexpr Kind kKind = Kind::trace;
  ContactId contact;
  Time sent_at{};
  Time received_at{};
  Time expires_at{};
  bool seen = false;  // the line "expired unread" was

  template <class F>
  void fields(F& f) {
    f(contact, sent_at, received_at, expires_at, seen);
  }
};

enum class Purpose : std::uint8_t { handshake, text, receipt, mailbox, profile };

struct OutboxRecord {
  static constexpr Kind kKind = Kind::outbox;
  ContactId contact;
  Purpose purpose = Purpose::text;
  MessageId content;  // the id in the content; zeros for receipts
  ratchet::SessionId session;
  Time order{};  // what was sealed first goes first
  Time expires_at{};
  std::optional<wire::MailboxId> needs;  // our mailbox that must exist before this leaves
  ByteVector envelope;

  template <class F>
  void fields(F& f) {
    f(contact, purpose, content, session, order, expires_at, needs, envelope);
  }
};

struct SentRecord {
  static constexpr Kind kKind = Kind::sent;
  Time at{};

  template <class F>
  void fields(F& f) {
    f(at);
  }
};

struct MailboxRecord {
  static constexpr Kind kKind = Kind::mailbox;
  RelayAddress relay;
  crypto::Ed25519Seed reader;
  wire::SendToken token;
  std::optional<ContactId> contact;  // nothing: it belongs to the invitation of the same id
  bool created = false;              // the relay has it
  bool stocked = false;              // the relay has one-time prekeys of ours
  std::uint32_t signed_prekey = 0;   // the one published with it
  bool closing = false;              // to be deleted

  template <class F>
  void fields(F& f) {
    f(relay, reader, token, contact, created, stocked, signed_prekey, closing);
  }
};

struct CursorRecord {
  static constexpr Kind kKind = Kind::cursor;
  std::uint64_t number = 0;

  template <class F>
  void fields(F& f) {
    f(number);
  }
};

struct PrekeyRecord {
  static constexpr Kind kKind = Kind::prekey;
  std::optional<wire::MailboxId> mailbox;  // one-time prekeys: where it is published
  SecretVector secret;                     // of src/ratchet, by the tag in the id

  template <class F>
  void fields(F& f) {
    f(mailbox, secret);
  }
};

struct LastResortUseRecord {
  static constexpr Kind kKind = Kind::last_resort_use;
  std::uint32_t last_resort = 0;

  template <class F>
  void fields(F& f) {
    f(last_resort);
  }
};

struct HandshakeRecord {
  static constexpr Kind kKind = Kind::handshake;
  std::uint32_t signed_prekey = 0;

  template <class F>
  void fields(F& f) {
    f(signed_prekey);
  }
};

struct SeenRecord {
  static constexpr Kind kKind = Kind::seen;
  ContactId contact;
  MessageId content;  // what its receipt names; zeros: none is due

  template <class F>
  void fields(F& f) {
    f(contact, content);
  }
};

struct ReceiptRecord {
  static constexpr Kind kKind = Kind::receipt_due;
  ContactId contact;
  bool delivered = false;
  std::optional<Time> read_at;

  template <class F>
  void fields(F& f) {
    f(contact, delivered, read_at);
  }
};

struct KeptRecord {
  static constexpr Kind kKind = Kind::kept;
  wire::MailboxId mailbox;
  MessageId message;
  Time arrived_at{};
  ByteVector wire;

  template <class F>
  void fields(F& f) {
    f(mailbox, message, arrived_at, wire);
  }
};

struct BlockedRecord {
  static constexpr Kind kKind = Kind::blocked;
  template <class F>
  void fields(F&) {}
};

struct FormerRecord {
  static constexpr Kind kKind = Kind::former;
  ratchet::SessionId session;

  template <class F>
  void fields(F& f) {
    f(session);
  }
};

struct InvitationRecord {
  static constexpr Kind kKind = Kind::invitation;
  std::string label;
  std::uint32_t uses_left = 1;
  bool unlimited = false;
  Time made_at{};
  Time expires_at{};
  bool closed = false;  // over: no longer shown

  template <class F>
  void fields(F& f) {
    f(label, uses_left, unlimited, made_at, expires_at, closed);
  }
};

struct ShareRecord {
  static constexpr Kind kKind = Kind::share;
  RelayAddress relay;       // which keeps half of the vault's key,
  wire::MailboxId mailbox;  // under this mailbox
  crypto::Ed25519Seed reader;
  wire::SendToken token;   // nobody writes there
  std::uint64_t next = 1;  // number of the next half
  bool wanted = true;      // false: to be given back

  template <class F>
  void fields(F& f) {
    f(relay, mailbox, reader, token, next, wanted);
  }
};

// Only in a backup, and the first there.
struct BackupRecord {
  static constexpr Kind kKind = Kind::backup;
  Time made_at{};  // effective time

  template <class F>
  void fields(F& f) {
    f(made_at);
  }
};

// A contact that has to be told that this vault is from a backup.
struct RestoredRecord {
  static constexpr Kind kKind = Kind::restored;
  std::optional<ratchet::SessionId> session;  // the latest one whose handshake said so
  bool answered = false;                      // they have it, or are back from a backup themselves
  std::optional<ratchet::SessionId> rival;    // theirs that said so, while ours was not answered

  template <class F>
  void fields(F& f) {
    f(session, answered, rival);
  }
};

inline constexpr std::uint8_t kRecordVersion = 1;

template <class Record>
[[nodiscard]] SecretVector encode_record(Record record) {
  FieldWriter out;
  std::uint8_t version = kRecordVersion;
  out(version);
  record.fields(out);
  return out.take();
}

// Nothing when it is damaged or newer.
template <class Record>
[[nodiscard]] std::optional<Record> decode_record(ByteView bytes) {
  FieldReader in(bytes);
  std::uint8_t version = 0;
  in(version);
  if (version != kRecordVersion) return std::nullopt;
  Record out;
  out.fields(in);
  if (!in.done()) return std::nullopt;
  return out;
}

}  // namespace tacet::client
