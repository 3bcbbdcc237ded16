// A deterministic world: people with messengers and disks, relays, a clock that only moves when nothing is
// left to do. Everything random comes from one seed, which a failing test prints.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <queue>

#include "client/messenger.h"
#include "client/model_relay.h"

namespace tacet::test {

using namespace tacet::client;

// A small generator: splitmix64.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(MutableByteView out) override;
  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

// Files in memory that remember what was synced.
class Disk final : public vault::Files {
 public:
  using Content = std::map<std::string, ByteVector, std::less<>>;

  Result<std::vector<std::string>, vault::FileError> list() override;
  Result<std::uint64_t, vault::FileError> size(std::string_view name) override;
  Result<ByteVector, vault::FileError> read(std::string_view name, std::uint64_t offset,
                                            std::size_t length) override;
  Result<void, vault::FileError> append(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> replace(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> remove(std::string_view name) override;

  void crash() { files = durable; }

  Content files;
  Content durable;
  std::optional<vault::FileError> refuses;  // every write, with this
};

class World;

class Person {
 public:
  Person(World& world, std::string name, std::uint64_t seed, RelayAddress home);

  // Hands an event to the messenger and queues its effects.
  void tell(Event event);
  void start();  // a new messenger on the disk as it is
  void crash();  // the process dies, what was not synced is gone
  void close();  // the tab is closed after everything was synced
  void unlock(std::string_view passphrase = "correct horse");

  // Short cuts, each driving the world until it is done.
  void set_up();
  std::string invite(std::uint32_t uses = 1);
  void open(const std::string& link);
  void introduce(const std::string& text);
  void accept();  // the first request
  void say(const std::string& text, std::optional<Clocks> clocks = {});
  void look();  // everything in the conversation is on screen

  [[nodiscard]] const View& view() const { return messenger_->view(); }
  [[nodiscard]] bool running() const { return messenger_ != nullptr; }
  [[nodiscard]] const ConversationView* talk(std::size_t i = 0) const;
  [[nodiscard]] std::vector<std::string> texts(
      bool mine) const;  // of all conversations; "†" for expired unread
  [[nodiscard]] bool has_notice(Problem problem) const;
  [[nodiscard]] std::uint32_t notice_count(Problem problem) const;

  const std::string name;
  Disk disk;
  std::size_t effects_done = 0;         // since the start of the world
  std::optional<std::size_t> crash_at;  // before this effect
  std::size_t attention = 0;
  std::size_t wrong_transmits = 0;  // Transmit while something it may depend on was not synced
  Millis clock_error{0};

 private:
  friend class World;
  struct Wire {
    std::string relay;
    ModelRelay::Connection number;
    ConnectionId id;
    Time last{};  // keeps blocks of one connection in order
  };

  void carry_out(Effect effect);
  void hang_up_all();

  World& world_;
  SeededRandom random_;
  RelayAddress home_;
  std::unique_ptr<Messenger> messenger_;
  std::uint64_t life_ = 0;  // counts messengers: what was meant for an earlier one is lost
  std::vector<Wire> wires_;
  Time wake_ = Time::max();
};

class World {
 public:
  static constexpr const char* kRelay = "ws://relay.test/relay";

  explicit World(std::uint64_t seed);

  Person& person(const std::string& name, const char* relay = kRelay);
  ModelRelay& relay(const char* url = kRelay);

  void run_for(Millis duration);
  // False when it did not come true within the time.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, Millis limit = Minutes(2));
  void sleep(Millis duration);          // everyone closes their tab, and opens it again
  void stop(const char* url = kRelay);  // the relay goes down, its connections break
  void restart(const char* url = kRelay);

  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] SeededRandom& random() { return random_; }
  void at(Time time, std::function<void()> action);
  [[nodiscard]] Millis latency() { return Millis(1 + static_cast<std::int64_t>(random_.below(20))); }

  // Two people who have accepted each other.
  void befriend(Person& inviter, Person& guest);

 private:
  friend class Person;
  void deliver(ModelRelay::Connection connection, const ByteVector& block);
  void to_relay(const std::string& url, ModelRelay::Connection connection, const ByteVector& block);
  void break_connection(ModelRelay::Connection connection);

  std::uint64_t seed_;
  SeededRandom random_;
  Time now_ = from_millis(1'800'000'000'000);
  std::multimap<Time, std::function<void()>> queue_;
  std::map<std::string, std::unique_ptr<ModelRelay>> relays_;
  std::vector<std::unique_ptr<Person>> people_;
  ModelRelay::Connection next_connection_ = 1;
};

}  // namespace tacet::test
