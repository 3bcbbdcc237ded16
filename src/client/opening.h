// An invitation link that was opened: from the link to the inviter's keys to the first message.
#pragma once

#include <optional>

#include "client/event.h"
#include "client/invitation.h"
#include "client/link.h"
#include "ratchet/handshake.h"

namespace tacet::client {

struct Parts;

class Opening {
 public:
  explicit Opening(Parts& parts) : p_(parts) {}

  void open(const OpenInvitation& wish);
  void introduce(const Introduce& wish);
  void cancel();

  void pump(Link& link);
  void retry_now();
  void tick();  // shows whether the relay can be reached
  [[nodiscard]] bool uses(const RelayAddress& relay) const {
    return open_ && open_->invitation.relay == relay;
  }
  [[nodiscard]] Time due() const;  // uptime

 private:
  struct Open {
    Invitation invitation;
    MessageId asked;
    std::optional<ratchet::Bundle> bundle;
    bool in_flight = false;
    Time retry_at{};  // uptime
  };

  [[nodiscard]] std::optional<Problem> objection(const Invitation& invitation) const;
  void answered(const wire::Answer* answer);
  void fail(Problem problem);
  void show(OpeningView::State state, std::optional<Problem> problem);

  Parts& p_;
  std::optional<Open> open_;
};

}  // namespace tacet::client
