#include "client/messenger.h"

#include "client/gate.h"

namespace tacet::client {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

class Messenger::Impl {
 public:
  Impl(Config config, Random& random, vault::Files& files)
      : context_(std::move(config), random), gate_(context_, files) {}

  Effects handle(Event event, Time now);
  [[nodiscard]] const View& view() const { return context_.view; }

 private:
  void pass_time(Time now);
  void dispatch(Event& event);
  static void to_wait(ShareWait& wait, Event& event);
  void to_parts(Parts& parts, Event& event, bool open);

  Context context_;
  Gate gate_;
  Time wake_at_ = kNever;
};

void Messenger::Impl::pass_time(Time now) {
  // A host's clock that is set back does not stop what waits for time to pass.
  if (context_.local != Time{} && now > context_.local) context_.uptime += now - context_.local;
  if (context_.local == Time{}) context_.uptime = now;
  context_.local = now;
}

Effects Messenger::Impl::handle(Event event, Time now) {
  pass_time(now);
  context_.effects.clear();
  if (Parts* parts = gate_.parts()) parts->tick();
  if (ShareWait* wait = gate_.share_wait()) wait->tick();
  dispatch(event);
  gate_.review();
  if (Parts* parts = gate_.parts()) parts->settle();

  // What is due now has been done; what says so again is asked again no sooner than time has moved.
  Time due = gate_.parts() ? std::max(gate_.parts()->due(), now + Millis(1)) : kNever;
  if (const ShareWait* wait = gate_.share_wait(); wait && wait->due() != kNever) {
    due = std::max(now + (wait->due() - context_.uptime), now + Millis(1));
  }
  if (gate_.busy()) due = now + Millis(1);
  const bool had_time_passed = std::holds_alternative<TimePassed>(event);
  if (due != kNever && (due != wake_at_ || had_time_passed)) context_.effects.push_back(WakeAt{due});
  wake_at_ = due;
  if (std::exchange(context_.redraw, false)) context_.effects.push_back(Redraw{});
  return std::exchange(context_.effects, {});
}

void Messenger::Impl::dispatch(Event& event) {
  std::visit(Overloaded{
                 [&](const Started&) { gate_.started(); },
                 [&](const CreateVault& e) { gate_.create(e); },
                 [&](const CreateEphemeral&) { gate_.create_ephemeral(); },
                 [&](RestoreBackup& e) { gate_.restore(std::move(e)); },
                 [&](const Synced& e) { gate_.synced(e); },
                 [&](const ConfirmRecoveryCode& e) { gate_.confirm(e); },
                 [&](Unlock& e) { gate_.unlock(std::move(e)); },
                 [&](const UnlockWithSecurityKey&) { gate_.unlock_with_security_key(); },
                 [&](const Lock&) { gate_.lock(); },
                 [&](const EraseVault&) { gate_.erase(); },
                 [&](const GiveUpShare&) { gate_.give_up_share(); },
                 [&](const VaultTakenElsewhere&) { gate_.taken_elsewhere(); },
                 [&](Stretched& e) { gate_.stretched(std::move(e)); },
                 [&](SecurityKeyAnswered& e) { gate_.security_key_answered(std::move(e)); },
                 [&](const TimePassed&) {},
                 [&](const auto&) {
                   if (ShareWait* wait = gate_.share_wait()) return to_wait(*wait, event);
                   if (Parts* parts = gate_.parts()) {
                     to_parts(*parts, event, context_.view.phase == Phase::open);
                   }
                 },
             },
             event);
}

void Messenger::Impl::to_wait(ShareWait& wait, Event& event) {
  std::visit(Overloaded{
                 [&](const RetryNow&) { wait.retry_now(); },
                 [&](const Connected& e) { wait.connected(e.connection); },
                 [&](const Disconnected& e) { wait.disconnected(e.connection); },
                 [&](const BlockArrived& e) { wait.arrived(e.connection, e.block); },
                 [&](const auto&) {},
             },
             event);
}

void Messenger::Impl::to_parts(Parts& p, Event& event, bool open) {
  if (!open) return;
  std::visit(Overloaded{
                 [&](const SetRelayShare& e) { p.share.set(e.wanted); },
                 [&](ChangePassphrase& e) { p.keyholder.change_passphrase(std::move(e)); },
                 [&](RenewRecoveryCode& e) { p.keyholder.renew_recovery_code(std::move(e)); },
                 [&](SetSecurityKey& e) { p.keyholder.set_security_key(std::move(e)); },
                 [&](MakeBackup& e) { p.keyholder.make_backup(std::move(e)); },
                 [&](const DismissWork&) { p.keyholder.dismiss(); },
                 [&](const SetMyName& e) {
                   p.account.set_name(e.name);
                   p.contacts.name_changed();
                 },
                 [&](const MakeInvitation& e) { p.invitations.make(e); },
                 [&](const RevokeInvitation& e) { p.invitations.revoke(e.invitation); },
                 [&](const OpenInvitation& e) { p.opening.open(e); },
                 [&](const CancelInvitation&) { p.opening.cancel(); },
                 [&](const Introduce& e) { p.opening.introduce(e); },
                 [&](const AcceptRequest& e) { p.contacts.accept(e.contact); },
                 [&](const DeclineRequest& e) { p.contacts.decline(e.contact); },
                 [&](const SendText& e) { p.conversations.say(e); },
                 [&](const SetClocks& e) { p.contacts.set_clocks(e.contact, e.clocks); },
                 [&](const Shown& e) { p.conversations.shown(e); },
                 [&](const RenameContact& e) { p.contacts.rename(e.contact, e.name); },
                 [&](const MarkVerified& e) { p.contacts.mark_verified(e.contact, e.verified); },
                 [&](const RemoveContact& e) { p.contacts.remove(e.contact); },
                 [&](const DismissNotice& e) { p.notices.dismiss(e.notice); },
                 [&](const RetryNow&) { p.relays.retry_now(); },
                 [&](const Connected& e) { p.relays.connected(e.connection); },
                 [&](const Disconnected& e) { p.relays.disconnected(e.connection); },
                 [&](const BlockArrived& e) { p.relays.arrived(e.connection, e.block); },
                 [&](const auto&) {},
             },
             event);
}

Messenger::Messenger(Config config, Random& random, vault::Files& files)
    : impl_(std::make_unique<Impl>(std::move(config), random, files)) {}
Messenger::~Messenger() = default;

Effects Messenger::handle(Event event, Time now) {
  return impl_->handle(std::move(event), now);
}
const View& Messenger::view() const {
  return impl_->view();
}

}  // namespace tacet::client
