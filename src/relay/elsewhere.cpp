#include "relay/elsewhere.h"

namespace tacet::relay {

void Elsewhere::heard(const std::vector<Item>& items) {
  std::vector<Claim> still_good;
  for (const Item& item : items) {
    MailboxReader* const reader = hub_.reader_of(item.mailbox);
    if (reader == nullptr) continue;
    switch (item.kind) {
      case Kind::arrived:
        reader->arrived(item.mailbox);
        break;
      case Kind::low_stock:
        reader->low_stock(item.mailbox, static_cast<std::uint16_t>(item.number));
        break;
      case Kind::claimed: {
        // Of two claims that crossed, both nodes must find the same one good; and a node that slept through
        // the newer one has to hear of it.
        const std::uint64_t ours = hub_.claim_of(item.mailbox);
        if (item.number > ours) {
          reader->displaced();
        } else if (item.number < ours) {
          still_good.push_back({item.mailbox, ours});
        }
        break;
      }
    }
  }
  if (!still_good.empty()) store_->announce(std::move(still_good));
}

void Elsewhere::missed() {
  std::vector<Claim> claims;
  for (const wire::MailboxId& mailbox : hub_.mailboxes()) {
    hub_.reader_of(mailbox)->arrived(mailbox);
    claims.push_back({mailbox, hub_.claim_of(mailbox)});
  }
  // Whoever has a newer one says so.
  if (!claims.empty()) store_->announce(std::move(claims));
}

}  // namespace tacet::relay
