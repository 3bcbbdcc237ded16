#include "client/gate.h"

#include "client/passphrase.h"
#include "client/recovery_code.h"

namespace tacet::client {
namespace {

constexpr Bytes<32> kOnly{};

}  // namespace

void Gate::enter(Phase phase, std::optional<Problem> problem) {
  context_.view.phase = phase;
  context_.view.problem = problem;
  context_.redraw = true;
}

void Gate::started() {
  if (context_.view.phase != Phase::starting) return;
  const auto stretching = vault::stretching_of(files_, context_.config.deployment);
  if (stretching) return enter(Phase::locked);
  if (stretching.error() == vault::Error::no_vault) return enter(Phase::welcome);
  enter(Phase::unusable, problem_of(stretching.error()));
}

void Gate::ask_stretch(ByteView secret, const vault::Stretching& stretching) {
  ticket_ = context_.next_ticket++;
  context_.effects.push_back(Stretch{ticket_, {secret.begin(), secret.end()}, stretching});
}

// ---- making

void Gate::create(const CreateVault& wish) {
  if (context_.view.phase != Phase::welcome) return;
  if (!good_passphrase(wish.passphrase)) return enter(Phase::welcome, Problem::passphrase_too_short);
  begin_making(wish.passphrase);
  enter(Phase::creating);
}

void Gate::begin_making(SecretVector passphrase) {
  making_.emplace();
  making_->stretching = context_.config.stretching;
  making_->stretching.salt = context_.random.draw<Bytes<16>>();
  making_->passphrase = std::move(passphrase);
  making_->code = make_recovery_code(context_.random);
  ask_stretch(making_->passphrase, making_->stretching);
}

void Gate::make(const vault::StretchedKey& code_key) {
  const Making making = std::move(*std::exchange(making_, std::nullopt));
  if (restore_) return restore_->fill(making.stretching, *making.first, code_key, making.code);
  auto vault = vault::create(files_, context_.random, making.stretching, *making.first, context_.local,
                             context_.config.deployment);
  if (!vault) return enter(Phase::welcome, problem_of(vault.error()));
  if (const auto set = (*vault)->set_slot(vault::Slot::recovery, code_key); !set) {
    (void)vault::destroy(files_);
    return enter(Phase::welcome, problem_of(set.error()));
  }
  parts_ = std::make_unique<Parts>(context_, std::move(*vault), false);
  parts_->clock.tell(context_.local);
  parts_->account.create();
  parts_->prekeys.create();
  parts_->journal.put(kOnly, RecoveryRecord{making.code});
  // Until the code has been shown on a durable vault, there is nothing to write down.
  parts_->journal.then([this, code = in_groups(making.code)] {
    context_.view.recovery_code = code;
    enter(Phase::recovery);
  });
}

void Gate::create_ephemeral() {
  if (context_.view.phase != Phase::welcome) return;
  memory_files_ = vault::make_memory_files();
  const auto key = context_.random.draw<vault::StretchedKey>();
  auto vault =
      vault::create(*memory_files_, context_.random, context_.config.stretching, key, context_.local);
  if (!vault) return enter(Phase::welcome, problem_of(vault.error()));
  parts_ = std::make_unique<Parts>(context_, std::move(*vault), true);
  parts_->clock.tell(context_.local);
  parts_->account.create();
  parts_->prekeys.create();
  context_.view.ephemeral = true;
  context_.view.home_relay = context_.config.home_relay;
  enter(Phase::open);
  parts_->go_online();
}

void Gate::confirm(const ConfirmRecoveryCode& wish) {
  if (!parts_) return;
  if (context_.view.phase == Phase::open) return parts_->keyholder.confirm(wish);
  if (context_.view.phase != Phase::recovery) return;
  const auto typed = normal_recovery_code(as_bytes(wish.typed));
  const auto kept = parts_->journal.read<RecoveryRecord>(kOnly);
  if (!typed || !kept || !equal_constant_time(*typed, kept->code)) {
    return enter(Phase::recovery, Problem::recovery_code_wrong);
  }
  parts_->journal.erase<RecoveryRecord>(kOnly);
  context_.view.recovery_code = SecretVector();
  context_.view.home_relay = context_.config.home_relay;
  enter(Phase::open);
  parts_->go_online();
}

// ---- from a backup

void Gate::restore(RestoreBackup wish) {
  if (context_.view.phase != Phase::welcome) return;
  auto begun = Restore::begin(context_, files_, std::move(wish));
  if (!begun) return enter(Phase::welcome, begun.error());
  restore_ = std::move(*begun);
  ask_stretch(restore_->secret(), restore_->stretching());
  enter(Phase::creating);
}

void Gate::give_up_restore(Problem problem) {
  restore_->abandon();
  restore_.reset();
  making_.reset();
  enter(Phase::welcome, problem);
}

void Gate::synced(const Synced& event) {
  if (parts_) return parts_->journal.synced(event);
  if (!restore_) return;
  if (const auto problem = restore_->synced(event)) return give_up_restore(*problem);
  if (auto vault = restore_->take()) {
    restore_.reset();
    if (!*vault) return enter(Phase::unusable, problem_of(vault->error()));
    opened(std::move(**vault));
  }
}

// ---- unlocking

void Gate::unlock(Unlock wish) {
  if (context_.view.phase != Phase::locked) return;
  const auto stretching = vault::stretching_of(files_, context_.config.deployment);
  if (!stretching) return enter(Phase::unusable, problem_of(stretching.error()));
  unlocking_ = Unlocking{*stretching, std::move(wish.passphrase), false};
  ask_stretch(unlocking_->typed, unlocking_->stretching);
  enter(Phase::unlocking);
}

void Gate::try_key(const vault::StretchedKey& key) {
  const auto error = open_with(key);
  if (!error) return;
  const auto code = normal_recovery_code(unlocking_->typed);
  if (error == vault::Error::wrong_key && code && !unlocking_->as_code) {
    unlocking_->as_code = true;
    return ask_stretch(*code, unlocking_->stretching);
  }
  stay_locked(*error, Problem::wrong_passphrase);
}

std::optional<vault::Error> Gate::open_with(const vault::StretchedKey& key) {
  auto vault = vault::open(files_, context_.random, key, Time{},
                           context_.config.deployment);  // the host's clock is not trusted yet
  if (!vault) return vault.error();
  unlocking_.reset();
  opened(std::move(*vault));
  return {};
}

void Gate::stay_locked(vault::Error error, Problem wrong_key) {
  unlocking_.reset();
  if (error == vault::Error::wrong_key) return enter(Phase::locked, wrong_key);
  enter(error == vault::Error::io ? Phase::locked : Phase::unusable, problem_of(error));
}

void Gate::unlock_with_security_key() {
  if (context_.view.phase != Phase::locked) return;
  ticket_ = context_.next_ticket++;
  context_.effects.push_back(AskSecurityKey{ticket_, false});
  context_.view.touching = true;
  enter(Phase::unlocking);
}

void Gate::security_key_answered(SecurityKeyAnswered event) {
  if (parts_) return parts_->keyholder.security_key_answered(std::move(event));
  if (event.ticket != ticket_ || !std::exchange(context_.view.touching, false)) return;
  ticket_ = 0;
  if (!event.key) return enter(Phase::locked, event.problem);
  if (const auto error = open_with(*event.key)) stay_locked(*error, Problem::security_key_wrong);
}

void Gate::opened(std::unique_ptr<vault::Vault> vault) {
  if (vault->needs_share()) {
    enter(Phase::awaiting_share);
    share_wait_ = std::make_unique<ShareWait>(context_, std::move(vault));
    return;
  }
  parts_ = std::make_unique<Parts>(context_, std::move(vault), false);
  parts_->clock.tell(context_.local);
  parts_->vault->advance_clock(parts_->clock.now());
  if (!parts_->load()) {
    close();
    return enter(Phase::unusable, Problem::vault_damaged);
  }
  if (const auto recovery = parts_->journal.read<RecoveryRecord>(kOnly)) {
    context_.view.recovery_code = in_groups(recovery->code);
    return enter(Phase::recovery);
  }
  context_.view.home_relay = context_.config.home_relay;
  enter(Phase::open);
  parts_->go_online();
}

void Gate::review() {
  if (restore_) {
    if (const auto problem = restore_->advance()) give_up_restore(*problem);
  }
  if (!share_wait_ || !share_wait_->ready()) return;
  auto vault = share_wait_->take();
  share_wait_.reset();
  opened(std::move(vault));
}

void Gate::give_up_share() {
  if (!share_wait_) return;
  if (const auto done = share_wait_->give_up(); !done) {
    enter(Phase::awaiting_share, problem_of(done.error()));
  }
}

void Gate::stretched(Stretched event) {
  if (parts_) return parts_->keyholder.stretched(std::move(event));
  if (event.ticket != ticket_) return;
  ticket_ = 0;
  if (restore_ && !making_) {
    if (!event.key) return give_up_restore(Problem::not_enough_memory);
    const auto opened = restore_->unlock(*event.key);
    if (!opened) return give_up_restore(opened.error());
    return *opened ? begin_making(restore_->passphrase())
                   : ask_stretch(restore_->secret(), restore_->stretching());
  }
  if (making_) {
    if (!event.key) {
      const auto less = weaker(making_->stretching);
      if (!less) {
        if (restore_) return give_up_restore(Problem::not_enough_memory);
        making_.reset();
        return enter(Phase::welcome, Problem::not_enough_memory);
      }
      making_->stretching = *less;
      making_->first.reset();
      return ask_stretch(making_->passphrase, making_->stretching);
    }
    if (making_->first) return make(*event.key);
    making_->first = std::move(*event.key);
    return ask_stretch(making_->code, making_->stretching);
  }
  if (!unlocking_) return;
  if (event.key) return try_key(*event.key);
  unlocking_.reset();
  enter(Phase::locked, Problem::not_enough_memory);
}

// ---- closing

void Gate::close() {
  if (parts_) parts_->relays.hang_up();
  parts_.reset();
  share_wait_.reset();
  memory_files_.reset();
  restore_.reset();
  making_.reset();
  unlocking_.reset();
  ticket_ = 0;
  context_.view = View{};
  context_.redraw = true;
}

void Gate::lock() {
  if (!parts_ && !unlocking_ && !share_wait_ && !context_.view.touching) return;
  const bool ephemeral = context_.view.ephemeral;
  close();
  enter(ephemeral ? Phase::welcome : Phase::locked);
}

void Gate::erase() {
  const bool ephemeral = context_.view.ephemeral;
  close();
  if (ephemeral) return enter(Phase::welcome);
  const auto done = vault::destroy(files_);
  context_.effects.push_back(KeepSecurityKey{});
  context_.effects.push_back(Sync{context_.next_ticket++});
  if (done) return enter(Phase::welcome);
  enter(Phase::unusable, problem_of(done.error()));
}

void Gate::taken_elsewhere() {
  close();
  enter(Phase::unusable, Problem::open_elsewhere);
}

}  // namespace tacet::client
