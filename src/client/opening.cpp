#include "client/opening.h"

#include "base/text.h"
#include "client/parts.h"
#include "client/sealed_keys.h"

namespace tacet::client {
namespace {

constexpr Seconds kRetry{10};
constexpr std::uint32_t kLongestHint = 600;

}  // namespace

void Opening::open(const OpenInvitation& wish) {
  open_.reset();
  p_.context.view.opening.emplace();
  p_.context.redraw = true;
  const auto invitation = Invitation::parse(wish.link);
  if (!invitation) return fail(invitation.error());
  OpeningView& view = *p_.context.view.opening;
  view.fingerprint = invitation->fingerprint;
  view.label = invitation->label;
  view.relay = invitation->relay.host;
  // Somebody we have lost, or who has lost us: their link leads back.
  const auto known = p_.contacts.by_fingerprint(invitation->fingerprint);
  const Destination place{invitation->relay, invitation->mailbox, invitation->token};
  const bool alive = p_.clock.claimed() < invitation->expires_at;
  if (known && alive && p_.renewal.try_at(*known, place)) return cancel();
  if (const auto problem = objection(*invitation)) return fail(*problem);

  // The same id whenever this identity asks this mailbox, so that asking again after a crash gets the same
  // keys.
  const crypto::Hash asked = crypto::blake2b(std::string_view("tacet-asked"),
                                             p_.account.identity().serialise(), invitation->mailbox);
  open_ = Open{*invitation, *MessageId::from(asked.view().first(MessageId::size)), {}, false, {}};
  p_.relays.want(invitation->relay);
}

std::optional<Problem> Opening::objection(const Invitation& invitation) const {
  if (invitation.fingerprint == p_.account.fingerprint()) return Problem::link_own;
  if (p_.contacts.by_fingerprint(invitation.fingerprint)) return Problem::link_known;
  if (p_.clock.now() >= invitation.expires_at) return Problem::link_expired;
  return std::nullopt;
}

void Opening::cancel() {
  open_.reset();
  p_.context.view.opening.reset();
  p_.context.redraw = true;
}

void Opening::fail(Problem problem) {
  open_.reset();
  show(OpeningView::State::failed, problem);
}

void Opening::show(OpeningView::State state, std::optional<Problem> problem) {
  OpeningView& view = *p_.context.view.opening;
  if (view.state == state && view.problem == problem) return;
  view.state = state;
  view.problem = problem;
  p_.context.redraw = true;
}

void Opening::retry_now() {
  if (open_) open_->retry_at = p_.context.uptime;
}

void Opening::tick() {
  if (!open_ || open_->bundle) return;
  if (p_.clock.now() >= open_->invitation.expires_at) return fail(Problem::link_expired);
  Link* link = p_.relays.find(open_->invitation.relay);
  if (!link || link->online()) return;
  link->last_used = p_.context.uptime;
  if (link->problem()) show(OpeningView::State::fetching, link->problem());
}

Time Opening::due() const {
  if (!open_ || open_->bundle || open_->retry_at <= p_.context.uptime) return kNever;
  return open_->retry_at;
}

void Opening::pump(Link& link) {
  const bool due = open_ && !open_->bundle && !open_->in_flight && uses(link.address());
  if (!due || p_.context.uptime < open_->retry_at) return;
  open_->in_flight = true;
  link.request(wire::KeysGet{open_->invitation.mailbox, open_->invitation.token, open_->asked},
               [this, mailbox = open_->invitation.mailbox](const wire::Answer* answer) {
                 if (open_ && open_->invitation.mailbox == mailbox) answered(answer);
               });
}

void Opening::answered(const wire::Answer* answer) {
  open_->in_flight = false;
  if (!answer) return;  // again with the next connection
  if (const auto* error = std::get_if<wire::Error>(answer)) {
    switch (error->code) {
      case wire::Code::used_up:
        return fail(Problem::invitation_used_up);
      case wire::Code::malformed:
      case wire::Code::unsupported:
        return show(OpeningView::State::fetching, Problem::relay_speaks_other);
      case wire::Code::busy:
      case wire::Code::quota:
        open_->retry_at = p_.context.uptime +
                          std::max<Seconds>(kRetry, Seconds(std::min(error->retry_after_s, kLongestHint)));
        return show(OpeningView::State::fetching, Problem::relay_busy);
      default:
        return fail(Problem::invitation_gone);
    }
  }
  const auto* keys = std::get_if<wire::Keys>(answer);
  if (!keys) return fail(Problem::relay_speaks_other);
  auto bundle = open_keys(*keys, open_->invitation.mailbox,
                          ratchet_fingerprint(open_->invitation.fingerprint), p_.clock.now());
  if (!bundle) {
    // Keys that nobody has renewed for 90 days: whoever invited has gone.
    const bool stale = bundle.error() == ratchet::Error::expired;
    return fail(stale ? Problem::invitation_gone : Problem::invitation_forged);
  }
  open_->bundle = std::move(*bundle);
  show(OpeningView::State::ready, {});
}

void Opening::introduce(const Introduce& wish) {
  if (!open_ || !open_->bundle) return;
  if (wish.text.empty() || !is_utf8(wish.text)) return p_.notices.raise(Problem::text_empty);
  if (wish.text.size() > Messenger::kMaxIntroduction) return p_.notices.raise(Problem::text_too_long);
  // Meanwhile they may have opened ours.
  if (const auto problem = objection(open_->invitation)) return fail(*problem);

  const Fingerprint& fingerprint = open_->invitation.fingerprint;
  ContactRecord record;
  record.fingerprint = fingerprint;
  record.state = ContactState::request_sent;
  record.theirs = Destination{open_->invitation.relay, open_->invitation.mailbox, open_->invitation.token};
  const ContactId contact = p_.contacts.add(std::move(record));
  const wire::MailboxId mine = p_.mailboxes.make(contact);
  ContactRecord& made = *p_.contacts.find(contact);
  made.mine = mine;
  const TextContent text = p_.conversations.add_mine(contact, wish.text, made.clocks);
  made.lives_until = text.expires_at;
  p_.contacts.save(contact);
  p_.account.unblock(fingerprint);

  const crypto::Hash former_id = crypto::blake2b(std::string_view("tacet-former"), fingerprint);
  const auto former = p_.journal.read<FormerRecord>(former_id);
  const IntroductionContent content{text, p_.account.name(), p_.mailboxes.destination(mine)};
  auto initiated = ratchet::initiate(p_.account.identity(), *open_->bundle, encode(content),
                                     former ? std::optional(former->session) : std::nullopt, p_.clock.now(),
                                     p_.context.random);
  if (!initiated) {
    p_.contacts.remove(contact);
    return fail(Problem::invitation_forged);  // keys that nothing can be agreed with
  }
  if (former) p_.journal.erase<FormerRecord>(former_id);
  const ratchet::SessionId session = initiated->session.id();
  std::vector<ratchet::SessionId> replaces;
  if (former) replaces.push_back(former->session);
  p_.sessions.adopt(contact, std::move(initiated->session), std::move(replaces));
  p_.outbox.add_handshake(contact, text.id, std::move(initiated->wire), session, text.expires_at);
  open_.reset();
  show(OpeningView::State::sending, {});
  p_.journal.then([this] {
    if (!open_ && p_.context.view.opening && p_.context.view.opening->state == OpeningView::State::sending)
      cancel();
  });
}

}  // namespace tacet::client
