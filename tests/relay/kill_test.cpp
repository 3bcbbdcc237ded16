// Load by a few clients over real sockets, kill -9 at a random moment, a new start on the same folder: what
// they then see must follow from what they were told. Short here; ./dev soak relay does it a thousand times.
#include <algorithm>
#include <thread>

#include "live.h"
#include "script.h"

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relay::testing;

namespace {

// Small, so that they are reached.
constexpr Quota kQuota{16, 200'000};
// The model's clock stands still: nothing falls due in an hour.
constexpr Time kNow{};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// What a whole campaign has seen, so that it can be shown to have seen something.
struct Tally {
  std::atomic<std::uint64_t> answers{0}, stored{0}, delivered{0}, repeated{0}, quota{0}, keys{0},
      unanswered{0};
  void count(const wire::Request& request, const wire::Answer& answer) {
    ++answers;
    if (std::holds_alternative<wire::Send>(request) && is<wire::Ok>(answer)) ++stored;
    if (std::holds_alternative<wire::Send>(request) && is_error(answer, wire::Code::quota)) ++quota;
    if (is<wire::Keys>(answer)) ++keys;
  }
};

struct BrokenWord {
  std::string what;
};

bool needs_subscription(const wire::Request& request) {
  return !std::holds_alternative<wire::New>(request) && !std::holds_alternative<wire::Send>(request) &&
         !std::holds_alternative<wire::KeysGet>(request);
}

// One person with a few mailboxes who writes to themselves, and never forgets what the relay said.
class Person {
 public:
  Person(const std::string& name, std::uint64_t seed, Tally& tally)
      : name_(name), script_(name, 3, seed), worlds_(kQuota), tally_(tally) {}

  // Connects, finishes what was left undone, checks, calls `settled`, and then makes load until the
  // connection is lost, or returns at once if there is to be none.
  void live(const Process& process, bool load, const std::function<void()>& settled) {
    try {
      LiveClient client(process);
      settle(client);
      settled();
      while (load) some_load(client);
    } catch (const ConnectionLost&) {
      lost_ = true;  // or the relay was silent for half a minute
    } catch (const BrokenWord& broken) {
      complaint_ = name_ + ": " + broken.what;
    } catch (...) {
      complaint_ = name_ + ": an answer could not be read";
    }
    std::vector<wire::Request> again = worlds_.crashed();
    tally_.unanswered += again.size();
    owed_.insert(owed_.begin(), std::make_move_iterator(again.begin()), std::make_move_iterator(again.end()));
  }

  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  [[nodiscard]] bool take_lost() { return std::exchange(lost_, false); }

 private:
  void require(bool kept, const std::string& what) {
    if (!kept) throw BrokenWord{what};
  }

  void settle(LiveClient& client) {
    shown_.clear();
    subscribed_.clear();
    for (std::size_t i = 0; i < script_.mailboxes(); ++i) subscribe(client, i);
    // A message more, and whatever was there before has been seen when that comes. If it does not fit, even
    // the smallest, then no more than what fits was there.
    for (std::size_t i = 0; i < script_.mailboxes(); ++i) say(client, {script_.send(i, 4096)});
    look(client);
    while (!owed_.empty()) {
      const wire::Request request = owed_.front();
      owed_.pop_front();
      const auto mailbox = std::visit([](const auto& r) { return mailbox_of(r); }, request);
      // Then it is not there, so nothing can be done to it.
      if (needs_subscription(request) && subscribed_.count(mailbox) == 0) continue;
      ++tally_.repeated;
      say(client, {request});
      // Before a Delete that may come next: what is still on its way to us would be taken for the new
      // mailbox's.
      look(client);
    }
    for (std::size_t i = 0; i < script_.mailboxes(); ++i) {
      if (!worlds_.any().has(script_.mailbox(i))) say(client, {script_.make(i)});
    }
    look(client);
    // Asked again, it should be the same wherever it was cut off; a few things may stay in doubt for a while.
    require(worlds_.count() < 100, "too much stays in doubt");
  }

  void some_load(LiveClient& client) {
    if (script_.below(60) == 0) {
      const std::size_t i = script_.below(script_.mailboxes());
      say(client, {wire::Delete{script_.mailbox(i)}});
      say(client, {script_.make(i)});
    } else {
      std::vector<wire::Request> requests;
      for (std::uint64_t n = 1 + script_.below(12); n > 0; --n) {
        requests.push_back(script_.next(worlds_.any(), kNow));
      }
      say(client, requests);
    }
    look(client);
  }

  // Says all of it and then hears the answers.
  void say(LiveClient& client, const std::vector<wire::Request>& requests) {
    std::vector<std::uint32_t> ids;
    for (const wire::Request& request : requests) {
      worlds_.asked(request, kNow);
      ids.push_back(client.post(request));
    }
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const wire::Answer answer = client.answer_to(ids[i]);
      require(!is_error(answer, wire::Code::busy), "busy without need");
      require(worlds_.answered(answer),
              "\"" + in_words(answer) + "\" does not follow from what was said before");
      tally_.count(requests[i], answer);
      if (const auto* ack = std::get_if<wire::Ack>(&requests[i])) {
        std::erase_if(shown_[ack->mailbox], [&](const auto& e) { return e.number <= ack->number; });
      }
      if (const auto* removal = std::get_if<wire::Delete>(&requests[i])) {
        subscribed_.erase(removal->mailbox);
        shown_[removal->mailbox].clear();
      }
      if (std::holds_alternative<wire::New>(requests[i])) {
        for (std::size_t m = 0; m < script_.mailboxes(); ++m) {
          if (subscribed_.count(script_.mailbox(m)) == 0) subscribe(client, m);
        }
      }
    }
  }

  void subscribe(LiveClient& client, std::size_t i) {
    const auto mailbox = script_.mailbox(i);
    const bool there = std::get<wire::Subscribed>(client.subscribe(script_.name(i))).refused.empty();
    require(worlds_.has(mailbox, there), there ? "a mailbox is back that was deleted" : "a mailbox was lost");
    if (there) subscribed_.insert(mailbox);
    shown_[mailbox].clear();
  }

  // Waits for everything that is to come, and compares.
  void look(LiveClient& client) {
    for (const auto& mailbox : subscribed_) {
      const auto& shown = shown_[mailbox];
      const std::string problem = "what is delivered is not what is held";
      require(worlds_.begins(mailbox, shown, kNow), problem);
      while (worlds_.may_hold_more(mailbox, shown.size(), kNow)) {
        show(client.next_unasked());
        require(worlds_.begins(mailbox, shown, kNow), problem);
      }
      require(worlds_.holds(mailbox, shown, kNow), problem);
    }
  }

  void show(const wire::Answer& answer) {
    const auto* msg = std::get_if<wire::Msg>(&answer);
    if (msg == nullptr) return;  // LowStock or QuotaReached
    require(msg->envelope == contents(msg->message, msg->envelope.size()), "an envelope has other contents");
    shown_[msg->mailbox].push_back({msg->number, msg->message, msg->envelope.size(), {}});
    ++tally_.delivered;
  }

  template <class Request>
  static wire::MailboxId mailbox_of(const Request& request) {
    if constexpr (requires { request.mailbox; }) {
      return request.mailbox;
    } else {
      return {};
    }
  }

  std::string name_;
  Script script_;
  Worlds worlds_;
  Tally& tally_;
  std::deque<wire::Request> owed_;  // asked and never answered
  std::set<wire::MailboxId> subscribed_;
  std::map<wire::MailboxId, std::vector<Model::Envelope>> shown_;
  std::string complaint_;
  bool lost_ = false;
};

}  // namespace

TEST_CASE("what the relay says stays true over kill -9 at any moment") {
  const std::uint64_t cycles = from_environment("TACET_CYCLES", 15);
  const std::uint64_t seed = from_environment("TACET_SEED", std::random_device{}());
  MESSAGE("seed " << seed << ", " << cycles << " kills");
  std::mt19937_64 random(seed);
  TemporaryFolder folder;
  Tally tally;
  std::vector<std::unique_ptr<Person>> people;
  for (int i = 0; i < 6; ++i) {
    people.push_back(std::make_unique<Person>("person " + std::to_string(i), random(), tally));
  }

  for (std::uint64_t cycle = 0; cycle <= cycles; ++cycle) {
    const bool last = cycle == cycles;
    Process process(folder.path(), {"--quota-envelopes", std::to_string(kQuota.envelopes), "--quota-bytes",
                                    std::to_string(kQuota.bytes)});
    std::atomic<std::size_t> settled{0};
    std::atomic<std::size_t> ended{0};
    std::vector<std::thread> threads;
    for (auto& person : people) {
      threads.emplace_back([&, last] {
        person->live(process, !last, [&] { ++settled; });
        ++ended;
      });
    }
    if (!last) {
      // Mostly in the middle of load, now and then while they still look at what the last kill left.
      const bool early = random() % 6 == 0;
      while (!early && settled + ended < people.size()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 250'000));
      // Nobody may have lost the relay before it was killed.
      CHECK(ended == 0);
      process.kill();
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& person : people) {
      REQUIRE_MESSAGE(person->complaint().empty(), "cycle " << cycle << ": " << person->complaint());
      REQUIRE(person->take_lost() == !last);
    }
    if (cycle % 100 == 99) {
      MESSAGE((cycle + 1) << " kills, " << tally.answers.load() << " answers, " << tally.delivered.load()
                          << " envelopes delivered");
    }
  }
  MESSAGE(tally.answers.load() << " answers, " << tally.stored.load() << " Sends kept, " << tally.quota.load()
                               << " over quota, " << tally.keys.load() << " prekey bundles, "
                               << tally.delivered.load() << " envelopes delivered, "
                               << tally.unanswered.load() << " requests cut off");
  CHECK(tally.stored.load() > 0);
  CHECK(tally.quota.load() > 0);
  CHECK(tally.keys.load() > 0);
  CHECK(tally.delivered.load() > 0);
  CHECK(tally.unanswered.load() > 0);
}
