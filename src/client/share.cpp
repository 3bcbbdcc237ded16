#include "client/share.h"

#include "client/parts.h"
#include "wire/token.h"

namespace tacet::client {
namespace {

constexpr Bytes<32> kOnly{};
constexpr Seconds kRetry{10};
constexpr Seconds kRetryRefused = Hours(1);

wire::Subscribe subscription(Context& context, const Link& link, const ShareRecord& record) {
  wire::Subscribe request;
  request.client_nonce = context.fresh_id<wire::Nonce>();
  const ByteVector proof = wire::subscribe_proof(link.address().host, link.hello().server_nonce,
                                                 request.client_nonce, record.mailbox);
  request.entries.push_back({record.mailbox, 0, {crypto::ed25519_sign(record.reader, proof).raw}});
  return request;
}

bool accepted(const wire::Answer& answer) {
  const auto* subscribed = std::get_if<wire::Subscribed>(&answer);
  return subscribed && subscribed->refused.empty();
}

}  // namespace

// ---- while the vault is open

void ShareKeeper::load() {
  record_ = p_.journal.read<ShareRecord>(kOnly);
}

void ShareKeeper::save() {
  const auto version = ++version_;
  p_.journal.put(kOnly, *record_);
  p_.journal.then([this, version] { durable_ = version; });
}

void ShareKeeper::set(bool wanted) {
  if (p_.context.view.ephemeral || (!record_ && !wanted) || (record_ && record_->wanted == wanted)) return;
  if (!record_) {
    record_.emplace();
    record_->relay = p_.context.config.home_relay;
    record_->mailbox = p_.context.fresh_id<wire::MailboxId>();
    record_->reader = p_.context.random.draw<crypto::Ed25519Seed>();
    record_->token = p_.context.random.draw<wire::SendToken>();
  }
  record_->wanted = wanted;
  refused_ = told_off_ = false;
  retry_at_ = p_.context.uptime;
  save();
  p_.relays.want(record_->relay);
}

void ShareKeeper::offline(Link& link) {
  if (uses(link.address())) stage_ = Stage::away, busy_ = false;
}

void ShareKeeper::ask(Link& link, wire::Request request, std::function<void(const wire::Answer&)> answered) {
  busy_ = true;
  link.request(std::move(request), [this, answered = std::move(answered)](const wire::Answer* answer) {
    busy_ = false;
    if (!answer || std::holds_alternative<wire::Error>(*answer)) return failed(answer);
    refused_ = false;
    answered(*answer);
  });
}

void ShareKeeper::failed(const wire::Answer* answer) {
  retry_at_ = p_.context.uptime + kRetry;
  if (!answer) return;
  const auto code = std::get<wire::Error>(*answer).code;
  if (code == wire::Code::not_subscribed) stage_ = Stage::away;
  if (code != wire::Code::refused && code != wire::Code::not_admitted && code != wire::Code::unsupported) {
    return;
  }
  refused_ = true;
  retry_at_ = p_.context.uptime + kRetryRefused;
}

void ShareKeeper::pump(Link& link) {
  if (!uses(link.address()) || busy_ || durable_ != version_ || p_.context.uptime < retry_at_) return;
  vault::Vault& vault = *p_.vault;
  if (!record_->wanted && vault.share_number() != 0 && !told_off_) {
    told_off_ = true;  // sealing without a share needs no relay
    vault.use_share(std::nullopt);
  }
  const auto needed = vault.only_share_needed();
  const bool stale = needed && needed != kept_only_;
  const bool renewal = record_->wanted && (vault.share_number() == 0 || vault.wants_new_share());
  if (!stale && !renewal) return;
  if (stage_ != Stage::live) return enter(link);
  if (stale) {
    return ask(link, wire::ShareKeepOnly{record_->mailbox, *needed}, [this, needed](const wire::Answer&) {
      kept_only_ = needed;
      if (*needed != 0 || record_->wanted) return;
      // Given back: the mailbox has nothing more to keep.
      if (Link* home = p_.relays.find(record_->relay); home && home->online()) {
        home->request(wire::Delete{record_->mailbox}, [](const wire::Answer*) {});
      }
      record_.reset();
      p_.journal.erase<ShareRecord>(kOnly);
    });
  }
  if (needed) renew(link);  // else the one before is still on its way into the vault
}

void ShareKeeper::enter(Link& link) {
  if (stage_ == Stage::away) {
    const wire::New request{record_->mailbox,
                            {crypto::ed25519_public(record_->reader).raw},
                            wire::token_hash(record_->token),
                            {}};
    return ask(link, request, [this](const wire::Answer&) { stage_ = Stage::made; });
  }
  ask(link, subscription(p_.context, link, *record_), [this](const wire::Answer& answer) {
    stage_ = accepted(answer) ? Stage::live : Stage::away;
    if (stage_ == Stage::away) retry_at_ = p_.context.uptime + kRetry;
  });
}

void ShareKeeper::renew(Link& link) {
  if (!drawn_) {
    drawn_.emplace();
    drawn_->number = std::max(record_->next, p_.vault->share_number() + 1);
    drawn_->half = p_.context.random.draw<vault::ShareHalf>();
    // Before it leaves: a number that may have reached the relay is never used for another half.
    record_->next = drawn_->number + 1;
    return save();
  }
  const vault::Share share = *drawn_;
  wire::ShareStore request{record_->mailbox, share.number, *wire::ShareHalf::from(share.half.view())};
  ask(link, std::move(request), [this, share](const wire::Answer&) {
    drawn_.reset();
    if (record_ && record_->wanted) p_.vault->use_share(share);
  });
}

Time ShareKeeper::due() const {
  return record_ && retry_at_ > p_.context.uptime ? retry_at_ : kNever;
}

void ShareKeeper::show() {
  const vault::Vault& vault = *p_.vault;
  ShareView out;
  const auto needed = vault.only_share_needed();
  const bool settled = needed && *needed != 0 && needed == kept_only_ && !vault.wants_new_share();
  if (record_ && record_->wanted) {
    out.state = vault.share_number() == 0 ? ShareView::State::setting_up
                : settled                 ? ShareView::State::settled
                                          : ShareView::State::behind;
    out.relay = record_->relay.host;
    if (refused_) out.problem = Problem::share_refused;
  } else if (record_) {
    out.state = ShareView::State::giving_back;
    out.relay = record_->relay.host;
  }
  if (out == p_.context.view.share) return;
  p_.context.view.share = out;
  p_.context.redraw = true;
}

// ---- before

ShareWait::ShareWait(Context& context, std::unique_ptr<vault::Vault> vault)
    : context_(context), vault_(std::move(vault)) {
  const vault::RecordKey key{static_cast<std::uint8_t>(Kind::share), record_id(kOnly)};
  const auto value = vault_->read(key);
  if (value) record_ = decode_record<ShareRecord>(*value);
  if (!record_) {
    lost();
    return;
  }
  context_.view.share.relay = record_->relay.host;
  link_ = std::make_unique<Link>(context_, *this, record_->relay);
  link_->connect();
}

ShareWait::~ShareWait() {
  if (link_) link_->hang_up();
}

std::unique_ptr<vault::Vault> ShareWait::take() {
  if (link_) link_->hang_up();
  link_.reset();
  return std::move(vault_);
}

void ShareWait::retry_now() {
  if (link_) link_->connect();
}

void ShareWait::connected(ConnectionId connection) {
  if (link_ && link_->connection() == connection) link_->connected();
}

void ShareWait::disconnected(ConnectionId connection) {
  if (link_ && link_->connection() == connection) link_->disconnected();
}

void ShareWait::arrived(ConnectionId connection, ByteView block) {
  if (link_ && link_->connection() == connection) link_->arrived(block);
}

void ShareWait::tick() {
  if (link_) link_->tick();
}

Time ShareWait::due() const {
  return link_ ? link_->due() : kNever;
}

void ShareWait::link_online(Link& link) {
  link.request(subscription(context_, link, *record_), [this](const wire::Answer* answer) {
    if (!answer || std::holds_alternative<wire::Error>(*answer)) return;  // again with the next connection
    if (!accepted(*answer)) return lost();
    link_->request(wire::ShareFetch{record_->mailbox},
                   [this](const wire::Answer* shares) { fetched(shares); });
  });
}

void ShareWait::fetched(const wire::Answer* answer) {
  const auto* shares = answer ? std::get_if<wire::Shares>(answer) : nullptr;
  if (!shares) return;
  for (const wire::Shares::Entry& entry : shares->entries) {
    if (vault_->give_share({entry.number, *vault::ShareHalf::from(entry.half.view())})) return;
  }
  lost();
}

void ShareWait::lost() {
  context_.view.problem = Problem::share_lost;
  context_.redraw = true;
}

void ShareWait::link_changed(Link& link) {
  context_.view.relays = {link.view()};
  if (context_.view.problem != Problem::share_lost) {
    context_.view.problem = link.problem() ? std::optional(Problem::share_away) : std::nullopt;
  }
  context_.redraw = true;
}

}  // namespace tacet::client
