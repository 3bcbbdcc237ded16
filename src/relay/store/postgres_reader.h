// The threads of a node that fetch what is to be delivered from PostgreSQL, and that hear from other nodes.
#pragma once

#include <atomic>
#include <thread>

#include "relay/clock.h"
#include "relay/store/hour_chain.h"
#include "relay/store/postgres_link.h"
#include "relay/store/store.h"
#include "relay/store/work_queue.h"

namespace tacet::relay {

class PgReader {
 public:
  // As many fetches as share one round trip.
  static constexpr std::size_t kMaxBatch = 32;

  // All references must outlive it.
  PgReader(PgLink link, const HourChain& hour_keys, Clock& clock, StoreCounts& counts, Executor executor);
  ~PgReader();

  // As Store::fetch.
  void fetch(const wire::MailboxId& mailbox, std::uint64_t after, std::size_t max_count,
             std::size_t max_bytes, Done<Page> done);
  // As Store::get_chunk.
  void get_chunk(const wire::ChunkDigest& digest, Done<wire::Chunk> done);

 private:
  struct Request {
    wire::MailboxId mailbox;
    std::uint64_t after = 0;
    std::size_t max_count = 0;
    std::size_t max_bytes = 0;
    Done<Page> done;  // nothing: a chunk is wanted
    wire::ChunkDigest digest;
    Done<wire::Chunk> chunk;
  };

  void loop();
  void carry_out(std::vector<Request>& requests);
  using Answers = std::vector<std::function<void()>>;
  // Throw PgError.
  [[nodiscard]] Answers answers_to(const std::vector<Request>& requests);
  [[nodiscard]] Answers read(const std::vector<Request>& requests, PgConnection& database);
  void submit(Request request);
  static void ask_page(PgConnection& database, const Request& request, std::int64_t now);
  static std::function<void()> refusal_of(const Request& request);
  [[nodiscard]] Result<wire::Chunk, wire::Code> chunk_in(const Request& request, const PgRows& rows) const;
  [[nodiscard]] Page page_in(const Request& request, const PgRows& mailbox, const PgRows& rows) const;

  PgLink link_;
  const HourChain& hour_keys_;
  Clock& clock_;
  StoreCounts& counts_;
  Executor executor_;
  WorkQueue<Request> queue_;
  std::thread thread_;
};

class PgListener {
 public:
  // `news` is told through the executor, and must outlive it, as must what the executor runs.
  PgListener(PgLink link, const NodeId& node, Executor executor, News& news);
  ~PgListener();

 private:
  void loop();
  void listen();

  PgLink link_;
  const NodeId node_;
  Executor executor_;
  News& news_;
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

}  // namespace tacet::relay
