// A store in a folder of its own, a clock that tests move, and operations that wait for their result.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <future>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "relay/store/sqlite_store.h"
#include "wire/token.h"

namespace tacet::relay::testing {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() override { return from_millis(now_.load()); }
  void pass(Millis time) { now_ += time.count(); }

 private:
  std::atomic<std::int64_t> now_{1'772'360'400'000};  // 2026-03-01 10:20 UTC
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tacet-relay-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Bytes that differ from name to name.
template <class Container>
Container named(std::string_view name) {
  Container out;
  const crypto::Hash hash = crypto::blake2b(name);
  std::copy_n(hash.raw.begin(), Container::size, out.span().begin());
  return out;
}

inline ByteVector envelope(std::string_view text, std::size_t size = 4096) {
  ByteVector out(size, 0x55);
  std::copy(text.begin(), text.end(), out.begin());
  return out;
}

inline std::string text_in(const wire::Msg& msg) {
  return {msg.envelope.begin(), std::find(msg.envelope.begin(), msg.envelope.end(), 0x55)};
}

class StoreFixture {
 public:
  explicit StoreFixture(Quota quota = {}) : quota_(quota) { open(); }

  void open() {
    auto opened = SqliteStore::open({folder_.path() + "/data", quota_}, clock_, random_,
                                    [](const std::function<void()>& task) { task(); });
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error()));
    store_ = std::move(*opened);
  }
  void close() { store_.reset(); }
  [[nodiscard]] std::string data() const { return folder_.path() + "/data"; }

  // Calls an operation of the store and waits for its result.
  template <class T, class... Parameters, class... Arguments>
  Result<T, wire::Code> wait(void (SqliteStore::*operation)(Parameters...), Arguments... arguments) {
    std::promise<Result<T, wire::Code>> promise;
    (store_.get()->*operation)(std::move(arguments)..., [&promise](Result<T, wire::Code> result) {
      promise.set_value(std::move(result));
    });
    return promise.get_future().get();
  }

  wire::MailboxId make(std::string_view name) {
    const auto mailbox = named<wire::MailboxId>(name);
    REQUIRE(wait<void>(
        &SqliteStore::create,
        wire::New{mailbox, named<wire::ReaderKey>(name), wire::token_hash(named<wire::SendToken>(name)), {}},
        Making::free));
    return mailbox;
  }
  Result<Sent, wire::Code> send(std::string_view mailbox, std::string_view text, std::uint16_t hours = 24,
                                std::size_t size = 4096) {
    return wait<Sent>(&SqliteStore::send,
                      wire::Send{named<wire::MailboxId>(mailbox), named<wire::SendToken>(mailbox),
                                 named<wire::MessageId>(text), hours, envelope(text, size)});
  }
  Page fetch(std::string_view mailbox, std::uint64_t after = 0, std::size_t count = 100,
             std::size_t bytes = 1 << 20) {
    auto page = wait<Page>(&SqliteStore::fetch, named<wire::MailboxId>(mailbox), after, count, bytes);
    REQUIRE(page);
    return std::move(*page);
  }
  std::vector<std::string> texts(std::string_view mailbox, std::uint64_t after = 0) {
    std::vector<std::string> out;
    for (const Held& held : fetch(mailbox, after).envelopes) out.push_back(text_in(held.msg));
    return out;
  }
  void acknowledge(std::string_view mailbox, std::uint64_t number) {
    REQUIRE(wait<void>(&SqliteStore::acknowledge, named<wire::MailboxId>(mailbox), number));
  }
  void tidy() { REQUIRE(wait<void>(&SqliteStore::tidy)); }
  void pass(Millis time) { clock_.pass(time); }
  [[nodiscard]] Time now() { return clock_.now(); }
  SqliteStore& store() { return *store_; }

 private:
  Quota quota_;
  TemporaryFolder folder_;
  ManualClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<SqliteStore> store_;
};

using Texts = std::vector<std::string>;

}  // namespace tacet::relay::testing
