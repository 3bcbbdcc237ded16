#include "relay/store/postgres_store.h"

#include <filesystem>

#include "crypto/ed25519.h"
#include "relay/store/data_folder.h"
#include "relay/store/postgres_reader.h"
#include "relay/store/postgres_schema.h"
#include "relay/store/postgres_writer.h"
#include "wire/block.h"

namespace tacet::relay {
namespace {

using Opened = Result<std::unique_ptr<HourChain>, std::string>;

// The hour keys that belong to this database, or a sentence for the operator.
Opened open_hour_keys(PgConnection& database, const std::string& path, Random& random, Time now) {
  const std::string advice = "Copy the file from the data folder of another node to " + path + ".";
  const bool known = !database.run("SELECT FROM meta WHERE name = 'hour-chain'").empty();
  if (known && !std::filesystem::exists(path)) {
    return unexpected("This database's envelopes lie under hour keys that this node does not have. " +
                      advice);
  }
  auto chain = HourChain::open(path, random, hour_of(now));
  if (!chain) return chain;
  const ByteVector known_name = meta_value(database, "hour-chain", (*chain)->name());
  if (equal_constant_time(known_name, (*chain)->name())) return chain;
  // Two nodes can begin at the same moment.
  if ((*chain)->fresh()) std::filesystem::remove(path);
  return unexpected("The hour keys in " + path + " are not those of this database. " + advice);
}

}  // namespace

// Members are closed from the last to the first.
class PostgresStore::Core {
 public:
  Core(std::unique_ptr<DataFolder> held, std::unique_ptr<HourChain> keys, const crypto::Ed25519Seed& seed,
       const Options& options, Clock& system, Random& random, const Executor& executor, News& news)
      : folder(std::move(held)),
        hour_keys(std::move(keys)),
        clock(system),
        node(random.draw<NodeId>()),
        server_key{crypto::ed25519_public(seed).raw},
        writer(PgLink(options.database, random), *hour_keys, random, clock, options.quota,
               options.clock_tolerance, node, counts, executor, [&news] { news.missed(); }),
        reader(PgLink(options.database, random), *hour_keys, clock, counts, executor),
        listener(PgLink(options.database, random), node, executor, news) {}

  // Hands a change to the writer; its result, or busy, goes to `done`. The change may leave its result for
  // later, until the commit.
  template <class T, class Apply>
  void change(std::vector<wire::MailboxId> mailboxes, std::size_t bytes, Done<T> done, Apply apply) {
    auto result = std::make_shared<Result<T, wire::Code>>();
    PgWriter::Work work;
    work.mailboxes = std::move(mailboxes);
    work.change = [result, apply = std::move(apply)](PgTables& tables) { apply(tables, *result); };
    work.answer = [result, done] { done(std::move(*result)); };
    work.refuse = [done = std::move(done)] { done(unexpected(wire::Code::busy)); };
    writer.submit(std::move(work), bytes);
  }

  std::unique_ptr<DataFolder> folder;
  std::unique_ptr<HourChain> hour_keys;
  ForwardClock clock;
  StoreCounts counts;
  const NodeId node;
  wire::ServerKey server_key;
  PgWriter writer;
  PgReader reader;
  PgListener listener;
};

PostgresStore::PostgresStore(std::unique_ptr<Core> core) : core_(std::move(core)) {}
PostgresStore::~PostgresStore() = default;

Result<std::unique_ptr<PostgresStore>, std::string> PostgresStore::open(const Options& options, Clock& clock,
                                                                        Random& random,
                                                                        const Executor& executor,
                                                                        News& news) {
  auto folder = DataFolder::open(options.folder);
  if (!folder) return unexpected(folder.error());
  const PrivateFiles ours;
  try {
    PgConnection database(options.database);
    if (std::string problem = prepare_tables(database); !problem.empty())
      return unexpected(std::move(problem));
    auto hour_keys = open_hour_keys(database, (*folder)->file("hour-chain"), random, clock.now());
    if (!hour_keys) return unexpected(hour_keys.error());
    const auto drawn = random.draw<crypto::Ed25519Seed>();
    const auto seed = crypto::Ed25519Seed::from(meta_value(database, "server-seed", drawn.view()));
    if (!seed)
      return unexpected<std::string>(
          "The database is damaged: the relay's own key in it has the wrong size.");
    return std::unique_ptr<PostgresStore>(new PostgresStore(std::make_unique<Core>(
        std::move(*folder), std::move(*hour_keys), *seed, options, clock, random, executor, news)));
  } catch (const PgError& problem) {
    return unexpected(std::string("The database cannot be used: ") + problem.what() + ".");
  }
}

void PostgresStore::create(wire::New request, Making making, Done<void> done) {
  core_->change<void>(
      {request.mailbox}, sizeof(request), std::move(done),
      [request, making](PgTables& tables, auto& result) { result = tables.create(request, making); });
}

void PostgresStore::remove(wire::MailboxId mailbox, Done<void> done) {
  core_->change<void>({mailbox}, sizeof(mailbox), std::move(done),
                      [mailbox](PgTables& tables, auto&) { tables.remove(mailbox); });
}

void PostgresStore::owners(std::vector<wire::MailboxId> mailboxes,
                           Done<std::vector<std::optional<Owner>>> done) {
  const std::size_t bytes = mailboxes.size() * sizeof(wire::MailboxId);
  core_->change<std::vector<std::optional<Owner>>>(
      {}, bytes, std::move(done),
      [ids = std::move(mailboxes)](PgTables& tables, auto& result) { result = tables.owners(ids); });
}

void PostgresStore::send(wire::Send request, Done<Sent> done) {
  const std::size_t bytes = request.envelope.size();
  const wire::MailboxId mailbox = request.mailbox;
  core_->change<Sent>({mailbox}, bytes, std::move(done),
                      [request = std::make_shared<const wire::Send>(std::move(request))](
                          PgTables& tables, auto& result) { tables.send(*request, result); });
}

void PostgresStore::acknowledge(wire::MailboxId mailbox, std::uint64_t number, Done<void> done) {
  core_->change<void>({mailbox}, sizeof(mailbox), std::move(done),
                      [mailbox, number](PgTables& tables, auto&) { tables.acknowledge(mailbox, number); });
}

void PostgresStore::put_keys(wire::KeysPut request, Done<void> done) {
  const std::size_t bytes = wire::kMaxBlock;
  const wire::MailboxId mailbox = request.mailbox;
  core_->change<void>({mailbox}, bytes, std::move(done),
                      [request = std::make_shared<const wire::KeysPut>(std::move(request))](
                          PgTables& tables, auto& result) { result = tables.put_keys(*request); });
}

void PostgresStore::get_keys(wire::KeysGet request, Done<HandedOut> done) {
  core_->change<HandedOut>({request.mailbox}, sizeof(request), std::move(done),
                           [request](PgTables& tables, auto& result) { result = tables.get_keys(request); });
}

void PostgresStore::store_share(wire::ShareStore request, Done<void> done) {
  core_->change<void>({request.mailbox}, sizeof(request), std::move(done),
                      [request](PgTables& tables, auto& result) { result = tables.store_share(request); });
}

void PostgresStore::keep_only_share(wire::ShareKeepOnly request, Done<void> done) {
  core_->change<void>(
      {request.mailbox}, sizeof(request), std::move(done),
      [request](PgTables& tables, auto& result) { result = tables.keep_only_share(request); });
}

void PostgresStore::shares(wire::MailboxId mailbox, Done<wire::Shares> done) {
  core_->change<wire::Shares>({mailbox}, sizeof(mailbox), std::move(done),
                              [mailbox](PgTables& tables, auto& result) { result = tables.shares(mailbox); });
}

void PostgresStore::add_invite(Invite invite, Done<void> done) {
  core_->change<void>({}, sizeof(invite), std::move(done),
                      [invite](PgTables& tables, auto& result) { result = tables.add_invite(invite); });
}

void PostgresStore::invites(Done<std::vector<Invite>> done) {
  core_->change<std::vector<Invite>>({}, 0, std::move(done),
                                     [](PgTables& tables, auto& result) { result = tables.invites(); });
}

void PostgresStore::remove_invite(std::string label, Done<void> done) {
  core_->change<void>({}, label.size(), std::move(done),
                      [label](PgTables& tables, auto& result) { result = tables.remove_invite(label); });
}

void PostgresStore::put_chunk(wire::ChunkPut request, Done<void> done) {
  const std::size_t bytes = request.body.size();
  const wire::MailboxId mailbox = request.mailbox;
  core_->change<void>({mailbox}, bytes, std::move(done),
                      [request = std::make_shared<const wire::ChunkPut>(std::move(request))](
                          PgTables& tables, auto& result) { result = tables.put_chunk(*request); });
}

void PostgresStore::wanted_chunks(wire::ChunksWanted request, Done<wire::ChunksMissing> done) {
  const std::size_t bytes = request.digests.size() * wire::ChunkDigest::size;
  const wire::MailboxId mailbox = request.mailbox;
  core_->change<wire::ChunksMissing>({mailbox}, bytes, std::move(done),
                                     [request = std::move(request)](PgTables& tables, auto& result) {
                                       result = tables.wanted_chunks(request);
                                     });
}

void PostgresStore::drop_chunks(wire::ChunksDrop request, Done<void> done) {
  const std::size_t bytes = request.digests.size() * wire::ChunkDigest::size;
  const wire::MailboxId mailbox = request.mailbox;
  core_->change<void>(
      {mailbox}, bytes, std::move(done),
      [request = std::move(request)](PgTables& tables, auto&) { tables.drop_chunks(request); });
}

void PostgresStore::get_chunk(wire::ChunkDigest digest, Done<wire::Chunk> done) {
  core_->reader.get_chunk(digest, std::move(done));
}

void PostgresStore::fetch(wire::MailboxId mailbox, std::uint64_t after, std::size_t max_count,
                          std::size_t max_bytes, Done<Page> done) {
  core_->reader.fetch(mailbox, after, max_count, max_bytes, std::move(done));
}

void PostgresStore::quota_told(wire::MailboxId mailbox) {
  core_->change<void>(
      {mailbox}, sizeof(mailbox), [](const auto&) {},
      [mailbox](PgTables& tables, auto&) { tables.quota_told(mailbox); });
}

void PostgresStore::announce(std::vector<Claim> claims) {
  const std::size_t bytes = claims.size() * sizeof(Claim);
  // If it cannot be said now, it is said again when the store recovers (News::missed).
  core_->change<void>(
      {}, bytes, [](const auto&) {},
      [claims = std::move(claims)](PgTables& tables, auto&) { tables.announce(claims); });
}

void PostgresStore::set_quota(Quota quota) {
  core_->writer.set_quota(quota);
}

bool PostgresStore::healthy() const {
  return core_->writer.healthy();
}

const StoreCounts& PostgresStore::counts() const {
  return core_->counts;
}

wire::ServerKey PostgresStore::server_key() const {
  return core_->server_key;
}

void PostgresStore::tidy(Done<void> done) {
  PgWriter::Work work;
  work.tidied = [done = std::move(done)](bool ok) {
    if (ok) return done({});
    done(unexpected(wire::Code::busy));
  };
  core_->writer.submit(std::move(work), 0);
}

}  // namespace tacet::relay
