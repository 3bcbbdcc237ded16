// One client's connection without its socket: blocks in, blocks out (README.md, "A connection"). On the
// network thread; owned by a shared_ptr, because answers of the store may come after it is gone.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "base/random.h"
#include "relay/clock.h"
#include "relay/delivery.h"
#include "relay/hub.h"
#include "relay/metrics.h"
#include "relay/store/store.h"
#include "relay/work_check.h"
#include "wire/block.h"

namespace tacet::relay {

inline constexpr std::uint32_t kMaxMailboxesPerConnection = 2000;

// Requests a connection may have under way, answers not yet written included.
inline constexpr std::size_t kMaxRequests = 128;
inline constexpr std::size_t kMaxRequestBytes = 1 << 20;

// WebSocket close codes.
enum class Close : std::uint16_t {
  going_away = 1001,
  protocol_error = 1002,
  text_refused = 1003,
  try_again_later = 1013,
  displaced = 4409,
};

// What the operator may change at any time; connections that are open learn it when they come back.
struct Terms {
  bool accepts_new = true;         // whether new mailboxes are made
  std::int64_t retires_at_ms = 0;  // Unix time in milliseconds; 0: it does not
  std::uint16_t max_retention_hours = wire::kMaxRetentionHours;
  wire::Admission admission = wire::Admission::open;
  wire::WorkWanted work{16 << 10, 6};  // where work is wanted

  friend bool operator==(const Terms&, const Terms&) = default;
};

// What every session of a relay shares. All must outlive them.
struct Relay {
  Store& store;
  Hub& hub;
  Random& random;
  Clock& clock;
  Quota quota;
  std::vector<std::string> hosts;  // names that count in a Subscribe proof; none: what the client said
  Terms terms;
  Metrics& metrics;
  WorkCheck& work;
};

// What a session needs of its connection.
class Link {
 public:
  virtual ~Link() = default;
  // next() or wants_more() may say something new.
  virtual void wake() = 0;
  // To be closed once next() has nothing more. `reason` is for people, at most 123 bytes.
  virtual void close(Close code, std::string_view reason) = 0;
};

class Session final : public MailboxReader, public std::enable_shared_from_this<Session> {
 public:
  // `host`: what the client says it connected to, lower case. Both references must outlive it.
  Session(Relay& relay, Link& link, std::string host);
  ~Session() override;

  // Says Hello. Once, before anything else.
  void start();

  // A binary message, whatever its size.
  void receive(ByteView block);

  // False while enough is under way, or when nothing is to be read any more.
  [[nodiscard]] bool wants_more() const;

  // The next block to write, if there is one now.
  [[nodiscard]] std::optional<ByteVector> next();

  // Says GoAway, takes no more requests and closes when those under way are answered.
  void go_away(std::uint32_t reconnect_after_s);

  // Does nothing more but give what next() still has, and closes.
  void stop(Close code, std::string_view reason);

  void arrived(const wire::MailboxId& mailbox) override;
  void low_stock(const wire::MailboxId& mailbox, std::uint16_t left) override;
  void displaced() override;

 private:
  struct Answer {
    ByteVector block;
    std::size_t request_bytes = 0;  // what the request counted for; 0: said unasked
  };
  // What an answer needs to know of its request.
  struct Ticket {
    std::uint32_t id = 0;
    std::size_t bytes = 0;
    std::size_t type = Metrics::kUnreadable;
  };

  void handle(wire::ClientBlock block, Ticket ticket);
  void on(wire::New request, Ticket ticket);
  void on(wire::Delete request, Ticket ticket);
  void on(wire::Subscribe request, Ticket ticket);
  void on(const wire::Unsubscribe& request, Ticket ticket);
  void on(wire::Send request, Ticket ticket);
  void on(wire::Ack request, Ticket ticket);
  void on(wire::KeysPut request, Ticket ticket);
  void on(const wire::KeysGet& request, Ticket ticket);
  void on(wire::Ping request, Ticket ticket);
  void on(wire::ShareStore request, Ticket ticket);
  void on(wire::ShareKeepOnly request, Ticket ticket);
  void on(wire::ShareFetch request, Ticket ticket);
  void on(wire::ChunkPut request, Ticket ticket);
  void on(wire::ChunksWanted request, Ticket ticket);
  void on(const wire::ChunkGet& request, Ticket ticket);
  void on(wire::ChunksDrop request, Ticket ticket);

  void make(const wire::New& request, Making making, Ticket ticket);
  void go_on();  // with what was held back
  void subscribe(const wire::Subscribe& request, const std::vector<std::optional<Owner>>& owners,
                 Ticket ticket);
  [[nodiscard]] bool proves(const wire::Subscribe& request, const wire::Subscribe::Entry& entry,
                            const std::optional<Owner>& owner) const;
  void leave(const wire::MailboxId& mailbox);
  void leave_all();

  void answer(Ticket ticket, wire::Answer message);
  void refuse(Ticket ticket, wire::Code code);
  void say(wire::Answer message);  // unasked
  void finish_if_drained();

  // A continuation of the store that does nothing once the session is gone.
  template <class T, class Then>
  Done<T> then(Ticket ticket, Then carry_on);

  void fetch();
  void fetched(const Delivery::Wanted& wanted, Result<Page, wire::Code> result);

  Relay& relay_;
  Link& link_;
  const std::string host_;
  wire::Nonce nonce_;

  // Lists, for unlike a deque an empty one takes no memory, and most connections are idle.
  std::list<Answer> answers_;
  std::size_t requests_ = 0;  // under way, or answered and not yet written
  std::size_t request_bytes_ = 0;
  bool held_back_ = false;  // what comes in waits for an answer, so that requests are carried out in order
  std::list<std::pair<wire::ClientBlock, Ticket>> waiting_;

  Delivery delivery_;
  bool fetching_ = false;
  Delivery::Wanted page_for_;
  std::list<Held> page_;  // as in Delivery::line_
  bool page_has_more_ = false;

  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace tacet::relay
