// Our own mailboxes: made, published, subscribed to, acknowledged and deleted at their relays.
#pragma once

#include <map>

#include "client/link.h"
#include "client/records.h"

namespace tacet::client {

struct Parts;

class Mailboxes {
 public:
  static constexpr std::size_t kContactStock = 4;  // one-time prekeys on a contact's mailbox

  explicit Mailboxes(Parts& parts) : p_(parts) {}

  void load();
  // A new one at our home relay: for a contact, or for an invitation.
  [[nodiscard]] wire::MailboxId make(std::optional<ContactId> contact);
  void close(const wire::MailboxId& id);  // deleted at the relay as soon as it has been emptied

  [[nodiscard]] const MailboxRecord* find(const wire::MailboxId& id) const;
  [[nodiscard]] Destination destination(const wire::MailboxId& id) const;
  [[nodiscard]] bool use(const RelayAddress& relay) const;

  // An envelope has arrived: false when its number was taken before. Otherwise its number goes into the batch
  // and is acknowledged when that is durable.
  [[nodiscard]] bool take(const wire::MailboxId& id, std::uint64_t number);

  void online(Link& link);
  void offline(Link& link);
  void pump(Link& link);
  void low_stock(const wire::MailboxId& id, std::uint16_t left);
  [[nodiscard]] Time due() const;  // uptime

 private:
  enum class Reading : std::uint8_t { no, asked, live };
  struct Mailbox {
    MailboxRecord record;
    std::uint64_t taken = 0;    // last number, in memory
    std::uint64_t durable = 0;  // last number whose contents are durable
    std::uint64_t acked = 0;    // last number acknowledged on this connection
    Reading reading = Reading::no;
    bool busy = false;  // a New, KeysPut or Delete is under way
    unsigned refusals = 0;
    Time retry_at{};          // uptime
    Time quiet_since{};       // uptime: live and nothing has arrived since
    Time restocked_at{};      // uptime
    std::size_t restock = 0;  // one-time prekeys to be added
  };

  void save(const wire::MailboxId& id, const Mailbox& mailbox);
  void subscribe(Link& link, const std::vector<wire::MailboxId>& ids);
  void subscribed(const RelayAddress& relay, const std::vector<wire::MailboxId>& asked,
                  const wire::Subscribed& answer);
  void create(Link& link, const wire::MailboxId& id, Mailbox& mailbox);
  void publish(Link& link, const wire::MailboxId& id, Mailbox& mailbox);
  void remove(Link& link, const wire::MailboxId& id, Mailbox& mailbox);
  void erase(const wire::MailboxId& id);
  [[nodiscard]] std::size_t stock_wanted(const wire::MailboxId& id, const Mailbox& mailbox) const;
  void refused(Mailbox& mailbox, const wire::Answer* answer);

  Parts& p_;
  std::map<wire::MailboxId, Mailbox> mailboxes_;
};

}  // namespace tacet::client
