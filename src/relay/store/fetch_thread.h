// The thread and read-only connection that fetch what is to be delivered. It sees committed data only.
#pragma once

#include <memory>
#include <thread>

#include "relay/clock.h"
#include "relay/store/hour_keys.h"
#include "relay/store/sqlite.h"
#include "relay/store/store.h"
#include "relay/store/work_queue.h"

namespace tacet::relay {

class FetchThread {
 public:
  // Throws SqliteError. All references must outlive it.
  FetchThread(const std::string& path, const HourKeys& hour_keys, Clock& clock, StoreCounts& counts,
              Executor executor);
  ~FetchThread();

  // As Store::fetch.
  void fetch(const wire::MailboxId& mailbox, std::uint64_t after, std::size_t max_count,
             std::size_t max_bytes, Done<Page> done);
  // As Store::get_chunk.
  void get_chunk(const wire::ChunkDigest& digest, Done<wire::Chunk> done);

 private:
  struct Wanted {
    wire::MailboxId mailbox;
    std::uint64_t after = 0;
    std::size_t max_count = 0;
    std::size_t max_bytes = 0;
  };
  struct Request {
    std::function<std::function<void()>()> read;  // what it found, ready to be told
    std::function<void()> refuse;
  };

  template <class T, class Read>
  void submit(Done<T> done, Read read);
  void loop();
  [[nodiscard]] Result<Page, wire::Code> page(const Wanted& wanted);
  [[nodiscard]] Result<wire::Chunk, wire::Code> chunk(const wire::ChunkDigest& digest);

  Database database_;
  const HourKeys& hour_keys_;
  Clock& clock_;
  StoreCounts& counts_;
  Executor executor_;
  Statement find_{database_, "SELECT row, refused FROM mailbox WHERE id = ?"};
  Statement next_{database_,
                  "SELECT number, message, stored_at, due, body, size FROM envelope"
                  " WHERE mailbox = ? AND number > ? AND due > ? ORDER BY number LIMIT ?"};
  Statement chunk_{database_, "SELECT due, body FROM chunk WHERE digest = ? AND due > ? LIMIT 1"};
  WorkQueue<Request> queue_;
  std::thread thread_;
};

}  // namespace tacet::relay
