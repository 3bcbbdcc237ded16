#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Hours kMaintenance{1};

}  // namespace

bool Parts::load() {
  if (!account.load()) return false;
  prekeys.load();
  mailboxes.load();
  invitations.load();
  contacts.load();
  sessions.load();
  conversations.load();
  outbox.load();
  receipts.load();
  renewal.load();
  inbox.load();
  share.load();
  tell_lost();
  return true;
}

void Parts::tell_lost() {
  const auto lost = journal.unreadable() + static_cast<std::uint32_t>(vault->damaged_records());
  if (lost > std::exchange(lost_told_, lost)) notices.set_count(Problem::vault_records_lost, {}, lost);
}

void Parts::go_online() {
  // Nothing that is only in memory leaves: first everything is made durable.
  journal.touch();
  journal.then([this] {
    online_ = true;
    maintained_at_ = context.uptime - kMaintenance;
    relays.want(context.config.home_relay);
    outbox.want_relays();
    receipts.flush_all();
  });
}

void Parts::tick() {
  clock.tell(context.local);
  vault->advance_clock(clock.now());
  conversations.tick();
  contacts.review();
  keyholder.tick();
  if (!online_) return;
  invitations.review();
  relays.tick();
  opening.tick();
  if (context.uptime >= maintained_at_ + kMaintenance) maintain();
}

void Parts::maintain() {
  maintained_at_ = context.uptime;
  prekeys.maintain();
  sessions.maintain();
  outbox.maintain();
  inbox.maintain();
  journal.touch();
}

void Parts::settle() {
  vault->advance_clock(clock.now());
  // A relay has confirmed the host's clock: what was due meanwhile is done now.
  if (std::exchange(held_, clock.held()) && !clock.held() && online_) {
    conversations.tick();
    contacts.review();
    invitations.review();
    maintain();
  }
  inbox.settle();
  if (online_) renewal.settle();
  journal.flush();
  if (online_) relays.pump();
  journal.tidy();
  journal.flush();
  share.show();
  if (const auto problem = journal.problem()) {
    notices.raise(*problem);
  } else {
    notices.clear(Problem::storage_full);
    notices.clear(Problem::vault_io);
  }
  if (context.view.saving == journal.idle()) {
    context.view.saving = !journal.idle();
    context.redraw = true;
  }
}

Time Parts::due() const {
  const auto from_clock = [&](Time at) { return at == kNever ? kNever : context.local + (at - clock.now()); };
  const auto from_uptime = [&](Time at) {
    return at == kNever ? kNever : context.local + (at - context.uptime);
  };
  const Time hidden = conversations.due();  // by the host's clock, confirmed or not
  const Time life = std::min(contacts.due(), vault->maintenance_due());
  Time out = std::min({hidden == kNever ? kNever : context.local + (hidden - clock.claimed()),
                       from_clock(life), from_uptime(std::min(journal.due(), keyholder.due()))});
  if (!online_) return out;
  const Time work = std::min({relays.due(), mailboxes.due(), outbox.due(), opening.due(), renewal.due(),
                              share.due(), maintained_at_ + kMaintenance});
  return std::min({out, from_clock(invitations.due()), from_uptime(work)});
}

}  // namespace tacet::client
