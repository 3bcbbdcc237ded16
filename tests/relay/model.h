// All that a relay may owe its clients after a crash: whoever was not answered does not know whether the
// request was carried out. store_model.h is one store, to the byte; this is many, so it keeps sizes and
// hashes.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "base/time.h"
#include "relay/store/store.h"

namespace tacet::relay::testing {

// An answer, so that two of them can be compared and read.
[[nodiscard]] std::string in_words(const wire::Answer& answer);

// The answers of src/wire/README.md and src/relay/README.md.
class Model {
 public:
  struct Envelope {
    std::uint64_t number = 0;
    wire::MessageId message;
    std::size_t size = 0;
    Time due;  // not shown to anyone
    friend bool operator==(const Envelope&, const Envelope&) = default;
  };

  explicit Model(Quota quota = {}) : quota_(quota.envelopes, quota.bytes) {}

  // The answer in words. Whatever is due at `now` is gone before. Subscriptions are not its business.
  std::string carry_out(const wire::Request& request, Time now);

  [[nodiscard]] bool has(const wire::MailboxId& mailbox) const { return mailboxes_.count(mailbox) != 0; }
  // What its owner is to be shown, in order.
  [[nodiscard]] std::vector<Envelope> held(const wire::MailboxId& mailbox, Time now) const;

  friend bool operator==(const Model&, const Model&) = default;

 private:
  using OtkId = Bytes<24>;  // the nonce of its seal
  struct HandedOut {
    std::string words;
    Time until;
    friend bool operator==(const HandedOut&, const HandedOut&) = default;
  };
  struct Mailbox {
    wire::ReaderKey reader;
    wire::TokenHash token_hash;
    std::uint64_t next_number = 1;
    std::vector<Envelope> envelopes;
    std::map<wire::MessageId, Time> seen;
    std::int64_t handouts = -1;
    // Of keys and shares only hashes: there are many worlds.
    std::string identity, spk, lrk;
    std::vector<std::pair<OtkId, std::string>> otks;  // the oldest first
    std::map<OtkId, Time> spent;
    std::map<wire::MessageId, HandedOut> handed_out;
    std::map<std::uint64_t, std::string> shares;
    friend bool operator==(const Mailbox&, const Mailbox&) = default;
  };

  void expire(Time now);
  Mailbox* opened(const wire::MailboxId& mailbox, const wire::SendToken& token);
  std::string on(const wire::New& request);
  std::string on(const wire::Delete& request);
  std::string on(const wire::Send& request, Time now);
  std::string on(const wire::Ack& request);
  std::string on(const wire::KeysPut& request);
  std::string on(const wire::KeysGet& request, Time now);
  std::string on(const wire::ShareStore& request);
  std::string on(const wire::ShareKeepOnly& request);
  std::string on(const wire::ShareFetch& request);

  std::pair<std::uint32_t, std::uint64_t> quota_;
  std::map<wire::MailboxId, Mailbox> mailboxes_;
};

// Every state the relay may be in, given all that it has said. None: it has broken its word.
class Worlds {
 public:
  explicit Worlds(Quota quota) : possible_{Model(quota)} {}

  // Requests are carried out, and answered, in the order they were asked in.
  void asked(wire::Request request, Time now) { waiting_.push_back({std::move(request), now}); }
  // The oldest of them was answered. False if no world explains it.
  [[nodiscard]] bool answered(const wire::Answer& answer);
  // The relay is gone. Of what was not answered it may have carried out any number, in order; of what it
  // could not keep (busy), it may after all have kept what came in one transaction. Returns what to ask
  // again.
  std::vector<wire::Request> crashed();

  // The relay has shown that, all of it. False if no world explains it.
  [[nodiscard]] bool has(const wire::MailboxId& mailbox, bool there);
  [[nodiscard]] bool holds(const wire::MailboxId& mailbox, const std::vector<Model::Envelope>& shown,
                           Time now);
  // As holds, but there may be more to come. It is known when there is not if no world's envelopes are only
  // the beginning of another's, as after a Send.
  [[nodiscard]] bool begins(const wire::MailboxId& mailbox, const std::vector<Model::Envelope>& shown,
                            Time now);
  [[nodiscard]] bool may_hold_more(const wire::MailboxId& mailbox, std::size_t shown, Time now) const;

  // One of them. Not after the relay has broken its word.
  [[nodiscard]] const Model& any() const { return possible_.front(); }
  [[nodiscard]] std::size_t count() const { return possible_.size(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Asked {
    wire::Request request;
    Time at;
  };
  void replace(std::vector<Model> models);

  std::vector<Model> possible_;
  std::deque<Asked> waiting_;
  std::vector<Asked> refused_;  // as busy, since something was changed
};

}  // namespace tacet::relay::testing
