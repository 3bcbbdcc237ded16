// What a mailbox publishes for a first message (identity and prekeys), sealed so that only who was given its
// address can read it. The relay hands it out and learns neither whose it is nor which other mailboxes are
// theirs (README.md beside this file, "Published keys").
#pragma once

#include "client/ids.h"
#include "ratchet/handshake.h"
#include "wire/messages.h"

namespace tacet::client {

// Seals every record of `put` in place; `put.mailbox` is set. Draws 24 bytes for each.
void seal_keys(wire::KeysPut& put, const ratchet::Fingerprint& owner, Random& random);

// The bundle in what a relay handed out for `mailbox`. fingerprint_mismatch also where the seal does not
// open: then the keys come from somebody else than who published them. Otherwise the errors of
// ratchet::Bundle::parse.
[[nodiscard]] Result<ratchet::Bundle, ratchet::Error> open_keys(const wire::Keys& keys,
                                                                const wire::MailboxId& mailbox,
                                                                const ratchet::Fingerprint& owner, Time now);

}  // namespace tacet::client
