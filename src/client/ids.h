// Names of things inside one messenger.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "wire/messages.h"

namespace tacet::client {

using ContactId = Bytes<16, struct ContactIdTag>;  // random, local to this vault
using InvitationId = wire::MailboxId;              // an invitation is known by its mailbox
using MessageId = wire::MessageId;                 // the same in content, outbox and at the relay
using Fingerprint = Bytes<32, struct FingerprintTag>;
using Ticket = std::uint64_t;        // pairs an effect with the event that answers it
using ConnectionId = std::uint32_t;  // chosen by the messenger, never reused in one run

}  // namespace tacet::client
