// What leaves the messenger: things its host must do, in order.
#pragma once

#include <variant>
#include <vector>

#include "client/ids.h"
#include "client/relay_address.h"
#include "vault/vault.h"

namespace tacet::client {

// Run Argon2id and answer with Stretched. Takes a second: away from the thread that draws.
struct Stretch {
  Ticket ticket = 0;
  SecretVector passphrase;
  vault::Stretching stretching;
};
// Make everything written to the files so far durable and answer with Synced. One at a time.
struct Sync {
  Ticket ticket = 0;
};
// Open a WebSocket and answer with Connected or Disconnected.
struct Connect {
  ConnectionId connection = 0;
  RelayAddress address;
};
struct Transmit {
  ConnectionId connection = 0;
  ByteVector block;  // one binary message
};
struct Hangup {
  ConnectionId connection = 0;  // no event for it is expected any more
};
// Give the person this file: as a download, or where they said.
struct SaveBackup {
  ByteVector file;
};
// Have the person touch a security key (WebAuthn PRF), with `make` one that is new to this vault, and answer
// with SecurityKeyAnswered.
struct AskSecurityKey {
  Ticket ticket = 0;
  bool make = false;
};
// Remember outside the vault which credential opens it; empty: forget it. It is no secret.
struct KeepSecurityKey {
  ByteVector credential;
};
// Send TimePassed at this time (earlier is harmless). Replaces the previous wish.
struct WakeAt {
  Time at;
};
// view() has changed: draw.
struct Redraw {};
// A message arrived that nobody has seen; the host may make a sound or a notification without any content.
struct Attention {
  ContactId contact;
};

using Effect = std::variant<Stretch, Sync, Connect, Transmit, Hangup, SaveBackup, AskSecurityKey,
                            KeepSecurityKey, WakeAt, Redraw, Attention>;
using Effects = std::vector<Effect>;

}  // namespace tacet::client
