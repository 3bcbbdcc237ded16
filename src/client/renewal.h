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

  void look_again() { look_ = true; }
  void settle();  // at the end of an event: whose session needs it
  void pump(Link& link);
  void forget(const ContactId& contact) { attempts_.erase(contact); }
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
  void later(const ContactId& contact, std::optional<Problem> problem);

  Parts& p_;
  std::map<ContactId, Attempt> attempts_;
  bool look_ = true;
};

}  // namespace tacet::client
