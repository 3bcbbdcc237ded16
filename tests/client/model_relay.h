// The relay of src/wire in a hundred lines, without disk or network: what tests of the client talk to.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "client/relay_address.h"
#include "wire/block.h"

namespace tacet::test {

class ModelRelay {
 public:
  using Connection = std::uint64_t;
  // How a block reaches a connection.
  using Deliver = std::function<void(Connection, ByteVector)>;

  ModelRelay(client::RelayAddress address, Random& random, Deliver deliver)
      : address_(std::move(address)), random_(random), deliver_(std::move(deliver)) {}

  virtual ~ModelRelay() = default;
  void connect(Connection connection, Time now);
  void disconnect(Connection connection) { connections_.erase(connection); }
  virtual void arrived(Connection connection, ByteView block, Time now);
  [[nodiscard]] std::vector<Connection> connections() const;
  // As if its disk had been replaced by an empty one.
  void forget();
  [[nodiscard]] std::size_t stored() const;
  [[nodiscard]] std::size_t shares() const;
  [[nodiscard]] std::size_t mailboxes() const { return mailboxes_.size(); }
  // Puts an envelope of somebody's making into every mailbox.
  void inject(const ByteVector& envelope, Time now);

  // What a relay may do or suffer.
  bool up = true;
  bool accepts_new = true;
  bool wants_invites = false;
  bool full = false;  // every mailbox
  bool keeps_shares = true;
  std::uint32_t busy = 0;          // so many Sends are refused
  bool speaks_other = false;       // answers with blocks of a wrong size
  unsigned duplicate_percent = 0;  // of envelopes delivered
  unsigned stall_percent = 0;      // of envelopes delivered: nothing more until the next Subscribe
  Millis clock_error{0};           // its clock is off by this
  std::function<bool(const wire::Send&)> swallows;  // says OK and forgets
  std::function<void(const wire::MailboxId&, wire::Keys&)>
      forge;  // what it hands out instead of the keys it has
  bool logs = true;
  std::vector<wire::Send> log;               // every envelope it was given, while it logs
  std::uint32_t quota_envelopes = 10'000;    // per mailbox
  std::uint32_t max_mailboxes = 10'000;      // per connection
  std::vector<std::size_t> subscribe_sizes;  // entries of every Subscribe it was sent

 protected:
  [[nodiscard]] const client::RelayAddress& address() const { return address_; }
  // Stores an envelope as a Send would, and pushes it.
  void put(const wire::MailboxId& mailbox, const wire::MessageId& message, const ByteVector& envelope,
           Hours life, Time now, bool also_twice = false);

 private:
  struct Stored {
    wire::Msg msg;
    Time dies;
  };
  struct Mailbox {
    wire::ReaderKey reader;
    wire::TokenHash token_hash;
    std::uint64_t last = 0;
    std::vector<Stored> envelopes;
    std::set<wire::MessageId> seen;
    wire::Keys keys;
    std::vector<ByteVector> otks;
    std::uint32_t handouts = 0;
    std::map<wire::MessageId, wire::Keys> asked;
    Connection reading = 0;
    std::map<std::uint64_t, wire::ShareHalf> shares;
  };

  wire::Answer carry_out(Connection connection, const wire::New& r);
  wire::Answer carry_out(Connection connection, const wire::Delete& r);
  wire::Answer carry_out(Connection connection, const wire::Subscribe& r);
  wire::Answer carry_out(Connection connection, const wire::Unsubscribe& r);
  wire::Answer carry_out(Connection connection, const wire::Send& r);
  wire::Answer carry_out(Connection connection, const wire::Ack& r);
  wire::Answer carry_out(Connection connection, const wire::KeysPut& r);
  wire::Answer carry_out(Connection connection, const wire::KeysGet& r);
  wire::Answer carry_out(Connection connection, const wire::Ping& r);
  wire::Answer carry_out(Connection connection, const wire::ShareStore& r);
  wire::Answer carry_out(Connection connection, const wire::ShareKeepOnly& r);
  wire::Answer carry_out(Connection connection, const wire::ShareFetch& r);
  // It keeps no files.
  template <class Other>
  wire::Answer carry_out(Connection, const Other&) {
    return wire::Error{wire::Code::unsupported, 0};
  }
  Mailbox* writable(const wire::MailboxId& id, const wire::SendToken& token);
  Mailbox* readable(Connection connection, const wire::MailboxId& id);
  void push(Mailbox& mailbox, const wire::Msg& msg);
  void push_all();
  void store(const wire::MailboxId& id, Mailbox& mailbox, const wire::MessageId& message,
             const ByteVector& envelope, Hours life);
  [[nodiscard]] bool chance(unsigned percent);

  client::RelayAddress address_;
  Random& random_;
  Deliver deliver_;
  Time now_{};
  std::map<Connection, wire::Nonce> connections_;
  std::map<wire::MailboxId, Mailbox> mailboxes_;
  std::vector<std::pair<wire::MailboxId, std::uint64_t>> to_push_;  // after the answer
  Time swept_at_{};
};

}  // namespace tacet::test
