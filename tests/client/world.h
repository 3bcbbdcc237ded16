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
  [[nodiscard]] std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t state_;
};

// The bytes of one file. Copies share them; appending to a copy that is shorter than another leaves the other
// alone. So a snapshot of a whole disk costs nothing.
class Blob {
 public:
  [[nodiscard]] ByteView view() const { return ByteView(bytes_->data(), size_); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Byte* begin() { return bytes_->data(); }
  [[nodiscard]] Byte* end() { return bytes_->data() + size_; }
  void append(ByteView bytes);
  void assign(ByteView bytes);
  void cut(std::size_t size) { size_ = std::min(size_, size); }
  [[nodiscard]] bool grown_from(const Blob& earlier) const {
    return bytes_ == earlier.bytes_ && size_ >= earlier.size_;
  }

 private:
  std::shared_ptr<ByteVector> bytes_ = std::make_shared<ByteVector>();
  std::size_t size_ = 0;
};

// Files in memory that remember what was synced.
class Disk final : public vault::Files {
 public:
  using Content = std::map<std::string, Blob, std::less<>>;

  Result<std::vector<std::string>, vault::FileError> list() override;
  Result<std::uint64_t, vault::FileError> size(std::string_view name) override;
  Result<ByteVector, vault::FileError> read(std::string_view name, std::uint64_t offset,
                                            std::size_t length) override;
  Result<void, vault::FileError> append(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> replace(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> remove(std::string_view name) override;

  void crash() { files = durable; }         // what was not synced is gone
  void crash_kindly() { durable = files; }  // the process died, the system wrote everything
  void crash_torn(SeededRandom& random);    // as much of it as vault/files.h allows to be there

  Content files;
  Content durable;
  std::optional<vault::FileError> refuses;  // every write, with this
  bool forgets_syncs = false;               // says they have succeeded
};

[[nodiscard]] inline SecretVector secret(std::string_view text) {
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

class World;
class Person;

// Sees everything that happens in a world, as an eye over a shoulder would: what is on screen, and when.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void before_event(Person&) {}  // its screen has shown the same until now
  virtual void drawn(Person&) {}         // a Redraw was carried out
  // What was written in events up to this one (World::events) is durable.
  virtual void synced(Person&, std::uint64_t begun) { (void)begun; }
  virtual void gone(Person&, bool safely) { (void)safely; }  // its process has ended; safely: all was synced
  virtual void block(Person&, const ByteVector& block) { (void)block; }  // is about to reach it
};

enum class Crash { drops, keeps, tears };  // what was not synced

class Person {
 public:
  Person(World& world, std::string name, std::uint64_t seed, RelayAddress home);

  // Hands an event to the messenger and queues its effects.
  void tell(Event event);
  void start();                           // a new messenger on the disk as it is
  void crash(Crash kind = Crash::drops);  // the process dies
  void close();                           // the tab is closed after everything was synced
  void unlock(std::string_view passphrase = "correct horse");
  // While the tab is closed: what lies on the disk, behind the same passphrase.
  [[nodiscard]] std::unique_ptr<vault::Vault> open_vault();

  // Short cuts, each driving the world until it is done.
  void set_up();
  std::string invite(std::uint32_t uses = 1);
  void open(const std::string& link);
  void introduce(const std::string& text);
  void accept();  // the first request
  void say(const std::string& text, std::optional<Clocks> clocks = {});
  void look();  // everything in the conversation is on screen

  [[nodiscard]] const View& view() const { return messenger_->view(); }
  [[nodiscard]] bool running() const { return messenger_ != nullptr && !dying_; }
  [[nodiscard]] bool open() const { return running() && view().phase == Phase::open; }
  [[nodiscard]] const ConversationView* talk(std::size_t i = 0) const;
  [[nodiscard]] std::vector<std::string> texts(
      bool mine) const;  // of all conversations; "†" for expired unread
  [[nodiscard]] bool has_notice(Problem problem) const;
  [[nodiscard]] std::uint32_t notice_count(Problem problem) const;

  const std::string name;
  Disk disk;
  std::size_t effects_done = 0;         // since the start of the world
  std::optional<std::size_t> crash_at;  // before this effect
  Crash crash_kind = Crash::drops;
  std::function<void()> after_crash;  // nothing: starts and unlocks at once
  std::size_t attention = 0;
  bool short_of_memory = false;                     // nothing can be stretched
  ByteVector backup;                                // the last one it saved
  std::optional<vault::StretchedKey> security_key;  // what is plugged in; nothing: asking for it fails
  ByteVector credential;                            // what the device remembers of it
  Millis clock_error{0};
  unsigned sync_failures_percent = 0;

 private:
  friend class World;
  struct Wire {
    std::string relay;
    ModelRelay::Connection number;
    ConnectionId id;
    Time last{};         // keeps blocks of one connection in order
    bool hangs = false;  // nothing goes through any more
  };

  void carry_out(Effect effect);
  void hang_up_all();

  World& world_;
  SeededRandom random_;
  RelayAddress home_;
  std::unique_ptr<Messenger> messenger_;
  bool dying_ = false;      // it has crashed, and the messenger is still on the stack
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
  // For a relay of another make; its blocks go out through send_block().
  ModelRelay& add_relay(const char* url, std::unique_ptr<ModelRelay> relay);
  // A block of a relay on its way to a connection; `arrived` is called just before it gets there, if it does.
  void send_block(ModelRelay::Connection connection, const ByteVector& block,
                  std::function<void(Person&)> arrived = {});
  [[nodiscard]] Person* owner(ModelRelay::Connection connection);
  // Nothing gets from one to the other for so long. A connection that stood hangs and never comes back.
  void cut(Person& person, const std::string& url, Millis duration);
  void mend();  // ends every cut

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

  Watcher* watcher = nullptr;
  std::uint64_t events = 0;  // handled by all messengers
  std::uint64_t crashes = 0;

 private:
  friend class Person;
  [[nodiscard]] bool is_cut(const Person& person, const std::string& url) const;
  void to_relay(const std::string& url, ModelRelay::Connection connection, ByteVector block);
  void break_connection(ModelRelay::Connection connection);

  std::uint64_t seed_;
  SeededRandom random_;
  Time now_ = from_millis(1'800'000'000'000);
  std::multimap<Time, std::function<void()>> queue_;
  std::map<std::string, std::unique_ptr<ModelRelay>> relays_;
  std::vector<std::unique_ptr<Person>> people_;
  ModelRelay::Connection next_connection_ = 1;
  std::map<ModelRelay::Connection, Person*> owners_;
  std::map<std::pair<const Person*, std::string>, Time> cuts_;  // until when
};

}  // namespace tacet::test
