// Everything that can go wrong in a way a person can meet. src/words has a sentence for each: what happened,
// what is safe, what to do.
#pragma once

#include <cstdint>

namespace tacet::client {

enum class Problem : std::uint8_t {
  // the vault
  wrong_passphrase,
  vault_damaged,        // the slots or the manifest cannot be read
  vault_slots_damaged,  // nothing typed can open it any more
  vault_foreign,        // of another deployment
  vault_newer,          // made by a newer Tacet
  vault_records_lost,   // opened, but some records were damaged and are gone
  vault_io,             // the storage failed
  storage_full,
  storage_missing,    // no IndexedDB, private mode
  vault_evicted,      // there was a vault here, and the browser has thrown it away
  open_elsewhere,     // another tab or process has the vault
  share_away,         // the relay that has half the key to the messages cannot be reached
  share_lost,         // that relay does not have it any more
  share_refused,      // the relay keeps no halves of keys
  not_enough_memory,  // for stretching the passphrase
  passphrase_too_short,
  recovery_code_wrong,   // what was typed to confirm is not the code
  security_key_refused,  // the person, the key or the browser said no, or nobody touched it
  security_key_unfit,    // the browser or the key cannot do what it takes (WebAuthn PRF)
  security_key_wrong,    // it answered, and its answer does not open this vault
  // backups
  backup_not_one,           // some other file
  backup_newer,             // made by a newer Tacet
  backup_truncated,         // its end is missing
  backup_damaged,           // it is not what was written
  backup_weak,              // asks for less or more work than Tacet accepts
  backup_wrong_passphrase,  // it is whole, and what was typed does not open it
  backup_needs_passphrase,  // the recovery code opened it: the new vault needs a passphrase
  restored_here,  // this vault is from a backup, and not every contact has answered to a new session yet
  // invitations
  link_malformed,
  link_newer,  // an invitation format of a newer Tacet
  link_expired,
  link_own,         // one's own invitation
  link_known,       // from somebody who is a contact already
  invitation_gone,  // revoked, expired at the relay, or never there
  invitation_used_up,
  invitation_forged,  // the relay handed out keys that do not match the link's fingerprint
  // relays
  relay_unreachable,
  relay_refuses_new,   // makes no new mailboxes
  relay_wants_invite,  // or work, which this version does not bring yet
  relay_busy,
  relay_speaks_other,  // a block of wrong size, type or version
  relay_address_bad,   // the address in a configuration or link is none
  mailbox_full,        // the recipient's mailbox has reached its quota
  mailbox_gone,        // the recipient's mailbox is no more
  // messages
  text_too_long,
  text_empty,
  envelope_unreadable,  // something arrived that nothing here can open
  session_broken,       // a session was renewed because the two sides had drifted apart
  contact_restored,     // a contact came back from a backup: a new session, the same identity
  identity_changed,     // a contact now uses another identity
  clocks_out_of_range,
  device_clock_wrong,  // the device's clock and the relay's are more than ten minutes apart
};

}  // namespace tacet::client
