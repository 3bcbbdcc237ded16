#include "client/relays.h"

#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Seconds kLinger{60};

}  // namespace

void Relays::want(const RelayAddress& address) {
  auto& link = links_[address.url()];
  if (!link) {
    link = std::make_unique<Link>(p_.context, *this, address);
    link->connect();
  }
  link->last_used = p_.context.uptime;
}

Link* Relays::find(const RelayAddress& address) {
  const auto found = links_.find(address.url());
  return found == links_.end() ? nullptr : found->second.get();
}

Link* Relays::by_connection(ConnectionId connection) {
  for (const auto& [url, link] : links_) {
    if (link->connection() == connection) return link.get();
  }
  return nullptr;
}

void Relays::retry_now() {
  for (const auto& [url, link] : links_) link->connect();
  p_.outbox.retry_now();
  p_.opening.retry_now();
}

void Relays::hang_up() {
  for (const auto& [url, link] : links_) link->hang_up();
}

void Relays::pump() {
  for (const auto& [url, link] : links_) {
    if (link->online()) p_.mailboxes.pump(*link);
    if (link->online()) p_.outbox.pump(*link);
    if (link->online()) p_.opening.pump(*link);
    if (link->online()) p_.renewal.pump(*link);
    if (link->online()) p_.share.pump(*link);
  }
}

void Relays::connected(ConnectionId connection) {
  if (Link* link = by_connection(connection)) link->connected();
}

void Relays::disconnected(ConnectionId connection) {
  if (Link* link = by_connection(connection)) link->disconnected();
}

void Relays::arrived(ConnectionId connection, ByteView block) {
  if (Link* link = by_connection(connection)) link->arrived(block);
}

bool Relays::needed(const RelayAddress& address) const {
  return address == p_.context.config.home_relay || p_.mailboxes.use(address) || p_.outbox.uses(address) ||
         p_.opening.uses(address) || p_.renewal.uses(address) || p_.share.uses(address);
}

void Relays::tick() {
  for (auto at = links_.begin(); at != links_.end();) {
    Link& link = *at->second;
    link.tick();
    if (p_.context.uptime >= link.last_used + kLinger) {
      link.last_used = p_.context.uptime;
      if (!needed(link.address())) {
        link.hang_up();
        at = links_.erase(at);
        show();
        continue;
      }
    }
    ++at;
  }
}

Time Relays::due() const {
  Time out = kNever;
  for (const auto& [url, link] : links_) {
    out = std::min({out, link->due(), link->last_used + kLinger});
  }
  return out;
}

void Relays::link_online(Link& link) {
  p_.mailboxes.online(link);
}

void Relays::link_offline(Link& link) {
  p_.mailboxes.offline(link);
  p_.share.offline(link);
}

void Relays::link_unasked(Link& link, const wire::Answer& answer) {
  if (const auto* msg = std::get_if<wire::Msg>(&answer)) return p_.inbox.arrived(link, *msg);
  if (const auto* low = std::get_if<wire::LowStock>(&answer))
    return p_.mailboxes.low_stock(low->mailbox, low->left);
  // QuotaReached needs no action: what lies in the mailbox is on its way to us already.
}

void Relays::link_clock(Link& link, Time relay) {
  if (p_.clock.relay_says(relay)) {
    if (link.address() == p_.context.config.home_relay) p_.notices.clear(Problem::device_clock_wrong);
  } else {
    p_.notices.raise(Problem::device_clock_wrong);
  }
}

void Relays::link_changed(Link&) {
  show();
}

void Relays::show() {
  auto& views = p_.context.view.relays;
  views.clear();
  for (const auto& [url, link] : links_) views.push_back(link->view());
  p_.context.redraw = true;
}

}  // namespace tacet::client
