// Requests that a client with a few mailboxes might make, drawn at random.
#pragma once

#include <random>

#include "model.h"

namespace tacet::relay::testing {

// What an envelope with this message id holds.
[[nodiscard]] ByteVector contents(const wire::MessageId& message, std::size_t size);

class Script {
 public:
  // Mailboxes are named `name`/0, `name`/1, …; their keys and tokens are those of store_fixture.h and live.h.
  Script(const std::string& name, std::size_t mailboxes, std::uint64_t seed);

  [[nodiscard]] std::size_t mailboxes() const { return names_.size(); }
  [[nodiscard]] const std::string& name(std::size_t i) const { return names_[i]; }
  [[nodiscard]] wire::MailboxId mailbox(std::size_t i) const;
  [[nodiscard]] wire::New make(std::size_t i) const;
  // A new message.
  [[nodiscard]] wire::Send send(std::size_t i, std::size_t size);

  // Any request but New and Delete for mailboxes that are there. What it acknowledges is among what `known`
  // holds.
  [[nodiscard]] wire::Request next(const Model& known, Time now);
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return random_() % n; }

 private:
  template <class Container>
  Container fresh() {
    Container out;
    for (Byte& b : out.span()) b = static_cast<Byte>(random_());
    return out;
  }
  ByteVector bytes(std::size_t size);
  wire::Request keys(std::size_t i);
  wire::Request share(std::size_t i);

  std::vector<std::string> names_;
  std::mt19937_64 random_;
  std::vector<wire::Send> sent_;                                // some of late
  std::vector<std::pair<std::size_t, wire::MessageId>> asked_;  // some of late
};

}  // namespace tacet::relay::testing
