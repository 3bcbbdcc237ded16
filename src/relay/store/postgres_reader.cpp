#include "relay/store/postgres_reader.h"

#include <spdlog/spdlog.h>

#include "crypto/sealed.h"
#include "relay/store/chunk_tables.h"

namespace tacet::relay {
namespace {

// The longest that closing may wait for a listener.
constexpr std::chrono::milliseconds kListen{300};
constexpr std::chrono::seconds kHeartbeat{20};
// Readers are not sent away while one database takes over from another.
constexpr std::chrono::seconds kHold{20};

}  // namespace

PgReader::PgReader(PgLink link, const HourChain& hour_keys, Clock& clock, StoreCounts& counts,
                   Executor executor)
    : link_(std::move(link)),
      hour_keys_(hour_keys),
      clock_(clock),
      counts_(counts),
      executor_(std::move(executor)),
      thread_([this] { loop(); }) {}

PgReader::~PgReader() {
  queue_.close();
  thread_.join();
}

void PgReader::fetch(const wire::MailboxId& mailbox, std::uint64_t after, std::size_t max_count,
                     std::size_t max_bytes, Done<Page> done) {
  submit({mailbox, after, max_count, max_bytes, std::move(done), {}, {}});
}

void PgReader::get_chunk(const wire::ChunkDigest& digest, Done<wire::Chunk> done) {
  submit({{}, 0, 0, 0, {}, digest, std::move(done)});
}

void PgReader::submit(Request request) {
  if (!queue_.push(request, sizeof(Request))) executor_(refusal_of(request));
}

std::function<void()> PgReader::refusal_of(const Request& request) {
  return [page = request.done, chunk = request.chunk] {
    if (page) return page(unexpected(wire::Code::busy));
    chunk(unexpected(wire::Code::busy));
  };
}

void PgReader::loop() {
  for (;;) {
    std::vector<Request> requests =
        queue_.take(kMaxBatch, std::chrono::milliseconds(0), std::chrono::hours(1));
    if (requests.empty() && queue_.closed()) return;
    if (!requests.empty()) carry_out(requests);
  }
}

void PgReader::carry_out(std::vector<Request>& requests) {
  Answers answers;
  try {
    answers = answers_to(requests);
  } catch (const PgError& error) {
    spdlog::error("the store cannot be read: {}", error.what());
    for (const Request& request : requests) answers.push_back(refusal_of(request));
  }
  executor_([answers = std::move(answers)] {
    for (const auto& answer : answers) answer();
  });
}

PgReader::Answers PgReader::answers_to(const std::vector<Request>& requests) {
  const auto until = std::chrono::steady_clock::now() + kHold;
  for (;;) {
    try {
      return read(requests, link_.get());
    } catch (const PgError&) {
      if (link_.connected()) counts_.failures.add();
      link_.lost();
      if (queue_.closed() || std::chrono::steady_clock::now() >= until) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

PgReader::Answers PgReader::read(const std::vector<Request>& requests, PgConnection& database) {
  const auto began = std::chrono::steady_clock::now();
  const std::int64_t now = to_millis(clock_.now());
  for (const Request& request : requests) {
    if (request.done) {
      ask_page(database, request, now);
    } else {
      database.add("SELECT due, body FROM chunk WHERE digest = $1 AND due > $2 LIMIT 1", request.digest, now);
    }
  }
  const std::vector<PgRows> rows = database.sync();
  link_.works();
  counts_.fetch.add(seconds_since(began));
  Answers answers;
  std::size_t at = 0;
  for (const Request& request : requests) {
    if (request.done) {
      auto page = std::make_shared<Page>(page_in(request, rows[at], rows[at + 1]));
      answers.emplace_back([done = request.done, page] { done(std::move(*page)); });
      at += 2;
    } else {
      auto chunk = std::make_shared<Result<wire::Chunk, wire::Code>>(chunk_in(request, rows[at]));
      answers.emplace_back([done = request.chunk, chunk] { done(std::move(*chunk)); });
      at += 1;
    }
  }
  return answers;
}

void PgReader::ask_page(PgConnection& database, const Request& request, std::int64_t now) {
  database.add("SELECT refused FROM mailbox WHERE id = $1", request.mailbox);
  // One more than asked for, without its body, to know whether there is one.
  database.add(
      "SELECT number, message, stored_at, due, size, place,"
      " CASE WHEN place <= $4 AND (place = 1 OR bytes <= $5) THEN body END"
      " FROM (SELECT *, row_number() OVER (ORDER BY number) AS place,"
      " (sum(size) OVER (ORDER BY number))::bigint AS bytes"
      " FROM (SELECT * FROM envelope WHERE mailbox = $1 AND number > $2 AND due > $3"
      " ORDER BY number LIMIT $4 + 1) AS first) AS counted ORDER BY number",
      request.mailbox, static_cast<std::int64_t>(std::min<std::uint64_t>(request.after, INT64_MAX)), now,
      static_cast<std::int64_t>(request.max_count), static_cast<std::int64_t>(request.max_bytes));
}

Result<wire::Chunk, wire::Code> PgReader::chunk_in(const Request& request, const PgRows& rows) const {
  if (rows.empty()) return unexpected(wire::Code::no_access);
  const auto key = hour_keys_.find(hour_of(from_millis(rows.integer(0, 0))));
  if (!key) return unexpected(wire::Code::no_access);  // fell due just now
  const auto body = crypto::open(*key, kChunkLabel, request.digest.view(), rows.blob(0, 1));
  if (!body) {
    spdlog::error("a chunk in the store is damaged and cannot be delivered");
    return unexpected(wire::Code::no_access);
  }
  return wire::Chunk{{body->begin(), body->end()}};
}

Page PgReader::page_in(const Request& request, const PgRows& mailbox, const PgRows& rows) const {
  Page page;
  if (mailbox.empty()) return page;
  page.quota_reached = mailbox.integer(0, 0) == 1;
  for (int i = 0; i < rows.count(); ++i) {
    if (rows.is_null(i, 6)) {
      page.more = true;
      break;
    }
    wire::Msg msg{request.mailbox,
                  static_cast<std::uint64_t>(rows.integer(i, 0)),
                  rows.bytes<wire::MessageId>(i, 1),
                  rows.integer(i, 2),
                  {}};
    const Time due = from_millis(rows.integer(i, 3));
    const auto key = hour_keys_.find(hour_of(due));
    if (!key) {
      if (due <= clock_.now()) continue;  // just now
      // Not to be passed over: whoever asks goes on after what he was given.
      throw PgError("this node's clock does not fit its hour keys");
    }
    const auto envelope = crypto::open(
        *key, kEnvelopeLabel, envelope_binding(msg.mailbox, msg.number, msg.message), rows.blob(i, 6));
    if (!envelope) {
      spdlog::error("an envelope in the store is damaged and cannot be delivered");
      continue;
    }
    msg.envelope.assign(envelope->begin(), envelope->end());
    page.envelopes.push_back({std::move(msg), due});
  }
  return page;
}

PgListener::PgListener(PgLink link, const NodeId& node, Executor executor, News& news)
    : link_(std::move(link)), node_(node), executor_(std::move(executor)), news_(news), thread_([this] {
        loop();
      }) {}

PgListener::~PgListener() {
  closing_ = true;
  thread_.join();
}

void PgListener::loop() {
  while (!closing_) {
    try {
      listen();
    } catch (const PgError&) {
      // The writer says what is wrong with the database; here it is enough to come back.
      link_.lost();
    }
    while (!closing_ && !link_.due()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void PgListener::listen() {
  PgConnection& database = link_.get();
  database.add_once("LISTEN tacet_relay");
  database.sync();
  link_.works();
  // What was said while nobody listened here is lost.
  executor_([this] { news_.missed(); });
  auto last_sign = std::chrono::steady_clock::now();
  while (!closing_) {
    std::vector<News::Item> items;
    auto text = database.notification(kListen);
    for (; text; text = database.notification(std::chrono::milliseconds(0))) {
      const auto more = decode_news(node_, *text);
      items.insert(items.end(), more.begin(), more.end());
    }
    if (!items.empty()) executor_([this, items = std::move(items)] { news_.heard(items); });
    if (std::chrono::steady_clock::now() >= last_sign + kHeartbeat) {
      database.run("SELECT 1");
      last_sign = std::chrono::steady_clock::now();
    }
  }
}

}  // namespace tacet::relay
