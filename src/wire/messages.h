// What a client and a relay say to each other (README.md beside this file; DESIGN.md section 4). Plain
// structs; block.h turns them into blocks of a fixed size and back. Every request carries a request id chosen
// by the client and is idempotent; its answer carries the same id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace tacet::wire {

using MailboxId = Bytes<16, struct MailboxIdTag>;  // random, chosen by the owner
using MessageId =
    Bytes<16, struct MessageIdTag>;  // random, chosen by the sender; a repeat is the same message
using SendToken = Secret<32, struct SendTokenTag>;  // whoever holds it may write to the mailbox
using TokenHash =
    Bytes<32, struct TokenHashTag>;  // BLAKE2b-256("tacet-token" ‖ token): all that the relay stores
using ReaderKey = Bytes<32, struct ReaderKeyTag>;  // Ed25519 public key that may read, acknowledge and delete
using Signature = Bytes<64, struct SignatureTag>;  // Ed25519
using Nonce = Bytes<32, struct NonceTag>;
using ServerKey = Bytes<32, struct ServerKeyTag>;  // Ed25519, one per relay for its whole life

// The classes of ratchet wires (RATCHET.md section 6); an envelope is one of these and nothing else.
inline constexpr std::size_t kEnvelopeSizes[] = {4096, 16384, 65536};

// The sizes of public key records (RATCHET.md sections 2 and 3), each sealed by its owner (72 bytes more), so
// that a relay cannot tell whose they are.
inline constexpr std::size_t kKeySeal = 72;
inline constexpr std::size_t kIdentitySize = 1345 + kKeySeal;
inline constexpr std::size_t kSpkSize = 109 + kKeySeal;
inline constexpr std::size_t kLrkSize = 1293 + kKeySeal;
inline constexpr std::size_t kOtkSize = 1317 + kKeySeal;

inline constexpr std::uint16_t kMaxRetentionHours = 720;

// ---- from the client
// --------------------------------------------------------------------------------------------

// Whom a relay lets make mailboxes, and what New must bring (README.md, "Admission"). Who has an invite code
// needs no work.
enum class Admission : std::uint8_t { open = 0, invite = 1, work = 2 };
using InviteCode = Secret<16, struct InviteCodeTag>;  // from the operator; good for a number of mailboxes
// What a relay that wants work wants, in `admission` of Hello; both 0 where it does not.
struct WorkWanted {
  static constexpr std::uint32_t kMinMemory = 1024, kMaxMemory = 256 << 10;
  static constexpr std::uint32_t kMaxBits = 20;
  std::uint32_t memory_kib = 0;  // of Argon2id, kMinMemory to kMaxMemory
  std::uint32_t bits = 0;        // leading zero bits of its result, 1 to kMaxBits
  friend bool operator==(const WorkWanted&, const WorkWanted&) = default;
};
// The work that was done: work_done() of work.h says whether it is.
struct Work {
  std::uint64_t counter = 0;
};
using Credential = std::variant<std::monostate, InviteCode, Work>;

// Makes a mailbox. The same again is OK and needs no credential; another key or token under the same id is
// Code::refused.
struct New {
  MailboxId mailbox;
  ReaderKey reader;
  TokenHash token_hash;
  Credential credential;
};

// Removes a mailbox and all that lies in it. Needs a subscription on this connection. Unknown is OK.
struct Delete {
  MailboxId mailbox;
};

// Starts delivery. Each entry proves ownership: signature = Ed25519(reader key, "tacet-auth" ‖ host ‖ server
// nonce ‖ client nonce ‖ mailbox), host being what the client connected to, lower case, with the port if it
// is not the scheme's own. `after`: the last envelope number the client has durably (0: none); everything
// later is pushed.
struct Subscribe {
  static constexpr std::size_t kMaxEntries = 512;  // in one block; more mailboxes take more requests
  struct Entry {
    MailboxId mailbox;
    std::uint64_t after = 0;
    Signature signature;
  };
  Nonce client_nonce;
  std::vector<Entry> entries;
};

struct Unsubscribe {
  static constexpr std::size_t kMaxMailboxes = 512;  // in one block
  std::vector<MailboxId> mailboxes;
};

// Stores an envelope. OK means: on disk. A message id the mailbox has already seen within its retention is OK
// and stores nothing. retention_hours: 1 to 720, the message's expiry rounded up.
struct Send {
  MailboxId mailbox;
  SendToken token;
  MessageId message;
  std::uint16_t retention_hours = 0;
  ByteVector envelope;
};

// Everything up to and including `number` is durable at the recipient and may be deleted. Needs a
// subscription.
struct Ack {
  MailboxId mailbox;
  std::uint64_t number = 0;
};

// Publishes or replaces what strangers need to write first: identity, signed prekey and last-resort key
// replace the stored ones, one-time prekeys are added (the same again: ignored). Empty identity, spk or lrk
// leave the stored ones alone. handouts: how many more times KeysGet may be answered (nothing: leave as it
// is; kUnlimited: no limit). `replace_otks` first removes the one-time prekeys still stored. Needs a
// subscription.
struct KeysPut {
  static constexpr std::uint32_t kUnlimited = 0xFFFFFFFF;
  static constexpr std::size_t kMaxOtks = 45;  // in one block, beside all the others
  MailboxId mailbox;
  std::optional<std::uint32_t> handouts;
  bool replace_otks = false;
  ByteVector identity;           // kIdentitySize bytes or empty
  ByteVector spk;                // kSpkSize or empty
  ByteVector lrk;                // kLrkSize or empty
  std::vector<ByteVector> otks;  // kOtkSize each, told apart by their first 24 bytes, the nonce of the seal
};

// Asks for a bundle. The same `asked` within 24 hours gets the same bundle and costs no second one-time
// prekey.
struct KeysGet {
  MailboxId mailbox;
  SendToken token;
  MessageId asked;
};

struct Ping {};

// What a client's vault keeps of its key at the relay (src/vault/README.md, "Epochs"), under a mailbox of the
// owner's. Needs a subscription. store: keeps the half under its number; the same number again with the same
// half is OK, with another one Code::refused, more than kMaxShares numbers Code::quota. keep_only: destroys
// every half but that of this number (0: all); none of them is OK too. fetch: answered by Shares.
inline constexpr std::size_t kMaxShares = 4;
using ShareHalf = Secret<32, struct ShareHalfTag>;

struct ShareStore {
  MailboxId mailbox;
  std::uint64_t number = 0;  // from 1
  ShareHalf half;
};
struct ShareKeepOnly {
  MailboxId mailbox;
  std::uint64_t number = 0;
};
struct ShareFetch {
  MailboxId mailbox;
};

// Files: chunks of ciphertext beside the envelopes of a mailbox. Whoever may write to the mailbox may put
// them, whoever knows a digest may have the chunk, its owner may drop it. There are no names and no list.
using ChunkDigest = Bytes<32, struct ChunkDigestTag>;  // BLAKE2b-256("tacet-chunk" ‖ body): chunk_digest()

// Stores a chunk. OK means: on disk. Again: OK, and kept as long as the longer of both wants. Another body
// under a digest cannot be: it is checked.
struct ChunkPut {
  MailboxId mailbox;
  SendToken token;
  ChunkDigest digest;
  std::uint16_t retention_hours = 0;
  ByteVector body;  // of an envelope's size
};
// Which of these the mailbox does not hold, so that an upload can go on where it was cut off. Answered by
// ChunksMissing.
struct ChunksWanted {
  static constexpr std::size_t kMaxDigests = 512;
  MailboxId mailbox;
  SendToken token;
  std::vector<ChunkDigest> digests;
};
// Answered by Chunk, or Error no_access.
struct ChunkGet {
  ChunkDigest digest;
};
// Removes chunks from a mailbox. Needs a subscription. Unknown ones are OK.
struct ChunksDrop {
  MailboxId mailbox;
  std::vector<ChunkDigest> digests;
};

// ---- from the relay
// ---------------------------------------------------------------------------------------------

// The first block on every connection.
struct Hello {
  Nonce server_nonce;
  ServerKey server_key;
  std::int64_t clock_ms = 0;       // the relay's Unix time in milliseconds
  std::int64_t retires_at_ms = 0;  // 0: it does not
  bool accepts_new = true;         // whether New is welcome
  std::uint32_t max_mailboxes_per_connection = 0;
  std::uint32_t quota_envelopes = 0;  // per mailbox
  std::uint64_t quota_bytes = 0;      // per mailbox
  std::uint16_t max_retention_hours = 0;
  std::uint64_t quota_chunk_bytes = 0;  // per mailbox
  Admission admission = Admission::open;
  WorkWanted work;
};

// The request was carried out and is durable.
struct Ok {};

enum class Code : std::uint8_t {
  malformed = 1,       // the block is not one of ours: the connection is closed after this answer
  no_access = 2,       // no such mailbox, or the wrong token or key: the same answer in the same time
  not_subscribed = 3,  // the request needs a subscription on this connection
  quota = 4,           // the mailbox is full: try again later
  no_keys = 5,         // the mailbox has no prekeys to hand out
  used_up = 6,         // its handouts are spent: the invitation was used
  refused = 7,         // this relay makes no new mailboxes now, or the id is taken
  busy = 8,            // over a rate limit, or the store cannot keep anything now: try again later
  unsupported = 9,     // a type or version this relay does not know
  not_admitted = 10,   // New wants an invite code or work that was not there, is wrong or is used up
};

struct Error {
  Code code = Code::malformed;
  std::uint32_t retry_after_s = 0;  // with busy and quota; 0: no hint
};

// One envelope. Numbers rise by one in a mailbox; a gap means that what lay between expired or was deleted.
struct Msg {
  MailboxId mailbox;
  std::uint64_t number = 0;
  MessageId message;
  std::int64_t stored_at_ms = 0;
  ByteVector envelope;
};

// Answers KeysGet. `otk` is empty when none was left.
struct Keys {
  ByteVector identity;
  ByteVector spk;
  ByteVector lrk;
  ByteVector otk;
};

// Answers Subscribe: which entries were refused (unknown mailbox or bad signature), all others are live.
struct Subscribed {
  std::vector<MailboxId> refused;
};

// Unasked, to the owner: few one-time prekeys are left in this mailbox.
struct LowStock {
  MailboxId mailbox;
  std::uint16_t left = 0;
};

// Unasked, to the owner: senders were refused because the mailbox was full.
struct QuotaReached {
  MailboxId mailbox;
};

// Unasked: the relay stops soon, connect again later (another node, or the same one restarted).
struct GoAway {
  std::uint32_t reconnect_after_s = 0;
};

struct Pong {
  std::int64_t clock_ms = 0;
};

// Answers ShareFetch, in the order of the numbers.
struct Shares {
  struct Entry {
    std::uint64_t number = 0;
    ShareHalf half;
  };
  std::vector<Entry> entries;
};

// Answers ChunkGet.
struct Chunk {
  ByteVector body;
};

// Answers ChunksWanted.
struct ChunksMissing {
  std::vector<ChunkDigest> digests;
};

using Request =
    std::variant<New, Delete, Subscribe, Unsubscribe, Send, Ack, KeysPut, KeysGet, Ping, ShareStore,
                 ShareKeepOnly, ShareFetch, ChunkPut, ChunksWanted, ChunkGet, ChunksDrop>;
using Answer = std::variant<Hello, Ok, Error, Msg, Keys, Subscribed, LowStock, QuotaReached, GoAway, Pong,
                            Shares, Chunk, ChunksMissing>;

// request_id is never 0.
struct ClientBlock {
  std::uint32_t request_id = 0;
  Request request;
};

// request_id is 0 in what the relay says unasked (Hello, Msg, LowStock, QuotaReached, GoAway), and in an
// Error that answers something whose id could not be read.
struct ServerBlock {
  std::uint32_t request_id = 0;
  Answer answer;
};

}  // namespace tacet::wire
