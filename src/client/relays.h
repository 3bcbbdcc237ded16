// The relays in use: ours, those of mailboxes we read, those of people we write to. What is not needed any
// more is hung up after a minute.
#pragma once

#include <map>
#include <memory>

#include "client/link.h"

namespace tacet::client {

struct Parts;

class Relays final : public LinkOwner {
 public:
  explicit Relays(Parts& parts) : p_(parts) {}

  // Makes sure that somebody tries to reach it.
  void want(const RelayAddress& address);
  [[nodiscard]] Link* find(const RelayAddress& address);
  void retry_now();
  void hang_up();  // all of them
  void pump();     // lets every part talk to every relay that is online

  void connected(ConnectionId connection);
  void disconnected(ConnectionId connection);
  void arrived(ConnectionId connection, ByteView block);
  void tick();
  [[nodiscard]] Time due() const;  // uptime

  void link_online(Link& link) override;
  void link_offline(Link& link) override;
  void link_unasked(Link& link, const wire::Answer& answer) override;
  void link_clock(Link& link, Time relay) override;
  void link_changed(Link& link) override;

 private:
  [[nodiscard]] Link* by_connection(ConnectionId connection);
  [[nodiscard]] bool needed(const RelayAddress& address) const;
  void show();

  Parts& p_;
  std::map<std::string, std::unique_ptr<Link>> links_;  // by URL
};

}  // namespace tacet::client
