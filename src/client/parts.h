// Everything that lives while a vault is open. The parts know each other through this struct; Lock destroys
// it whole, and with it every secret in memory.
#pragma once

#include "client/account.h"
#include "client/clock.h"
#include "client/contacts.h"
#include "client/conversations.h"
#include "client/inbox.h"
#include "client/invitations.h"
#include "client/journal.h"
#include "client/keyholder.h"
#include "client/mailboxes.h"
#include "client/notices.h"
#include "client/opening.h"
#include "client/outbox.h"
#include "client/prekeys.h"
#include "client/receipts.h"
#include "client/relays.h"
#include "client/renewal.h"
#include "client/sessions.h"
#include "client/share.h"

namespace tacet::client {

struct Parts {
  Parts(Context& shared, std::unique_ptr<vault::Vault> opened, bool in_memory)
      : context(shared), vault(std::move(opened)), clock(vault->now()), journal(shared, *vault, in_memory) {}

  // Reads what the vault holds; false when there is no identity in it that can be read.
  [[nodiscard]] bool load();
  // What could not be read since then, to the person.
  void tell_lost();
  // Connects and goes to work: the vault is durable and its recovery code confirmed.
  void go_online();
  // At the beginning of every event: what time has made due.
  void tick();
  // At the end of every event: commits, and lets every part say what it has to say to its relay.
  void settle();
  // The earliest time by the host's clock at which tick() has something to do.
  [[nodiscard]] Time due() const;

  Context& context;
  std::unique_ptr<vault::Vault> vault;
  Clock clock;
  Journal journal;
  Notices notices{context};
  Account account{*this};
  Prekeys prekeys{*this};
  Mailboxes mailboxes{*this};
  Invitations invitations{*this};
  Contacts contacts{*this};
  Sessions sessions{*this};
  Conversations conversations{*this};
  Outbox outbox{*this};
  Receipts receipts{*this};
  Inbox inbox{*this};
  Opening opening{*this};
  Renewal renewal{*this};
  ShareKeeper share{*this};
  Keyholder keyholder{*this};
  Relays relays{*this};

 private:
  void maintain();

  Time maintained_at_{};  // uptime
  std::uint32_t lost_told_ = 0;
  bool online_ = false;
  bool held_ = false;  // the clock was, at the end of the last event
};

}  // namespace tacet::client
