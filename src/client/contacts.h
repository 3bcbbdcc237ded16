// The people we know: their records and what is shown of them. Conversations fills in the messages.
#pragma once

#include <map>

#include "client/event.h"
#include "client/records.h"

namespace tacet::client {

struct Parts;

class Contacts {
 public:
  static constexpr std::size_t kMaxRequests = 100;  // waiting for an answer at a time

  explicit Contacts(Parts& parts) : p_(parts) {}

  void load();
  ContactId add(ContactRecord record);
  void save(const ContactId& id);  // after a change to find(id); also brings the view up to date

  [[nodiscard]] ContactRecord* find(const ContactId& id);
  [[nodiscard]] std::optional<ContactId> by_fingerprint(const Fingerprint& fingerprint) const;
  [[nodiscard]] const std::map<ContactId, ContactRecord>& all() const { return records_; }
  [[nodiscard]] bool accepted(const ContactId& id) const;
  [[nodiscard]] std::size_t requests() const;
  [[nodiscard]] ConversationView* view(const ContactId& id);
  void active(const ContactId& id, Time at);  // moves the conversation to the front
  void set_problem(const ContactId& id, std::optional<Problem> problem);
  void clear_problem(const ContactId& id, Problem problem);

  // What a person wants.
  void accept(const ContactId& id);
  void decline(const ContactId& id);
  void rename(const ContactId& id, const std::string& name);
  void mark_verified(const ContactId& id, bool verified);
  void set_clocks(const ContactId& id, const Clocks& clocks);
  void remove(const ContactId& id);  // with conversation, session and mailbox
  void name_changed();               // ours: tells everyone

  // What they say.
  void they_accepted(const ContactId& id);
  void they_moved(const ContactId& id, const Destination& mailbox, const std::string& name);
  void they_are_called(const ContactId& id, const std::string& name);
  void they_know_our_mailbox(const ContactId& id);

  // Requests whose time is over go. When time passes.
  void review();
  [[nodiscard]] Time due() const;  // effective time

  // Tells the contact where to write, in a content of its own.
  void announce_mailbox(const ContactId& id);

 private:
  void show(const ContactId& id);

  Parts& p_;
  std::map<ContactId, ContactRecord> records_;
};

}  // namespace tacet::client
