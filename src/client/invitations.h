// The invitations we have made.
#pragma once

#include <map>

#include "client/event.h"
#include "client/records.h"

namespace tacet::client {

struct Parts;

class Invitations {
 public:
  explicit Invitations(Parts& parts) : p_(parts) {}

  void load();
  void make(const MakeInvitation& wish);
  void revoke(const InvitationId& id);

  [[nodiscard]] bool open_to_strangers(const InvitationId& id) const;
  // Nothing: unlimited, or none of ours.
  [[nodiscard]] std::optional<std::uint32_t> uses_left(const InvitationId& id) const;
  void used(const InvitationId& id);  // somebody came through it

  // From the mailboxes.
  void published(const InvitationId& id);
  void set_problem(const InvitationId& id, std::optional<Problem> problem);
  void deleted(const InvitationId& id);

  // Closes what is over. After every change to contacts, and when time passes.
  void review();
  [[nodiscard]] Time due() const;  // effective time

 private:
  [[nodiscard]] InvitationView* view(const InvitationId& id);
  void show(const InvitationId& id, const InvitationRecord& record);
  void hide(const InvitationId& id);
  // Whether somebody who came through it still writes to its mailbox.
  [[nodiscard]] bool in_use(const InvitationId& id) const;

  Parts& p_;
  std::map<InvitationId, InvitationRecord> records_;
};

}  // namespace tacet::client
