// What a face shows: plain data, kept up to date by the messenger, read by src/ui and src/cli. Texts are the
// person's own (names, messages); every sentence of ours comes from src/words by enum.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "client/clocks.h"
#include "client/ids.h"
#include "client/problem.h"
#include "client/relay_address.h"

namespace tacet::client {

enum class Phase : std::uint8_t {
  starting,  // looking for a vault
  welcome,   // there is none: choose a passphrase or this session only
  creating,  // stretching the passphrase, making the identity or taking it from a backup
  recovery,  // the recovery code is shown and wants to be confirmed
  locked,    // there is a vault: passphrase, please
  unlocking,
  awaiting_share,  // the passphrase was right; the relay View::share names has half the key to the messages
  open,
  unusable,  // View::problem says why; nothing can be done with this vault here
};

enum class MessageKind : std::uint8_t {
  text,
  expired_unread,  // its time was over before it was shown; no text
};

// How far one of our own messages has come.
enum class Delivery : std::uint8_t {
  saving,     // not durable on this device yet
  waiting,    // durable here, not yet at the relay
  sent,       // the relay has it on disk
  delivered,  // the recipient's device has it on disk
  read,       // it was shown
  failed,     // will not be tried again: MessageView::problem says why
};

struct MessageView {
  MessageId id;
  MessageKind kind = MessageKind::text;
  bool mine = false;
  SecretVector text;  // UTF-8
  Time sent_at;       // by the sender's clock
  Time received_at;   // ours: by this device; order of display
  Time expires_at;
  Seconds burn_after{0};                 // 0: off
  std::optional<Time> burns_at;          // set once it was shown to its recipient
  bool seen = false;                     // theirs: already shown here
  Delivery delivery = Delivery::saving;  // ours only
  std::optional<Problem> problem;

  // When it is gone, as far as is known now.
  [[nodiscard]] Time ends_at() const { return burns_at && *burns_at < expires_at ? *burns_at : expires_at; }
};

enum class ContactState : std::uint8_t {
  request_received,  // a stranger wrote: accept or decline
  request_sent,      // we wrote first: not yet accepted
  accepted,
};

struct ConversationView {
  ContactId contact;
  Fingerprint fingerprint;
  ContactState state = ContactState::accepted;
  std::string name;        // what to show: ours for them, else theirs, else empty
  std::string their_name;  // what they call themselves; may be empty
  bool verified = false;
  std::optional<Time> verified_at;
  std::string safety_number;  // 12 groups of 5 digits
  Clocks clocks;
  std::string relay;                 // host of the relay we write to
  std::deque<MessageView> messages;  // oldest first
  std::uint32_t unseen = 0;
  Time last_activity;
  std::optional<Problem> problem;  // something the person should know about this contact
};

struct InvitationView {
  InvitationId id;
  std::string label;
  std::string link;
  std::uint32_t uses_left = 1;  // 0 with `unlimited` false: used up
  bool unlimited = false;
  bool ready = false;  // published: the link works
  Time made_at;
  Time expires_at;
  std::optional<Problem> problem;
};

// An invitation link that this person has opened.
struct OpeningView {
  enum class State : std::uint8_t { fetching, ready, sending, failed };
  State state = State::fetching;
  Fingerprint fingerprint;
  std::string label;  // from the link: what the inviter wrote about it; untrusted text
  std::string relay;  // host
  std::optional<Problem> problem;
};

struct RelayView {
  enum class State : std::uint8_t { idle, connecting, online, waiting };
  RelayAddress address;
  State state = State::idle;
  std::optional<Time> next_try;  // with waiting
  std::optional<Problem> problem;
};

// Half of the vault's key at the relay (src/vault/README.md, "Epochs").
struct ShareView {
  enum class State : std::uint8_t {
    off,
    setting_up,   // agreed, and not yet in use
    settled,      // no older copy of the files opens what was destroyed
    behind,       // something was destroyed since, and the relay has not confirmed yet
    giving_back,  // no longer wanted, and the relay has not confirmed yet
  };
  State state = State::off;
  std::string relay;  // host
  std::optional<Problem> problem;
  bool operator==(const ShareView&) const = default;
};

// ChangePassphrase, RenewRecoveryCode or MakeBackup.
struct WorkView {
  enum class Kind : std::uint8_t { none, passphrase, recovery_code, security_key, no_security_key, backup };
  enum class State : std::uint8_t {
    working,
    confirming,  // a new recovery code is shown and wants to be confirmed
    done,        // the new one is durable, the old one opens nothing any more; or the file was handed out
    failed,      // nothing was changed
  };
  Kind kind = Kind::none;
  State state = State::working;
  std::optional<Problem> problem;  // with `failed`, and with `confirming` after a code that was not it
  SecretVector recovery_code;      // with `confirming`: ASCII in groups
  std::uint32_t percent = 0;       // of a backup
};

struct NoticeView {
  std::uint64_t id = 0;
  Problem problem{};
  std::optional<ContactId> contact;
  std::uint32_t count = 0;  // how many records, envelopes, …; 0 where it means nothing
};

struct View {
  Phase phase = Phase::starting;
  std::optional<Problem>
      problem;             // of the phase: a wrong passphrase, a damaged vault, a code that does not match
  bool ephemeral = false;  // this session only
  SecretVector recovery_code;  // Phase::recovery only: ASCII in groups, as it is to be written down
  std::string my_name;
  Fingerprint my_fingerprint;
  RelayAddress home_relay;
  std::vector<RelayView> relays;
  std::vector<ConversationView> conversations;  // latest activity first
  std::vector<InvitationView> invitations;      // newest first
  std::optional<OpeningView> opening;
  std::vector<NoticeView> notices;
  ShareView share;
  WorkView work;
  bool touching = false;   // the security key is being asked: it wants to be touched
  bool saving = false;     // something is not durable yet
  bool recalling = false;  // after unlocking: older messages are still on their way into the conversations
};

}  // namespace tacet::client
