// Power cuts, full and broken disks under the store: what it says stays true. A process that is killed
// (kill_test.cpp) leaves to the system what it wrote; here it is lost that was not synced.
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <algorithm>

#include "faulty_disk.h"
#include "script.h"
#include "store_fixture.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

constexpr Quota kQuota{16, 200'000};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

wire::Answer answer_of(const Result<void, wire::Code>& result) {
  return result ? wire::Answer(wire::Ok{}) : wire::Answer(wire::Error{result.error(), 0});
}
wire::Answer answer_of(const Result<Sent, wire::Code>& result) {
  return result ? wire::Answer(wire::Ok{}) : wire::Answer(wire::Error{result.error(), 0});
}
wire::Answer answer_of(const Result<HandedOut, wire::Code>& result) {
  return result ? wire::Answer(result->keys) : wire::Answer(wire::Error{result.error(), 0});
}
wire::Answer answer_of(const Result<wire::Shares, wire::Code>& result) {
  return result ? wire::Answer(*result) : wire::Answer(wire::Error{result.error(), 0});
}

using Fault = FaultyDisk::Fault;
constexpr Fault kFaults[] = {Fault::full, Fault::broken, Fault::unsynced};

struct BrokenWord {
  std::string what;
};

// A store on a faulty disk and a client that never forgets what it said.
class Trial {
 public:
  explicit Trial(std::uint64_t seed, FaultyDisk::Keys keys = FaultyDisk::Keys::synced)
      : disk(seed), keys_(keys), script_("trial", 3, seed) {}

  // The store's complaints are expected here.
  struct Quiet {
    Quiet() { spdlog::set_level(spdlog::level::off); }
    ~Quiet() { spdlog::set_level(spdlog::level::info); }
  } quiet;
  FaultyDisk disk;

  [[nodiscard]] bool open() {
    auto opened = SqliteStore::open({folder_.path() + "/data", kQuota, disk.key_files(keys_)}, clock_,
                                    random_, [](const std::function<void()>& task) { task(); });
    if (opened) {
      store_ = std::move(*opened);
    } else {
      why_not_ = opened.error();
    }
    return opened.has_value();
  }

  // As if the machine went down. Where it had not yet, it does so now.
  void lose_power() {
    disk.cut_now();
    store_.reset();
    disk.power_back();
    std::vector<wire::Request> again = worlds_.crashed();
    owed_.insert(owed_.begin(), std::make_move_iterator(again.begin()), std::make_move_iterator(again.end()));
  }

  void close() { store_.reset(); }

  // Looks, asks again what was never answered, and looks once more.
  void settle() {
    look();
    while (!owed_.empty() && !disk.is_cut()) {
      const wire::Request request = std::move(owed_.front());
      owed_.pop_front();
      say({request});
    }
    for (std::size_t i = 0; i < script_.mailboxes(); ++i) {
      if (!worlds_.any().has(script_.mailbox(i))) say({script_.make(i)});
    }
    look();
    require(worlds_.count() < 100, "too much stays in doubt");
  }

  void some_load() {
    std::vector<wire::Request> requests;
    for (std::uint64_t n = 1 + script_.below(10); n > 0; --n) {
      requests.push_back(script_.next(worlds_.any(), clock_.now()));
    }
    if (script_.below(20) == 0) {
      const std::size_t i = script_.below(script_.mailboxes());
      requests.push_back(wire::Delete{script_.mailbox(i)});
      requests.push_back(script_.make(i));
    }
    say(requests);
    look();
    if (script_.below(6) == 0) {
      clock_.pass(Minutes(1 + script_.below(200)));
      // What is due counts until it is deleted, and the model deletes at once.
      if (!tidy()) {
        disk.mend();
        (void)tidy();
      }
      look();
    }
  }

  // False if something of it could not be done.
  bool tidy() {
    std::promise<bool> done;
    store_->tidy([&](auto result) { done.set_value(result.has_value()); });
    return done.get_future().get();
  }

  // What the owners are shown, all of it.
  void look() {
    for (std::size_t i = 0; i < script_.mailboxes() && !disk.is_cut(); ++i) {
      const wire::MailboxId mailbox = script_.mailbox(i);
      const auto owners =
          wait<std::vector<std::optional<Owner>>>([&](auto done) { store_->owners({mailbox}, done); });
      if (!owners) {
        may_be_busy();
        continue;
      }
      require(worlds_.has(mailbox, owners->front().has_value()), "a mailbox was lost or came back");
      std::vector<Model::Envelope> shown;
      for (bool more = true; more;) {
        const std::uint64_t after = shown.empty() ? 0 : shown.back().number;
        const auto page = wait<Page>([&](auto done) { store_->fetch(mailbox, after, 5, 1 << 20, done); });
        if (!page) return may_be_busy();
        for (const Held& held : page->envelopes) {
          require(held.due > clock_.now(), "an envelope is shown after its time");
          require(held.msg.envelope == contents(held.msg.message, held.msg.envelope.size()),
                  "an envelope has other contents");
          shown.push_back({held.msg.number, held.msg.message, held.msg.envelope.size(), held.due});
          ++shown_;
        }
        more = page->more;
      }
      require(worlds_.holds(mailbox, shown, clock_.now()), "what is shown is not what is held");
    }
  }

  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  [[nodiscard]] bool healthy() const { return store_->healthy(); }
  [[nodiscard]] std::uint64_t answers() const { return answers_; }
  [[nodiscard]] std::uint64_t shown() const { return shown_; }
  [[nodiscard]] std::uint64_t busy() const { return busy_; }

 private:
  static void require(bool kept, const std::string& what) {
    if (!kept) throw BrokenWord{what};
  }

  void may_be_busy() {
    ++busy_;
    require(disk.is_cut() || disk.failed(), "busy without need");
  }

  template <class T, class Operation>
  static Result<T, wire::Code> wait(Operation operation) {
    auto promise = std::make_shared<std::promise<Result<T, wire::Code>>>();
    operation([promise](Result<T, wire::Code> result) { promise->set_value(std::move(result)); });
    return promise->get_future().get();
  }

  // All at once, and then hears the answers.
  void say(const std::vector<wire::Request>& requests) {
    std::vector<std::future<wire::Answer>> answers;
    for (const wire::Request& request : requests) {
      worlds_.asked(request, clock_.now());
      answers.push_back(submit(request));
    }
    for (auto& coming : answers) {
      const wire::Answer answer = coming.get();
      const auto* error = std::get_if<wire::Error>(&answer);
      if (error != nullptr && error->code == wire::Code::busy) {
        may_be_busy();
      } else {
        ++answers_;
      }
      require(worlds_.answered(answer),
              "\"" + in_words(answer) + "\" does not follow from what was said before");
    }
  }

  std::future<wire::Answer> submit(const wire::Request& request) {
    auto promise = std::make_shared<std::promise<wire::Answer>>();
    const auto done = [promise](const auto& result) { promise->set_value(answer_of(result)); };
    if (const auto* r = std::get_if<wire::New>(&request)) store_->create(*r, Making::free, done);
    if (const auto* r = std::get_if<wire::Delete>(&request)) store_->remove(r->mailbox, done);
    if (const auto* r = std::get_if<wire::Send>(&request)) store_->send(*r, done);
    if (const auto* r = std::get_if<wire::Ack>(&request)) store_->acknowledge(r->mailbox, r->number, done);
    if (const auto* r = std::get_if<wire::KeysPut>(&request)) store_->put_keys(*r, done);
    if (const auto* r = std::get_if<wire::KeysGet>(&request)) store_->get_keys(*r, done);
    if (const auto* r = std::get_if<wire::ShareStore>(&request)) store_->store_share(*r, done);
    if (const auto* r = std::get_if<wire::ShareKeepOnly>(&request)) store_->keep_only_share(*r, done);
    if (const auto* r = std::get_if<wire::ShareFetch>(&request)) store_->shares(r->mailbox, done);
    return promise->get_future();
  }

  const FaultyDisk::Keys keys_;
  TemporaryFolder folder_;
  ManualClock clock_;
  crypto::SystemRandom random_;
  Script script_;
  Worlds worlds_{kQuota};
  std::deque<wire::Request> owed_;
  std::unique_ptr<SqliteStore> store_;
  std::string why_not_;
  std::uint64_t answers_ = 0, shown_ = 0, busy_ = 0;
};

// Cuts the power so many times, at any moment from opening on. What was found broken, or nothing.
std::string cut_power(Trial& trial, std::uint64_t seed, std::uint64_t cuts) {
  std::mt19937_64 random(seed);
  for (std::uint64_t cut = 0; cut < cuts; ++cut) {
    try {
      trial.disk.cut_after(random() % (cut % 4 == 0 ? 60 : 500));
      if (trial.open()) {
        if (!trial.disk.is_cut()) trial.settle();
        while (!trial.disk.is_cut()) trial.some_load();
      } else if (!trial.disk.is_cut()) {
        return "cut " + std::to_string(cut) + ": " + trial.why_not();
      }
      trial.lose_power();
    } catch (const BrokenWord& broken) {
      return "cut " + std::to_string(cut) + ": " + broken.what;
    }
  }
  return {};
}

// A disk that fails now and then, in all its ways, and power cuts while it does. What was found broken, or
// nothing.
std::string break_disk(Trial& trial, std::uint64_t seed, std::uint64_t rounds) {
  std::mt19937_64 random(seed);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::string where = "round " + std::to_string(round) + ": ";
    try {
      if (!trial.open()) return where + trial.why_not();
      trial.settle();
      for (const auto fault : kFaults) {
        trial.disk.fail_often(fault, 1 + static_cast<unsigned>(random() % 40));
        if (random() % 4 == 0) trial.disk.cut_after(random() % 100);
        for (int i = 0; i < 3; ++i) trial.some_load();
        (void)trial.tidy();
        trial.disk.mend();
        if (trial.disk.is_cut()) break;
        trial.some_load();
        if (trial.disk.is_cut()) break;
        if (!trial.tidy() && !trial.disk.is_cut()) return where + "it does not recover";
        if (!trial.healthy() && !trial.disk.is_cut()) return where + "it does not know that it has recovered";
      }
      trial.lose_power();
    } catch (const BrokenWord& broken) {
      return where + broken.what;
    }
  }
  return {};
}

// While it lives, no database can be told to sync more than this.
class Careless {
 public:
  explicit Careless(const char* pragma) {
    pragma_ = pragma;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(on_open));
  }
  Careless(const Careless&) = delete;
  Careless& operator=(const Careless&) = delete;
  ~Careless() { sqlite3_reset_auto_extension(); }

 private:
  static int on_open(sqlite3* database, char**, const void*) {
    sqlite3_exec(database, pragma_, nullptr, nullptr, nullptr);
    sqlite3_set_authorizer(
        database,
        [](void*, int what, const char* name, const char* value, const char*, const char*) {
          const bool forbidden =
              what == SQLITE_PRAGMA && value != nullptr && sqlite3_stricmp(name, "synchronous") == 0;
          return forbidden ? SQLITE_IGNORE : SQLITE_OK;
        },
        nullptr);
    return SQLITE_OK;
  }
  static inline const char* pragma_ = nullptr;
};

}  // namespace

TEST_CASE("what the store says stays true over a power cut at any moment") {
  const std::uint64_t cuts = from_environment("TACET_CUTS", 40);
  const std::uint64_t seed = from_environment("TACET_SEED", std::random_device{}());
  MESSAGE("seed " << seed << ", " << cuts << " power cuts");
  Trial trial(seed);
  REQUIRE(cut_power(trial, seed, cuts) == "");
  CHECK(trial.open());
  trial.settle();
  MESSAGE(trial.answers() << " answers, " << trial.shown() << " envelopes shown, " << trial.busy()
                          << " requests cut off");
  CHECK(trial.answers() > 0);
  CHECK(trial.shown() > 0);
  CHECK(trial.busy() > 0);
}

TEST_CASE("a store that syncs less than it should is found out") {
  const std::uint64_t seed = from_environment("TACET_SEED", std::random_device{}());
  const auto found = [&](const char* pragma) {
    const Careless careless(pragma);
    Trial trial(seed);
    const std::string problem = cut_power(trial, seed, 40);
    MESSAGE(std::string(pragma) << ", seed " << seed << ": " << (problem.empty() ? "nothing" : problem));
    return !problem.empty();
  };
  CHECK(found("PRAGMA synchronous=OFF"));
  CHECK(found("PRAGMA synchronous=NORMAL"));
  CHECK_FALSE(found("PRAGMA synchronous=FULL"));

  Trial trial(seed, FaultyDisk::Keys::never_synced);
  const std::string problem = cut_power(trial, seed, 100);
  MESSAGE("hour keys that are not synced: " << problem);
  CHECK_FALSE(problem.empty());
}

TEST_CASE(
    "on a disk that fails, nothing is said that is not kept, nothing is lost, and it is over when it is "
    "over") {
  const std::uint64_t rounds = from_environment("TACET_ROUNDS", 8);
  const std::uint64_t seed = from_environment("TACET_SEED", std::random_device{}());
  MESSAGE("seed " << seed << ", " << rounds << " rounds");
  Trial trial(seed);
  REQUIRE(break_disk(trial, seed, rounds) == "");
  MESSAGE(trial.answers() << " answers, " << trial.shown() << " envelopes shown, " << trial.busy()
                          << " times busy");
  CHECK(trial.answers() > 0);
  CHECK(trial.busy() > 0);
}

TEST_CASE("any single call may fail, at work and while the store is opened") {
  const std::uint64_t seed = from_environment("TACET_SEED", std::random_device{}());
  MESSAGE("seed " << seed);
  for (const Fault fault : kFaults) {
    Trial trial(seed);
    std::uint64_t failed = 0;
    try {
      for (std::uint64_t call = 0;; ++call) {
        trial.disk.fail_after(call, fault);
        const bool opened = trial.open();
        const bool hit = trial.disk.failed();
        trial.disk.mend();
        if (!opened) {
          REQUIRE(hit);
          REQUIRE(trial.open());
        }
        trial.settle();
        trial.some_load();
        trial.lose_power();
        if (!hit) break;
        ++failed;
      }
      CHECK(failed > 0);
      REQUIRE(trial.open());
      trial.settle();
      for (std::uint64_t call = 0; call < 30; ++call) {
        trial.disk.fail_after(call, fault);
        trial.some_load();
        (void)trial.tidy();
        if (trial.disk.failed()) ++failed;
        trial.disk.mend();
        REQUIRE(trial.tidy());
        CHECK(trial.healthy());
        trial.look();
      }
    } catch (const BrokenWord& broken) {
      FAIL(broken.what);
    }
    MESSAGE(failed << " calls failed");
    CHECK(failed > 1);
  }
}

TEST_CASE("while nothing can be kept the store says so, and keeps showing what it has") {
  for (const Fault fault : kFaults) {
    Trial trial(7);
    REQUIRE(trial.open());
    trial.settle();
    CHECK(trial.healthy());
    trial.disk.fail_often(fault, 100);
    const std::uint64_t before = trial.busy();
    while (trial.busy() == before) trial.some_load();
    CHECK_FALSE(trial.healthy());
    trial.disk.mend();
    REQUIRE(trial.tidy());
    CHECK(trial.healthy());
    trial.settle();
  }
}
