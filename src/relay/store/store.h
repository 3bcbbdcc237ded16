// Where a relay keeps mailboxes (README.md one folder up, "The store"). Every operation is asynchronous: it
// is carried out after those submitted before it, and `done` is called exactly once, through the executor the
// store was made with, when the result is durable. Errors are what the client is told: no_access, refused,
// quota, no_keys, used_up, and busy when the store could not keep it (then nothing was changed).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "relay/store/counts.h"
#include "relay/store/news.h"
#include "wire/token.h"

namespace tacet::relay {

// Runs a task soon, on whatever thread the store's user lives on. Called from the store's threads.
using Executor = std::function<void(std::function<void()>)>;

template <class T>
using Done = std::function<void(Result<T, wire::Code>)>;

struct Quota {
  std::uint32_t envelopes = 1000;        // in one mailbox
  std::uint64_t bytes = 32 << 20;        // of envelopes in one mailbox
  std::uint64_t chunk_bytes = 64 << 20;  // of files in one mailbox
};

// Whether a mailbox that is not there yet may be made: by everybody (who was admitted by other means), by who
// brings an invite code that is still good for one, or by nobody now.
enum class Making : std::uint8_t { free, invited, none };

// An invite code that the operator gave to somebody.
struct Invite {
  static constexpr std::size_t kMaxLabel = 64;
  std::string label;  // tells it from the others
  wire::InviteHash code;
  std::uint32_t mailboxes = 0;  // that it is still good for
  std::optional<Time> until;    // not good from then on
};

// One-time prekeys of one mailbox that are kept; more are a quota error.
inline constexpr std::uint32_t kMaxStoredOtks = 200;
// A mailbox with fewer one-time prekeys than this (and than it may still hand out) is low.
inline constexpr std::uint16_t kLowStock = 20;

// What a session needs to know of a mailbox to subscribe its owner.
struct Owner {
  wire::ReaderKey reader;
  std::optional<std::uint16_t> low_stock;  // one-time prekeys left, if that is low
  std::uint64_t claim = 0;                 // for whoever subscribes now; 0 where there is but one node
};

struct Sent {
  bool stored = false;  // false: a repeat
};

struct HandedOut {
  wire::Keys keys;
  std::optional<std::uint16_t> low_stock;  // as above, if this answer took one
};

struct Held {
  wire::Msg msg;
  Time due;  // not to be delivered from then on
};

// Envelopes of one mailbox, in order.
struct Page {
  std::vector<Held> envelopes;
  bool more = false;           // there are others after them
  bool quota_reached = false;  // senders were refused and the owner has not been told
};

class Store {
 public:
  virtual ~Store() = default;

  // The same again is OK whatever `making` says. An invite pays for one mailbox in the transaction that makes
  // it; without: refused where nothing is made, not_admitted where an invite is wanted.
  virtual void create(wire::New request, Making making, Done<void> done) = 0;
  virtual void remove(wire::MailboxId mailbox, Done<void> done) = 0;

  // One entry for each mailbox, in order; nothing for those that do not exist.
  virtual void owners(std::vector<wire::MailboxId> mailboxes,
                      Done<std::vector<std::optional<Owner>>> done) = 0;

  virtual void send(wire::Send request, Done<Sent> done) = 0;

  // Deletes every envelope up to and including `number`.
  virtual void acknowledge(wire::MailboxId mailbox, std::uint64_t number, Done<void> done) = 0;

  virtual void put_keys(wire::KeysPut request, Done<void> done) = 0;
  virtual void get_keys(wire::KeysGet request, Done<HandedOut> done) = 0;

  // What a vault keeps here of its key (wire::ShareStore). Destroyed halves leave the files as deleted
  // envelopes do.
  virtual void store_share(wire::ShareStore request, Done<void> done) = 0;
  virtual void keep_only_share(wire::ShareKeepOnly request, Done<void> done) = 0;
  virtual void shares(wire::MailboxId mailbox, Done<wire::Shares> done) = 0;

  // For the operator. refused: the label is taken by another code. The same again is OK and changes nothing.
  virtual void add_invite(Invite invite, Done<void> done) = 0;
  // In the order of their labels, used up and expired ones too.
  virtual void invites(Done<std::vector<Invite>> done) = 0;
  // no_access: there is none of that label.
  virtual void remove_invite(std::string label, Done<void> done) = 0;

  // Files (wire::ChunkPut). The digest has been checked. Chunks count against a quota of their own, and die
  // like envelopes.
  virtual void put_chunk(wire::ChunkPut request, Done<void> done) = 0;
  virtual void wanted_chunks(wire::ChunksWanted request, Done<wire::ChunksMissing> done) = 0;
  virtual void drop_chunks(wire::ChunksDrop request, Done<void> done) = 0;
  // Committed chunks; not ordered with the operations above.
  virtual void get_chunk(wire::ChunkDigest digest, Done<wire::Chunk> done) = 0;

  // Committed envelopes after `after` that are not due, at most `max_count` and `max_bytes`, but always one
  // if there is one. Not ordered with the operations above.
  virtual void fetch(wire::MailboxId mailbox, std::uint64_t after, std::size_t max_count,
                     std::size_t max_bytes, Done<Page> done) = 0;

  // The owner has been told that senders were refused; it is not told again until a sender got through.
  virtual void quota_told(wire::MailboxId mailbox) = 0;

  // From now on. What a mailbox holds already stays, even if it is more.
  virtual void set_quota(Quota quota) = 0;

  // Tells other nodes that these have a reader here. A store with one node has nobody to tell.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): a store that has somebody keeps them
  virtual void announce(std::vector<Claim> /*claims*/) {}

  // False while nothing can be kept. Safe from any thread.
  [[nodiscard]] virtual bool healthy() const = 0;

  // What it has done since it was opened. Safe from any thread.
  [[nodiscard]] virtual const StoreCounts& counts() const = 0;

  // This relay's Ed25519 public key. Safe from any thread.
  [[nodiscard]] virtual wire::ServerKey server_key() const = 0;
};

}  // namespace tacet::relay
