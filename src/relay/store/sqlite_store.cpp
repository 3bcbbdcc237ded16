#include "relay/store/sqlite_store.h"

#include <filesystem>

#include "crypto/ed25519.h"
#include "relay/store/data_folder.h"
#include "relay/store/fetch_thread.h"
#include "relay/store/schema.h"
#include "relay/store/writer.h"
#include "wire/block.h"

namespace tacet::relay {

// Members are closed from the last to the first: the reader before the writer, whose last act is to empty the
// log.
class SqliteStore::Core {
 public:
  Core(std::unique_ptr<DataFolder> held, std::unique_ptr<HourKeys> keys, const std::string& database,
       const Quota& quota, Clock& system, Random& random, const Executor& executor)
      : folder(std::move(held)),
        hour_keys(std::move(keys)),
        clock(system),
        writer(database, *hour_keys, random, clock, quota, counts, executor),
        server_key{crypto::ed25519_public(*crypto::Ed25519Seed::from(writer.seed("server-seed").view())).raw},
        fetch(database, *hour_keys, clock, counts, executor) {
    writer.start();
  }

  // Hands a change to the writer; its result, or busy, goes to `done`.
  template <class T, class Apply>
  void change(std::size_t bytes, Done<T> done, Apply apply) {
    writer.submit(
        [done, apply = std::move(apply)](Tables& tables, Time now) -> Writer::Answer {
          return [done, result = Result<T, wire::Code>(apply(tables, now))] { done(result); };
        },
        [done] { done(unexpected(wire::Code::busy)); }, bytes);
  }

  std::unique_ptr<DataFolder> folder;
  std::unique_ptr<HourKeys> hour_keys;
  ForwardClock clock;
  StoreCounts counts;
  Writer writer;
  wire::ServerKey server_key;
  FetchThread fetch;
};

SqliteStore::SqliteStore(std::unique_ptr<Core> core) : core_(std::move(core)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>, std::string> SqliteStore::open(const Options& options, Clock& clock,
                                                                    Random& random,
                                                                    const Executor& executor) {
  auto folder = DataFolder::open(options.folder);
  if (!folder) return unexpected(folder.error());
  const PrivateFiles ours;
  const std::string database = (*folder)->file("relay.sqlite");
  Result<std::unique_ptr<SqliteStore>, std::string> out;
  try {
    const auto format = std::filesystem::exists(database) ? [&] {
      // Not only to read: a power cut may have left something to be rolled back before anything can be read.
      Database probe(database, Database::Mode::write);
      return format_of(probe);
    }()
                                             : 0;
    auto hour_keys = HourKeys::open((*folder)->file("hour-keys"), random, options.open_key_file);
    if (format > kFormat) {
      out = unexpected("The data folder " + options.folder +
                       " was written by a newer tacet-relay. Nothing was changed. Run that one.");
    } else if (!hour_keys) {
      out = unexpected(hour_keys.error());
    } else {
      out = std::unique_ptr<SqliteStore>(new SqliteStore(std::make_unique<Core>(
          std::move(*folder), std::move(*hour_keys), database, options.quota, clock, random, executor)));
    }
  } catch (const SqliteError& problem) {
    out = unexpected("The database " + database + " cannot be used: " + problem.what() + ".");
  }
  return out;
}

void SqliteStore::create(wire::New request, Making making, Done<void> done) {
  core_->change(sizeof(request), std::move(done), [request, making](Tables& tables, Time now) {
    return tables.mailboxes.create(request, making, tables.invites, now);
  });
}

void SqliteStore::remove(wire::MailboxId mailbox, Done<void> done) {
  core_->change(sizeof(mailbox), std::move(done),
                [mailbox](Tables& tables, Time) { return tables.mailboxes.remove(mailbox); });
}

void SqliteStore::owners(std::vector<wire::MailboxId> mailboxes,
                         Done<std::vector<std::optional<Owner>>> done) {
  const std::size_t bytes = mailboxes.size() * sizeof(wire::MailboxId);
  core_->change(bytes, std::move(done),
                [ids = std::move(mailboxes)](Tables& tables, Time) { return tables.keys.owners(ids); });
}

void SqliteStore::send(wire::Send request, Done<Sent> done) {
  const std::size_t bytes = request.envelope.size();
  core_->change(bytes, std::move(done),
                [request = std::make_shared<const wire::Send>(std::move(request))](Tables& tables, Time now) {
                  return tables.mailboxes.send(*request, now);
                });
}

void SqliteStore::acknowledge(wire::MailboxId mailbox, std::uint64_t number, Done<void> done) {
  core_->change(sizeof(mailbox), std::move(done), [mailbox, number](Tables& tables, Time) {
    return tables.mailboxes.acknowledge(mailbox, number);
  });
}

void SqliteStore::put_keys(wire::KeysPut request, Done<void> done) {
  const std::size_t bytes = wire::kMaxBlock;
  core_->change(bytes, std::move(done),
                [request = std::make_shared<const wire::KeysPut>(std::move(request))](Tables& tables, Time) {
                  return tables.keys.put(*request);
                });
}

void SqliteStore::get_keys(wire::KeysGet request, Done<HandedOut> done) {
  core_->change(sizeof(request), std::move(done),
                [request](Tables& tables, Time now) { return tables.keys.get(request, now); });
}

void SqliteStore::store_share(wire::ShareStore request, Done<void> done) {
  core_->change(sizeof(request), std::move(done),
                [request](Tables& tables, Time) { return tables.mailboxes.store_share(request); });
}

void SqliteStore::keep_only_share(wire::ShareKeepOnly request, Done<void> done) {
  core_->change(sizeof(request), std::move(done),
                [request](Tables& tables, Time) { return tables.mailboxes.keep_only_share(request); });
}

void SqliteStore::shares(wire::MailboxId mailbox, Done<wire::Shares> done) {
  core_->change(sizeof(mailbox), std::move(done),
                [mailbox](Tables& tables, Time) { return tables.mailboxes.shares(mailbox); });
}

void SqliteStore::add_invite(Invite invite, Done<void> done) {
  core_->change(sizeof(invite), std::move(done),
                [invite](Tables& tables, Time) { return tables.invites.add(invite); });
}

void SqliteStore::invites(Done<std::vector<Invite>> done) {
  core_->change(0, std::move(done), [](Tables& tables, Time) { return tables.invites.all(); });
}

void SqliteStore::remove_invite(std::string label, Done<void> done) {
  core_->change(label.size(), std::move(done),
                [label](Tables& tables, Time) { return tables.invites.remove(label); });
}

void SqliteStore::put_chunk(wire::ChunkPut request, Done<void> done) {
  const std::size_t bytes = request.body.size();
  core_->change(bytes, std::move(done),
                [request = std::make_shared<const wire::ChunkPut>(std::move(request))](
                    Tables& tables, Time now) { return tables.chunks.put(*request, now); });
}

void SqliteStore::wanted_chunks(wire::ChunksWanted request, Done<wire::ChunksMissing> done) {
  const std::size_t bytes = request.digests.size() * wire::ChunkDigest::size;
  core_->change(bytes, std::move(done), [request = std::move(request)](Tables& tables, Time now) {
    return tables.chunks.wanted(request, now);
  });
}

void SqliteStore::drop_chunks(wire::ChunksDrop request, Done<void> done) {
  const std::size_t bytes = request.digests.size() * wire::ChunkDigest::size;
  core_->change(bytes, std::move(done),
                [request = std::move(request)](Tables& tables, Time) { return tables.chunks.drop(request); });
}

void SqliteStore::get_chunk(wire::ChunkDigest digest, Done<wire::Chunk> done) {
  core_->fetch.get_chunk(digest, std::move(done));
}

void SqliteStore::fetch(wire::MailboxId mailbox, std::uint64_t after, std::size_t max_count,
                        std::size_t max_bytes, Done<Page> done) {
  core_->fetch.fetch(mailbox, after, max_count, max_bytes, std::move(done));
}

void SqliteStore::quota_told(wire::MailboxId mailbox) {
  core_->change<void>(
      sizeof(mailbox), [](const auto&) {},
      [mailbox](Tables& tables, Time) {
        tables.mailboxes.quota_told(mailbox);
        return Outcome<void>();
      });
}

void SqliteStore::set_quota(Quota quota) {
  core_->change<void>(
      sizeof(quota), [](const auto&) {},
      [quota](Tables& tables, Time) {
        tables.mailboxes.set_quota(quota);
        return Outcome<void>();
      });
}

bool SqliteStore::healthy() const {
  return core_->writer.healthy();
}

const StoreCounts& SqliteStore::counts() const {
  return core_->counts;
}

wire::ServerKey SqliteStore::server_key() const {
  return core_->server_key;
}

void SqliteStore::tidy(Done<void> done) {
  core_->writer.tidy([done = std::move(done)](bool ok) {
    done(ok ? Outcome<void>() : Outcome<void>(unexpected(wire::Code::busy)));
  });
}

}  // namespace tacet::relay
