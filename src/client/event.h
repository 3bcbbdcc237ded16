// What enters the messenger: things a person wants, and things that happened. All of it is plain data, so
// that a whole network of messengers can be driven, recorded and replayed by a test.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/clocks.h"
#include "client/ids.h"
#include "client/problem.h"
#include "client/relay_address.h"
#include "vault/vault.h"

namespace tacet::client {

// ---- what a person wants
// ----------------------------------------------------------------------------------------

struct CreateVault {
  SecretVector passphrase;  // UTF-8, at least kMinPassphrase code points
};
struct CreateEphemeral {};    // this session only: RAM, gone when the tab closes
struct ConfirmRecoveryCode {  // in Phase::recovery, and while View::work is `confirming`
  std::string typed;          // the code or, forgiving about case, spaces and dashes, all of it
};
struct Unlock {
  SecretVector passphrase;  // or the recovery code
};
struct UnlockWithSecurityKey {};  // the one that SetSecurityKey has set
struct Lock {};
// Whether the relay keeps half of the vault's key, so that older copies of the files open nothing destroyed.
struct SetRelayShare {
  bool wanted = false;
};
struct GiveUpShare {};  // in Phase::awaiting_share: go on without the messages that wait for it
// While the vault is open; View::work tells how it goes, and one goes at a time. `current` is the passphrase
// or the recovery code.
struct ChangePassphrase {
  SecretVector current;
  SecretVector next;  // UTF-8, at least kMinPassphrase code points
};
// Shows a new code, which replaces the old one when ConfirmRecoveryCode has brought it back.
struct RenewRecoveryCode {
  SecretVector current;
};
// Another way to open the vault, beside passphrase and recovery code. One at a time: a new one replaces it.
struct SetSecurityKey {
  SecretVector current;
  bool wanted = true;  // false: it shall open nothing any more
};
// Answered by the effect SaveBackup. What is given as `current` opens the file.
struct MakeBackup {
  SecretVector current;
  bool history = true;  // with the messages that have not ended
};
// Forgets how the last one went; ends one that is under way. A code that was not confirmed is dropped.
struct DismissWork {};
// In Phase::welcome: a new vault from a backup file. Goes on like CreateVault; what is wrong with the file or
// with what was typed is View::problem, and nothing was made.
struct RestoreBackup {
  ByteVector file;
  SecretVector typed;       // what opens the file: the passphrase or the recovery code of when it was made
  SecretVector passphrase;  // of the new vault; empty: what was typed, if that is a passphrase
};
struct EraseVault {};  // forgets everything on this device: the way on when passphrase and code are lost
struct SetMyName {
  std::string name;  // may be empty; shown to contacts
};

struct MakeInvitation {
  std::string label;           // a note in the link for whoever opens it, may be empty
  std::uint32_t uses = 1;      // 0: unlimited
  Seconds lifetime = Days(7);  // ≤ 30 days
};
struct RevokeInvitation {
  InvitationId invitation;
};
// Reads the link and, when it is good, fetches the inviter's keys. View::opening tells how it goes.
struct OpenInvitation {
  std::string link;  // the whole link or only its fragment
};
struct CancelInvitation {};
// The first message to the inviter; arrives as a request.
struct Introduce {
  std::string text;
};
struct AcceptRequest {
  ContactId contact;
};
struct DeclineRequest {
  ContactId contact;  // removed and blocked: later messages from this identity are dropped
};

struct SendText {
  ContactId contact;
  std::string text;
  std::optional<Clocks> clocks;  // for this message only; nothing: the conversation's
};
struct SetClocks {
  ContactId contact;
  Clocks clocks;
};
struct Shown {  // these messages are on screen, and the window has the person's attention
  ContactId contact;
  std::vector<MessageId> messages;
};
struct RenameContact {
  ContactId contact;
  std::string name;  // empty: back to the name they chose
};
struct MarkVerified {
  ContactId contact;
  bool verified = true;
};
struct RemoveContact {
  ContactId contact;  // with the conversation and its mailbox
};
struct DismissNotice {
  std::uint64_t notice = 0;
};
struct RetryNow {};  // connect again at once instead of waiting

// ---- what happened
// ----------------------------------------------------------------------------------------------

struct Started {};  // first event: looks whether there is a vault
struct Stretched {  // answers Stretch
  Ticket ticket = 0;
  std::optional<vault::StretchedKey> key;  // nothing: the device has not enough memory
};
struct SecurityKeyAnswered {  // answers AskSecurityKey
  Ticket ticket = 0;
  std::optional<vault::StretchedKey> key;  // the key's PRF of a constant; nothing: `problem` says why
  ByteVector credential;                   // with `make`: for KeepSecurityKey
  Problem problem = Problem::security_key_refused;  // or security_key_unfit
};
struct Synced {  // answers Sync
  Ticket ticket = 0;
  std::optional<vault::FileError> failure;
};
struct Connected {
  ConnectionId connection = 0;
};
struct Disconnected {  // also answers a Connect that came to nothing
  ConnectionId connection = 0;
};
struct BlockArrived {
  ConnectionId connection = 0;
  ByteVector block;
};
struct TimePassed {};           // WakeAt is due, or the host was asleep
struct VaultTakenElsewhere {};  // another tab has taken the vault over: drop everything, write nothing

using Event =
    std::variant<CreateVault, CreateEphemeral, ConfirmRecoveryCode, Unlock, UnlockWithSecurityKey, Lock,
                 SetRelayShare, GiveUpShare, ChangePassphrase, RenewRecoveryCode, SetSecurityKey, MakeBackup,
                 DismissWork, RestoreBackup, EraseVault, SetMyName, MakeInvitation, RevokeInvitation,
                 OpenInvitation, CancelInvitation, Introduce, AcceptRequest, DeclineRequest, SendText,
                 SetClocks, Shown, RenameContact, MarkVerified, RemoveContact, DismissNotice, RetryNow,
                 Started, Stretched, SecurityKeyAnswered, Synced, Connected, Disconnected, BlockArrived,
                 TimePassed, VaultTakenElsewhere>;

}  // namespace tacet::client
