// The relay's half of the vault's key (src/vault/README.md, "Epochs"): agreed to, renewed when something was
// destroyed, given back; and fetched before the messages can be read.
#pragma once

#include "client/link.h"
#include "client/records.h"

namespace tacet::client {

struct Parts;

// While the vault is open.
class ShareKeeper {
 public:
  explicit ShareKeeper(Parts& parts) : p_(parts) {}

  void load();
  void set(bool wanted);
  void pump(Link& link);
  void offline(Link& link);
  void show();  // View::share
  [[nodiscard]] bool uses(const RelayAddress& relay) const { return record_ && record_->relay == relay; }
  [[nodiscard]] Time due() const;  // uptime

 private:
  enum class Stage : std::uint8_t { away, made, live };  // of the mailbox, on this connection

  void save();
  void ask(Link& link, wire::Request request, std::function<void(const wire::Answer&)> answered);
  void enter(Link& link);
  void renew(Link& link);
  void failed(const wire::Answer* answer);

  Parts& p_;
  std::optional<ShareRecord> record_;
  Stage stage_ = Stage::away;
  bool busy_ = false;
  bool refused_ = false;                    // by the relay
  bool told_off_ = false;                   // the vault was told to go on without
  std::optional<std::uint64_t> kept_only_;  // what the relay last confirmed
  Time retry_at_{};                         // uptime
  std::optional<vault::Share> drawn_;       // the next, until the relay has it
  unsigned version_ = 0, durable_ = 0;      // of the record
};

// Before: holds the vault until its share is here.
class ShareWait final : public LinkOwner {
 public:
  ShareWait(Context& context, std::unique_ptr<vault::Vault> vault);
  ~ShareWait() override;

  void retry_now();
  void connected(ConnectionId connection);
  void disconnected(ConnectionId connection);
  void arrived(ConnectionId connection, ByteView block);
  void tick();
  [[nodiscard]] Time due() const;  // uptime
  // Goes on without what the share protects.
  [[nodiscard]] Result<void, vault::Error> give_up() { return vault_->give_up_share(); }

  [[nodiscard]] bool ready() const { return !vault_->needs_share(); }
  [[nodiscard]] std::unique_ptr<vault::Vault> take();

  void link_online(Link& link) override;
  void link_offline(Link&) override {}
  void link_unasked(Link&, const wire::Answer&) override {}
  void link_clock(Link&, Time) override {}
  void link_changed(Link& link) override;

 private:
  void fetched(const wire::Answer* answer);
  void lost();

  Context& context_;
  std::unique_ptr<vault::Vault> vault_;
  std::optional<ShareRecord> record_;
  std::unique_ptr<Link> link_;
};

}  // namespace tacet::client
