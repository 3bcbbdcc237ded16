// The store on SQLite: a writer thread that batches, a reader thread, and the work a store does by itself
// (README.md one folder up).
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "relay/clock.h"
#include "relay/store/key_file.h"
#include "relay/store/store.h"

namespace tacet::relay {

class SqliteStore final : public Store {
 public:
  struct Options {
    std::string folder;  // made, for its owner alone, if it is not there
    Quota quota;
    OpenKeyFile open_key_file = relay::open_key_file;
  };

  // Else a sentence for the operator: what is wrong and what to do. Clock and random must outlive the store
  // and be safe from any thread.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>, std::string> open(const Options& options,
                                                                              Clock& clock, Random& random,
                                                                              const Executor& executor);
  // Carries out what was submitted, then closes.
  ~SqliteStore() override;

  void create(wire::New request, Making making, Done<void> done) override;
  void remove(wire::MailboxId mailbox, Done<void> done) override;
  void owners(std::vector<wire::MailboxId> mailboxes, Done<std::vector<std::optional<Owner>>> done) override;
  void send(wire::Send request, Done<Sent> done) override;
  void acknowledge(wire::MailboxId mailbox, std::uint64_t number, Done<void> done) override;
  void put_keys(wire::KeysPut request, Done<void> done) override;
  void get_keys(wire::KeysGet request, Done<HandedOut> done) override;
  void store_share(wire::ShareStore request, Done<void> done) override;
  void keep_only_share(wire::ShareKeepOnly request, Done<void> done) override;
  void shares(wire::MailboxId mailbox, Done<wire::Shares> done) override;
  void add_invite(Invite invite, Done<void> done) override;
  void invites(Done<std::vector<Invite>> done) override;
  void remove_invite(std::string label, Done<void> done) override;
  void put_chunk(wire::ChunkPut request, Done<void> done) override;
  void wanted_chunks(wire::ChunksWanted request, Done<wire::ChunksMissing> done) override;
  void drop_chunks(wire::ChunksDrop request, Done<void> done) override;
  void get_chunk(wire::ChunkDigest digest, Done<wire::Chunk> done) override;
  void fetch(wire::MailboxId mailbox, std::uint64_t after, std::size_t max_count, std::size_t max_bytes,
             Done<Page> done) override;
  void quota_told(wire::MailboxId mailbox) override;
  void set_quota(Quota quota) override;
  [[nodiscard]] bool healthy() const override;
  [[nodiscard]] const StoreCounts& counts() const override;
  [[nodiscard]] wire::ServerKey server_key() const override;

  // Deletes what is due, destroys the keys of past hours and checkpoints, now instead of within its seconds.
  // busy if any of it failed.
  void tidy(Done<void> done);

 private:
  class Core;
  explicit SqliteStore(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace tacet::relay
