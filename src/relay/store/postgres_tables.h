// What the writing thread does to the tables on PostgreSQL: requests of one transaction, in order. Sends and
// acknowledgements of different mailboxes are gathered, so that a full batch costs three round trips. Throws
// PgError.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "base/random.h"
#include "relay/store/hour_chain.h"
#include "relay/store/news.h"
#include "relay/store/postgres.h"
#include "relay/store/store.h"

namespace tacet::relay {

class PgTables {
 public:
  template <class T>
  using Outcome = Result<T, wire::Code>;

  // Hour keys and randomness must outlive it. News is said in the name of `node`.
  PgTables(const HourChain& hour_keys, Random& random, const Quota& quota, const NodeId& node)
      : hour_keys_(hour_keys), random_(random), wanted_quota_(quota), node_(node) {}

  // Begins a transaction in which these mailboxes are this node's alone: nobody else's transaction touches
  // them before this one's end. Locked in one order everywhere, so that nodes never wait for each other in a
  // circle.
  void begin(PgConnection& database, Time now, const std::vector<wire::MailboxId>& mailboxes);

  // Says to other nodes what happened, and makes it durable.
  void commit();

  // The result is written when the transaction is flushed or committed; `request` and `out` must live until
  // then.
  void send(const wire::Send& request, Outcome<Sent>& out);
  void acknowledge(const wire::MailboxId& mailbox, std::uint64_t number);

  Outcome<void> create(const wire::New& request, Making making);
  void remove(const wire::MailboxId& mailbox);
  std::vector<std::optional<Owner>> owners(const std::vector<wire::MailboxId>& mailboxes);
  Outcome<void> put_keys(const wire::KeysPut& request);
  Outcome<HandedOut> get_keys(const wire::KeysGet& request);
  Outcome<void> store_share(const wire::ShareStore& request);
  Outcome<void> keep_only_share(const wire::ShareKeepOnly& request);
  Outcome<wire::Shares> shares(const wire::MailboxId& mailbox);
  Outcome<void> add_invite(const Invite& invite);
  std::vector<Invite> invites();
  Outcome<void> remove_invite(const std::string& label);
  Outcome<void> put_chunk(const wire::ChunkPut& request);
  Outcome<wire::ChunksMissing> wanted_chunks(const wire::ChunksWanted& request);
  void drop_chunks(const wire::ChunksDrop& request);
  void quota_told(const wire::MailboxId& mailbox);
  void announce(const std::vector<Claim>& claims);
  // From the next transaction on. Safe from any thread.
  void set_quota(const Quota& quota) {
    const std::lock_guard lock(quota_mutex_);
    wanted_quota_ = quota;
  }

  // Deletes answers and ids of one-time prekeys that are past remembering, up to `limit` of each. True if
  // there may be more. In a transaction of its own.
  static bool sweep(PgConnection& database, Time now, std::int64_t limit);

 private:
  // A mailbox that envelopes go into.
  struct Box {
    wire::TokenHash token_hash;
    std::int64_t next_number = 0;
    std::int64_t held = 0;
    std::int64_t held_bytes = 0;
    std::int64_t refused = 0;
    std::int64_t new_held = 0;  // of these, not inserted yet
    std::int64_t new_bytes = 0;
    bool counted = false;  // `held` is exact
    bool changed = false;
  };
  struct Sending {
    const wire::Send* request;
    Outcome<Sent>* out;
  };
  struct NewEnvelope {
    const wire::Send* request;
    std::int64_t number, due;
    ByteVector body;
  };

  void flush();
  void flush_if_touched(const wire::MailboxId& mailbox);
  [[nodiscard]] std::map<wire::MailboxId, Box> boxes_in(const PgRows& rows) const;
  Outcome<Sent> put_in(Box& box, const wire::Send& request, std::vector<NewEnvelope>& fresh);
  [[nodiscard]] bool has_room(Box& box, const wire::Send& request);
  void insert(const std::vector<NewEnvelope>& fresh, const std::map<wire::MailboxId, Box>& boxes);
  void tell(News::Kind kind, const wire::MailboxId& mailbox, std::uint64_t number = 0);
  [[nodiscard]] std::map<wire::MailboxId, Owner> look_up(const std::vector<wire::MailboxId>& mailboxes);
  [[nodiscard]] bool exists(const wire::MailboxId& mailbox);
  [[nodiscard]] bool pay(const wire::Credential& credential);
  [[nodiscard]] bool opens(const wire::MailboxId& mailbox, const wire::SendToken& token);

  const HourChain& hour_keys_;
  Random& random_;
  std::mutex quota_mutex_;
  Quota wanted_quota_;
  const NodeId node_;

  // Of the transaction that is open.
  PgConnection* database_ = nullptr;
  std::int64_t now_ = 0;
  Quota quota_;
  std::vector<Sending> sends_;
  std::map<wire::MailboxId, std::int64_t> acknowledged_;
  std::vector<News::Item> news_;
};

}  // namespace tacet::relay
