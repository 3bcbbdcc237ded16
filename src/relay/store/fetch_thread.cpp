#include "relay/store/fetch_thread.h"

#include <spdlog/spdlog.h>

#include "crypto/sealed.h"
#include "relay/store/chunk_tables.h"
#include "relay/store/wipe_stack.h"

namespace tacet::relay {

namespace {

// How long what was read stays in memory, deleted or not.
constexpr std::chrono::seconds kForgetAfter{5};

}  // namespace

FetchThread::FetchThread(const std::string& path, const HourKeys& hour_keys, Clock& clock,
                         StoreCounts& counts, Executor executor)
    : database_(path, Database::Mode::read),
      hour_keys_(hour_keys),
      clock_(clock),
      counts_(counts),
      executor_(std::move(executor)),
      thread_([this] { loop(); }) {}

FetchThread::~FetchThread() {
  queue_.close();
  thread_.join();
}

template <class T, class Read>
void FetchThread::submit(Done<T> done, Read read) {
  Request request{[this, done, read = std::move(read)]() -> std::function<void()> {
                    auto result = std::make_shared<Result<T, wire::Code>>(unexpected(wire::Code::busy));
                    try {
                      *result = read();
                    } catch (const SqliteError& error) {
                      counts_.failures.add();
                      spdlog::error("the store cannot be read now: {}", error.what());
                    }
                    return [done, result] { done(std::move(*result)); };
                  },
                  [done] { done(unexpected(wire::Code::busy)); }};
  if (!queue_.push(request, sizeof(Request))) executor_(std::move(request.refuse));
}

void FetchThread::fetch(const wire::MailboxId& mailbox, std::uint64_t after, std::size_t max_count,
                        std::size_t max_bytes, Done<Page> done) {
  submit(std::move(done),
         [this, wanted = Wanted{mailbox, after, max_count, max_bytes}] { return page(wanted); });
}

void FetchThread::get_chunk(const wire::ChunkDigest& digest, Done<wire::Chunk> done) {
  submit(std::move(done), [this, digest] { return chunk(digest); });
}

void FetchThread::loop() {
  auto forget_at = std::chrono::steady_clock::now() + kForgetAfter;
  for (;;) {
    std::vector<Request> requests = queue_.take(1, std::chrono::milliseconds(0), kForgetAfter);
    if (requests.empty() && queue_.closed()) return;
    if (std::chrono::steady_clock::now() >= forget_at) {
      database_.forget_pages();
      wipe_stack();
      forget_at = std::chrono::steady_clock::now() + kForgetAfter;
    }
    for (Request& request : requests) executor_(request.read());
  }
}

Result<Page, wire::Code> FetchThread::page(const Wanted& request) {
  const auto began = std::chrono::steady_clock::now();
  Page page;
  Rows mailbox = find_.run(request.mailbox);
  if (!mailbox.next()) return page;
  page.quota_reached = mailbox.integer(1) == 1;

  // One more than asked for, to know whether there is one.
  Rows rows = next_.run(mailbox.integer(0),
                        static_cast<std::int64_t>(std::min<std::uint64_t>(request.after, INT64_MAX)),
                        to_millis(clock_.now()), static_cast<std::int64_t>(request.max_count) + 1);
  std::size_t bytes = 0;
  while (rows.next()) {
    const auto size = static_cast<std::size_t>(rows.integer(5));
    const bool full = page.envelopes.size() >= request.max_count || bytes + size > request.max_bytes;
    if (full && !page.envelopes.empty()) {
      page.more = true;
      break;
    }
    wire::Msg msg{request.mailbox,
                  static_cast<std::uint64_t>(rows.integer(0)),
                  rows.bytes<wire::MessageId>(1),
                  rows.integer(2),
                  {}};
    const Time due = from_millis(rows.integer(3));
    const auto key = hour_keys_.find(hour_of(due));
    if (!key) continue;  // fell due just now
    const auto envelope = crypto::open(*key, kEnvelopeLabel,
                                       envelope_binding(msg.mailbox, msg.number, msg.message), rows.blob(4));
    if (!envelope) {
      spdlog::error("an envelope in the store is damaged and cannot be delivered");
      continue;
    }
    msg.envelope.assign(envelope->begin(), envelope->end());
    bytes += size;
    page.envelopes.push_back({std::move(msg), due});
  }
  counts_.fetch.add(seconds_since(began));
  return page;
}

Result<wire::Chunk, wire::Code> FetchThread::chunk(const wire::ChunkDigest& digest) {
  Rows rows = chunk_.run(digest, to_millis(clock_.now()));
  if (!rows.next()) return unexpected(wire::Code::no_access);
  const auto key = hour_keys_.find(hour_of(from_millis(rows.integer(0))));
  if (!key) return unexpected(wire::Code::no_access);  // fell due just now
  const auto body = crypto::open(*key, kChunkLabel, digest.view(), rows.blob(1));
  if (!body) {
    spdlog::error("a chunk in the store is damaged and cannot be delivered");
    return unexpected(wire::Code::no_access);
  }
  return wire::Chunk{{body->begin(), body->end()}};
}

}  // namespace tacet::relay
