#include "relay/session.h"

#include "crypto/ed25519.h"
#include "wire/chunk.h"

namespace tacet::relay {
namespace {

constexpr std::uint32_t kRetryBusy = 5;     // seconds
constexpr std::uint32_t kRetryQuota = 300;  // an owner has to come and fetch

bool signed_by(const wire::ReaderKey& key, ByteView message, const wire::Signature& signature) {
  return crypto::ed25519_verify({key.raw}, message, {signature.raw});
}

}  // namespace

Session::Session(Relay& relay, Link& link, std::string host)
    : relay_(relay), link_(link), host_(std::move(host)), nonce_(relay.random.draw<wire::Nonce>()) {}

Session::~Session() {
  leave_all();
}

void Session::start() {
  wire::Hello hello;
  hello.server_nonce = nonce_;
  hello.server_key = relay_.store.server_key();
  hello.clock_ms = to_millis(relay_.clock.now());
  hello.max_mailboxes_per_connection = kMaxMailboxesPerConnection;
  hello.quota_envelopes = relay_.quota.envelopes;
  hello.quota_bytes = relay_.quota.bytes;
  hello.max_retention_hours = relay_.terms.max_retention_hours;
  hello.retires_at_ms = relay_.terms.retires_at_ms;
  hello.accepts_new = relay_.terms.accepts_new;
  hello.quota_chunk_bytes = relay_.quota.chunk_bytes;
  hello.admission = relay_.terms.admission;
  if (hello.admission == wire::Admission::work) hello.work = relay_.terms.work;
  say(hello);
}

// ---- what comes in

bool Session::wants_more() const {
  return !stopped_ && !draining_ && requests_ < kMaxRequests && request_bytes_ < kMaxRequestBytes;
}

void Session::receive(ByteView bytes) {
  if (stopped_ || draining_) return;
  auto block = wire::decode_client(bytes);
  const Ticket ticket{block ? block->request_id : wire::peek_request_id(bytes), bytes.size(),
                      block ? block->request.index() : Metrics::kUnreadable};
  ++requests_;
  request_bytes_ += ticket.bytes;
  if (!block) {
    const bool newer =
        block.error() == wire::BlockError::newer_version || block.error() == wire::BlockError::unknown_type;
    refuse(ticket, newer ? wire::Code::unsupported : wire::Code::malformed);
    if (!newer) stop(Close::protocol_error, "not a block of this protocol");
    return;
  }
  if (held_back_) {
    waiting_.emplace_back(std::move(*block), ticket);
  } else {
    handle(std::move(*block), ticket);
  }
}

void Session::handle(wire::ClientBlock block, Ticket ticket) {
  std::visit([&](auto& request) { on(std::move(request), ticket); }, block.request);
}

template <class T, class Then>
Done<T> Session::then(Ticket ticket, Then carry_on) {
  return [weak = weak_from_this(), ticket, carry_on = std::move(carry_on)](Result<T, wire::Code> result) {
    const auto self = weak.lock();
    if (!self) return;
    if (!result) return self->refuse(ticket, result.error());
    if constexpr (std::is_void_v<T>) {
      carry_on(*self);
    } else {
      carry_on(*self, std::move(*result));
    }
  };
}

void Session::on(wire::New request, Ticket ticket) {
  const Terms& terms = relay_.terms;
  if (!terms.accepts_new) return make(request, Making::none, ticket);
  if (terms.admission == wire::Admission::open) return make(request, Making::free, ticket);
  const auto* work = std::get_if<wire::Work>(&request.credential);
  if (terms.admission != wire::Admission::work || work == nullptr) {
    return make(request, Making::invited, ticket);
  }
  held_back_ = true;
  relay_.work.check(relay_.store.server_key(), request.mailbox, *work, terms.work,
                    [weak = weak_from_this(), request, ticket](std::optional<bool> done) {
                      const auto self = weak.lock();
                      if (!self) return;
                      if (done) {
                        self->make(request, *done ? Making::free : Making::invited, ticket);
                      } else {
                        self->refuse(ticket, wire::Code::busy);
                      }
                      self->go_on();
                    });
}

void Session::make(const wire::New& request, Making making, Ticket ticket) {
  relay_.store.create(request, making,
                      then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
}

void Session::go_on() {
  held_back_ = false;
  while (!held_back_ && !waiting_.empty()) {
    auto [block, ticket] = std::move(waiting_.front());
    waiting_.pop_front();
    handle(std::move(block), ticket);
  }
}

void Session::on(wire::Delete request, Ticket ticket) {
  const wire::MailboxId mailbox = request.mailbox;
  if (!delivery_.subscribed(mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  relay_.store.remove(mailbox, then<void>(ticket, [ticket, mailbox](Session& self) {
                        self.leave(mailbox);
                        self.answer(ticket, wire::Ok{});
                      }));
}

void Session::on(wire::Subscribe request, Ticket ticket) {
  if (delivery_.size() + request.entries.size() > kMaxMailboxesPerConnection) {
    return refuse(ticket, wire::Code::quota);
  }
  std::vector<wire::MailboxId> mailboxes;
  for (const auto& entry : request.entries) mailboxes.push_back(entry.mailbox);
  held_back_ = true;
  relay_.store.owners(std::move(mailboxes),
                      [weak = weak_from_this(), request = std::move(request), ticket](auto owners) {
                        const auto self = weak.lock();
                        if (!self) return;
                        if (owners) {
                          self->subscribe(request, *owners, ticket);
                        } else {
                          self->refuse(ticket, owners.error());
                        }
                        self->go_on();
                      });
}

void Session::on(const wire::Unsubscribe& request, Ticket ticket) {
  for (const wire::MailboxId& mailbox : request.mailboxes) leave(mailbox);
  answer(ticket, wire::Ok{});
}

void Session::on(wire::Send request, Ticket ticket) {
  const wire::MailboxId mailbox = request.mailbox;
  request.retention_hours = std::min(request.retention_hours, relay_.terms.max_retention_hours);
  relay_.store.send(std::move(request), [weak = weak_from_this(), &relay = relay_, ticket,
                                         mailbox](Result<Sent, wire::Code> result) {
    if (result) (result->stored ? relay.metrics.stored : relay.metrics.repeats).add();
    // Its reader has to hear of it even if the sender has left meanwhile; also of a mailbox that is full.
    const bool news = result ? result->stored : result.error() == wire::Code::quota;
    if (MailboxReader* reader = news ? relay.hub.reader_of(mailbox) : nullptr) reader->arrived(mailbox);
    const auto self = weak.lock();
    if (!self) return;
    if (result) {
      self->answer(ticket, wire::Ok{});
    } else {
      self->refuse(ticket, result.error());
    }
  });
}

void Session::on(wire::Ack request, Ticket ticket) {
  if (!delivery_.subscribed(request.mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  const std::uint64_t upto = delivery_.acknowledged(request.mailbox, request.number);
  relay_.store.acknowledge(request.mailbox, upto,
                           then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
  link_.wake();
}

void Session::on(wire::KeysPut request, Ticket ticket) {
  if (!delivery_.subscribed(request.mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  relay_.store.put_keys(std::move(request),
                        then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
}

void Session::on(const wire::KeysGet& request, Ticket ticket) {
  const wire::MailboxId mailbox = request.mailbox;
  relay_.store.get_keys(request, then<HandedOut>(ticket, [ticket, mailbox](Session& self, HandedOut out) {
                          self.answer(ticket, std::move(out.keys));
                          MailboxReader* reader = self.relay_.hub.reader_of(mailbox);
                          if (out.low_stock && reader != nullptr) reader->low_stock(mailbox, *out.low_stock);
                        }));
}

void Session::on(wire::Ping /*request*/, Ticket ticket) {
  answer(ticket, wire::Pong{to_millis(relay_.clock.now())});
}

void Session::on(wire::ShareStore request, Ticket ticket) {
  if (!delivery_.subscribed(request.mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  relay_.store.store_share(request,
                           then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
}

void Session::on(wire::ShareKeepOnly request, Ticket ticket) {
  if (!delivery_.subscribed(request.mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  relay_.store.keep_only_share(
      request, then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
}

void Session::on(wire::ShareFetch request, Ticket ticket) {
  if (!delivery_.subscribed(request.mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  relay_.store.shares(request.mailbox, then<wire::Shares>(ticket, [ticket](Session& self, wire::Shares out) {
                        self.answer(ticket, std::move(out));
                      }));
}

void Session::on(wire::ChunkPut request, Ticket ticket) {
  if (!(wire::chunk_digest(request.body) == request.digest)) return refuse(ticket, wire::Code::refused);
  relay_.store.put_chunk(std::move(request),
                         then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
}

void Session::on(wire::ChunksWanted request, Ticket ticket) {
  relay_.store.wanted_chunks(std::move(request),
                             then<wire::ChunksMissing>(ticket, [ticket](Session& self, auto missing) {
                               self.answer(ticket, std::move(missing));
                             }));
}

void Session::on(const wire::ChunkGet& request, Ticket ticket) {
  relay_.store.get_chunk(request.digest, then<wire::Chunk>(ticket, [ticket](Session& self, auto chunk) {
                           self.answer(ticket, std::move(chunk));
                         }));
}

void Session::on(wire::ChunksDrop request, Ticket ticket) {
  if (!delivery_.subscribed(request.mailbox)) return refuse(ticket, wire::Code::not_subscribed);
  relay_.store.drop_chunks(std::move(request),
                           then<void>(ticket, [ticket](Session& self) { self.answer(ticket, wire::Ok{}); }));
}

// ---- subscriptions

void Session::subscribe(const wire::Subscribe& request, const std::vector<std::optional<Owner>>& owners,
                        Ticket ticket) {
  if (stopped_) return;
  wire::Subscribed subscribed;
  std::vector<wire::LowStock> low;
  std::vector<Claim> claims;
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    const wire::Subscribe::Entry& entry = request.entries[i];
    if (!proves(request, entry, owners[i])) {
      subscribed.refused.push_back(entry.mailbox);
      continue;
    }
    relay_.hub.claim(entry.mailbox, *this, owners[i]->claim);
    claims.push_back({entry.mailbox, owners[i]->claim});
    delivery_.subscribe(entry.mailbox, entry.after);
    if (owners[i]->low_stock) low.push_back({entry.mailbox, *owners[i]->low_stock});
  }
  if (!claims.empty()) relay_.store.announce(std::move(claims));
  answer(ticket, std::move(subscribed));
  for (const wire::LowStock& notice : low) say(notice);
}

bool Session::proves(const wire::Subscribe& request, const wire::Subscribe::Entry& entry,
                     const std::optional<Owner>& owner) const {
  // The same verification whether there is such a mailbox or not.
  const wire::ReaderKey key = owner ? owner->reader : wire::ReaderKey{relay_.store.server_key().raw};
  const auto with_host = [&](const std::string& host) {
    return signed_by(key, wire::subscribe_proof(host, nonce_, request.client_nonce, entry.mailbox),
                     entry.signature);
  };
  const bool genuine = relay_.hosts.empty()
                           ? with_host(host_)
                           : std::any_of(relay_.hosts.begin(), relay_.hosts.end(), with_host);
  return owner.has_value() && genuine;
}

void Session::leave(const wire::MailboxId& mailbox) {
  relay_.hub.release(mailbox, *this);
  delivery_.unsubscribe(mailbox);
  if (page_for_.mailbox != mailbox) return;
  page_for_ = {};
  page_.clear();
}

void Session::leave_all() {
  for (const auto& [mailbox, lane] : delivery_.lanes()) relay_.hub.release(mailbox, *this);
  delivery_ = Delivery();
}

void Session::arrived(const wire::MailboxId& mailbox) {
  delivery_.arrived(mailbox);
  link_.wake();
}

void Session::low_stock(const wire::MailboxId& mailbox, std::uint16_t left) {
  say(wire::LowStock{mailbox, left});
}

void Session::displaced() {
  relay_.metrics.displaced.add();
  stop(Close::displaced, "a newer connection reads one of these mailboxes");
}

// ---- what goes out

void Session::answer(Ticket ticket, wire::Answer message) {
  const auto* error = std::get_if<wire::Error>(&message);
  const auto result = error != nullptr ? static_cast<std::size_t>(error->code) : 0;
  relay_.metrics.requests[ticket.type][std::min(result, Metrics::kResults - 1)].add();
  answers_.push_back({wire::encode(wire::ServerBlock{ticket.id, std::move(message)}), ticket.bytes});
  link_.wake();
}

void Session::refuse(Ticket ticket, wire::Code code) {
  const std::uint32_t retry = code == wire::Code::busy    ? kRetryBusy
                              : code == wire::Code::quota ? kRetryQuota
                                                          : 0;
  answer(ticket, wire::Error{code, retry});
}

void Session::say(wire::Answer message) {
  if (stopped_) return;
  answers_.push_back({wire::encode(wire::ServerBlock{0, std::move(message)}), 0});
  link_.wake();
}

void Session::stop(Close code, std::string_view reason) {
  if (stopped_) return;
  stopped_ = true;
  leave_all();
  link_.close(code, reason);
}

void Session::go_away(std::uint32_t reconnect_after_s) {
  if (stopped_ || draining_) return;
  say(wire::GoAway{reconnect_after_s});
  draining_ = true;
  finish_if_drained();
}

void Session::finish_if_drained() {
  if (draining_ && requests_ == 0 && answers_.empty()) stop(Close::going_away, "the relay stops");
}

std::optional<ByteVector> Session::next() {
  if (!answers_.empty()) {
    Answer out = std::move(answers_.front());
    answers_.pop_front();
    if (out.request_bytes != 0) {
      --requests_;
      request_bytes_ -= out.request_bytes;
    }
    finish_if_drained();
    return std::move(out.block);
  }
  if (stopped_ || draining_) return std::nullopt;
  while (!page_.empty()) {
    const Held held = std::move(page_.front());
    page_.pop_front();
    if (!delivery_.current(page_for_) || held.due <= relay_.clock.now()) continue;
    relay_.metrics.delivered.add();
    delivery_.pushed(page_for_.mailbox, held.msg.number, held.msg.envelope.size());
    return wire::encode(wire::ServerBlock{0, held.msg});
  }
  fetch();
  return std::nullopt;
}

void Session::fetch() {
  if (fetching_) return;
  if (page_has_more_) {
    page_has_more_ = false;
    delivery_.arrived(page_for_.mailbox);
  }
  const auto wanted = delivery_.take_turn();
  if (!wanted) return;
  fetching_ = true;
  relay_.store.fetch(wanted->mailbox, wanted->after, wanted->max_count, wanted->max_bytes,
                     [weak = weak_from_this(), wanted = *wanted](Result<Page, wire::Code> result) {
                       if (const auto self = weak.lock()) self->fetched(wanted, std::move(result));
                     });
}

void Session::fetched(const Delivery::Wanted& wanted, Result<Page, wire::Code> result) {
  fetching_ = false;
  if (stopped_) return;
  if (!result) return stop(Close::try_again_later, "the store cannot be read now");
  link_.wake();
  if (!delivery_.current(wanted)) return;
  page_for_ = wanted;
  page_.assign(std::make_move_iterator(result->envelopes.begin()),
               std::make_move_iterator(result->envelopes.end()));
  page_has_more_ = result->more;
  if (result->quota_reached) {
    say(wire::QuotaReached{wanted.mailbox});
    relay_.store.quota_told(wanted.mailbox);
  }
}

}  // namespace tacet::relay
