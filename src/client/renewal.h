// New sessions for old contacts: when one is broken, missing or too old, the contact's keys are fetched from
// where we write and a handshake takes over (RATCHET.md section 4).
#pragma once

#include <map>

#include "client/link.h"
#include "client/records.h"
#include "client/sessions.h"
#include "ratchet/handshake.h"

namespace tacet::client {

struct Parts;

class Renewal {
 public:
  explicit Renewal(Parts& parts) : p_(parts) {}

  void load();
  void look_again() { look_ = true; }
  void settle();  // at the end of an event: whose session needs it
  void pump(Link& link);
  void forget(const ContactId& contact);  // with what is remembered of a restore

  // After a restore from a backup (README.md, "Backups").
  void heard_on(const ContactId& contact, const ratchet::SessionId& session);  // for the first time
  // They are back from a backup, too: `session` is what they made.
  void they_restored(const ContactId& contact, const ratchet::SessionId& session);
  // The handshake of theirs that made `session` names `replaces`: whether it was sent before they were told.
  void their_handshake(const ContactId& contact, const ratchet::SessionId& session,
                       const std::optional<ratchet::SessionId>& replaces,
                       const std::vector<ratchet::SessionId>& held);
  // An invitation of theirs was opened: false when nothing is wrong with where we write already.
  [[nodiscard]] bool try_at(const ContactId& contact, const Destination& place);
  // Older sessions of theirs may still be in use there: what nothing opens is nothing to worry about.
  [[nodiscard]] bool awaited(const ContactId& contact) const;

  // What has no receipt, once more on the session that sends now.
  void seal_again(const ContactId& contact);
  [[nodiscard]] bool uses(const RelayAddress& relay) const;
  [[nodiscard]] Time due() const;  // uptime

 private:
  struct Attempt {
    MessageId asked;
    bool in_flight = false;
    unsigned failures = 0;
    Time retry_at{};  // uptime
  };

  [[nodiscard]] bool due_for(const ContactId& contact, const ContactRecord& record);
  void answered(const ContactId& contact, const wire::Answer* answer);
  void begin(const ContactId& contact, const ratchet::Bundle& bundle);
  [[nodiscard]] std::optional<Content> opening_content(const ContactId& contact, MessageId& id,
                                                       Time& expires_at);
  void done_with(const ContactId& contact) { attempts_.erase(contact); }
  void save(const ContactId& contact);
  void told(const ContactId& contact);
  void later(const ContactId& contact, std::optional<Problem> problem);
  void not_theirs(const ContactId& contact);

  Parts& p_;
  std::map<ContactId, Attempt> attempts_;
  std::map<ContactId, RestoredRecord> restored_;
  bool look_ = true;
};

}  // namespace tacet::client
