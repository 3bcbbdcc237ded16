// The ratchet sessions with each contact, and the rules above one session (RATCHET.md section 4).
#pragma once

#include <map>

#include "client/records.h"
#include "ratchet/session.h"

namespace tacet::client {

struct Parts;

class Sessions {
 public:
  struct Sealed {
    ByteVector envelope;
    ratchet::SessionId session;
  };
  enum class Health : std::uint8_t { good, old, broken, none };

  explicit Sessions(Parts& parts) : p_(parts) {}

  void load();
  // On the session that sends; its new state goes into the batch. Nothing when there is none that can.
  [[nodiscard]] std::optional<Sealed> seal(const ContactId& contact, ByteView content);
  // Tries every session with the contact. The new state of the one that opened goes into the batch.
  [[nodiscard]] std::optional<SecretVector> open(const ContactId& contact, ByteView wire);
  // A handshake of either side has made a session, which takes the place of those it replaces.
  void adopt(const ContactId& contact, ratchet::Session session, std::vector<ratchet::SessionId> replaces);
  // One that is here, too, is replaced by it.
  void overrule(const ContactId& contact, const ratchet::SessionId& by, const ratchet::SessionId& loser);
  // Takes that back.
  void let_both(const ContactId& contact, const ratchet::SessionId& by, const ratchet::SessionId& loser);
  [[nodiscard]] std::vector<ratchet::SessionId> ids(const ContactId& contact) const;
  // Something that nothing opens has arrived where this contact writes.
  void unreadable(const ContactId& contact);

  [[nodiscard]] bool has(const ContactId& contact) const { return sessions_.contains(contact); }
  // Whether something of theirs was opened after that.
  [[nodiscard]] bool heard_since(const ContactId& contact, Time time) const;
  [[nodiscard]] Health health(const ContactId& contact) const;
  void forget(const ContactId& contact);
  void maintain();  // hourly

 private:
  struct Entry {
    SessionRecord record;  // its `session` stays empty here
    ratchet::Session session;
  };
  using Entries = std::vector<Entry>;

  void save(const Entry& entry);
  [[nodiscard]] static bool replaces(const Entry& entry, const ratchet::SessionId& other);
  // The one that sends, in a list that is not empty.
  [[nodiscard]] static std::size_t sender(const Entries& entries);
  void choose(const ContactId& contact, Entries& entries);
  void count_fork(Entry& entry, const crypto::Hash& fork);
  void break_off(Entry& entry);

  Parts& p_;
  std::map<ContactId, Entries> sessions_;
};

}  // namespace tacet::client
