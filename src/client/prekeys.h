// Our prekeys and what must be remembered of handshakes (RATCHET.md sections 3 and 4).
#pragma once

#include <map>
#include <set>

#include "client/records.h"
#include "ratchet/handshake.h"

namespace tacet::client {

struct Parts;

class Prekeys final : public ratchet::PrekeySecrets {
 public:
  explicit Prekeys(Parts& parts) : p_(parts) {}

  void create();  // the first signed and last-resort prekeys
  void load();
  void maintain();  // weekly replacement, and the death of what was replaced

  [[nodiscard]] ByteVector signed_record() const;  // the current ones, as published
  [[nodiscard]] ByteVector last_resort_record() const;
  [[nodiscard]] std::uint32_t current_signed() const;

  // `count` new one-time prekeys for a mailbox: their records.
  [[nodiscard]] std::vector<ByteVector> make_one_time(const wire::MailboxId& mailbox, std::size_t count);
  // How many of them are still unused.
  [[nodiscard]] std::size_t one_time_left(const wire::MailboxId& mailbox) const;
  void forget_mailbox(const wire::MailboxId& mailbox);  // nothing can arrive there any more

  // A repeat of a handshake that was accepted.
  [[nodiscard]] bool known(const crypto::Hash& handshake) const { return handshakes_.contains(handshake); }
  // What an accepted handshake means for us, into the same batch as the session it made.
  void used(const ratchet::Accepted& accepted);
  void replace_now();  // the last-resort memory is full

  [[nodiscard]] const ratchet::SignedPrekeySecret* find(ratchet::SignedPrekeyId id) const override;
  [[nodiscard]] const ratchet::LastResortSecret* find(ratchet::LastResortId id) const override;
  [[nodiscard]] const ratchet::OneTimeSecret* find(ratchet::OneTimeId id) const override;
  [[nodiscard]] LastResortUse last_resort_use(ratchet::LastResortId id,
                                              const crypto::Hash& entry) const override;

 private:
  template <class Secret>
  struct Kept {
    Secret secret;
    std::optional<Time> dies;                // once it was replaced
    std::optional<wire::MailboxId> mailbox;  // one-time
  };

  void rotate();
  [[nodiscard]] bool last_resort_full(std::uint32_t id) const;
  template <class Gone>
  void forget_uses(Gone gone);  // of last-resort prekeys whose id is `gone`
  template <class Gone>
  void forget_handshakes(Gone gone);

  Parts& p_;
  std::map<std::uint32_t, Kept<ratchet::SignedPrekeySecret>> signed_;
  std::map<std::uint32_t, Kept<ratchet::LastResortSecret>> last_resort_;
  std::map<std::uint32_t, Kept<ratchet::OneTimeSecret>> one_time_;
  std::map<crypto::Hash, std::uint32_t> uses_;        // last-resort memory: entry → last-resort id
  std::map<crypto::Hash, std::uint32_t> handshakes_;  // BH(wire) → signed prekey id
};

}  // namespace tacet::client
