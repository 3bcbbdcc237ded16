#include "client/keyholder.h"

#include "client/backup.h"
#include "client/parts.h"
#include "client/passphrase.h"
#include "client/recovery_code.h"

namespace tacet::client {
namespace {

constexpr std::size_t kRecordsAtOnce = 256;

}  // namespace

bool Keyholder::begin(Kind kind, SecretVector current) {
  if (work_ || p_.context.view.ephemeral) return false;
  work_ = std::make_unique<Work>();
  work_->kind = kind;
  work_->current = std::move(current);
  show(WorkView::State::working);
  return true;
}

void Keyholder::change_passphrase(ChangePassphrase wish) {
  if (!begin(Kind::passphrase, std::move(wish.current))) return;
  if (!good_passphrase(wish.next)) return fail(Problem::passphrase_too_short);
  work_->next = std::move(wish.next);
  stretch(work_->current, p_.vault->stretching());
}

void Keyholder::renew_recovery_code(RenewRecoveryCode wish) {
  if (!begin(Kind::recovery_code, std::move(wish.current))) return;
  stretch(work_->current, p_.vault->stretching());
}

// First the key, while the browser still holds it for the person's own wish.
void Keyholder::set_security_key(SetSecurityKey wish) {
  if (!begin(wish.wanted ? Kind::security_key : Kind::no_security_key, std::move(wish.current))) return;
  if (!wish.wanted) return stretch(work_->current, p_.vault->stretching());
  work_->step = Step::touching;
  ticket_ = p_.context.next_ticket++;
  p_.context.effects.push_back(AskSecurityKey{ticket_, true});
  p_.context.view.touching = true;
}

void Keyholder::security_key_answered(SecurityKeyAnswered event) {
  if (!work_ || event.ticket != ticket_ || work_->step != Step::touching) return;
  ticket_ = 0;
  p_.context.view.touching = false;
  if (!event.key) return fail(event.problem);
  work_->security_key = std::move(event.key);
  work_->credential = std::move(event.credential);
  work_->step = Step::proving;
  stretch(work_->current, p_.vault->stretching());
  show(WorkView::State::working);
}

void Keyholder::make_backup(MakeBackup wish) {
  if (!begin(Kind::backup, std::move(wish.current))) return;
  work_->history = wish.history;
  stretch(work_->current, p_.vault->stretching());
}

void Keyholder::stretch(ByteView secret, const vault::Stretching& stretching) {
  ticket_ = p_.context.next_ticket++;
  p_.context.effects.push_back(Stretch{ticket_, {secret.begin(), secret.end()}, stretching});
}

void Keyholder::stretched(Stretched event) {
  if (!work_ || event.ticket != ticket_) return;
  ticket_ = 0;
  if (!event.key) return fail(Problem::not_enough_memory);
  if (work_->step != Step::sealing) return prove(*event.key);
  switch (work_->kind) {
    case Kind::none:
    case Kind::security_key:
    case Kind::no_security_key:
      return;
    case Kind::passphrase:
      return store(vault::Slot::passphrase, *event.key);
    case Kind::recovery_code:
      return store(vault::Slot::recovery, *event.key);
    case Kind::backup:
      work_->step = Step::collecting;
      work_->backup.emplace(p_.context.random, work_->stretching, *event.key);
      begin_backup(p_, *work_->backup);
      work_->records = records_for_backup(p_, work_->history);
      return;
  }
}

void Keyholder::prove(const vault::StretchedKey& key) {
  if (p_.vault->opened_by(key)) return proven();
  auto code = normal_recovery_code(work_->current);
  if (!code || work_->step == Step::proving_as_code) return fail(Problem::wrong_passphrase);
  work_->step = Step::proving_as_code;
  work_->current = std::move(*code);
  stretch(work_->current, p_.vault->stretching());
}

void Keyholder::proven() {
  work_->step = Step::sealing;
  switch (work_->kind) {
    case Kind::none:
      return;
    case Kind::passphrase:
      return stretch(work_->next, p_.vault->stretching());
    case Kind::recovery_code:
      work_->step = Step::confirming;
      work_->next = make_recovery_code(p_.context.random);
      return show(WorkView::State::confirming);
    case Kind::security_key:
    case Kind::no_security_key:
      return store(vault::Slot::security_key, work_->security_key);
    case Kind::backup:
      // The cost that this device has just managed.
      work_->stretching = p_.vault->stretching();
      work_->stretching.salt = p_.context.random.draw<Bytes<16>>();
      return stretch(work_->current, work_->stretching);
  }
}

void Keyholder::confirm(const ConfirmRecoveryCode& wish) {
  if (!work_ || work_->step != Step::confirming) return;
  const auto typed = normal_recovery_code(as_bytes(wish.typed));
  if (!typed || !equal_constant_time(*typed, work_->next)) {
    return show(WorkView::State::confirming, Problem::recovery_code_wrong);
  }
  work_->step = Step::sealing;
  stretch(work_->next, p_.vault->stretching());
  show(WorkView::State::working);
}

// One file is replaced: whatever is cut off, either the old slot opens or the new one.
void Keyholder::store(vault::Slot slot, const std::optional<vault::StretchedKey>& key) {
  if (const auto set = p_.vault->set_slot(slot, key); !set) return fail(problem_of(set.error()));
  work_->step = Step::storing;
  p_.journal.touch();
  p_.journal.then([this, slot] {
    if (slot == vault::Slot::security_key) {
      p_.context.effects.push_back(KeepSecurityKey{std::move(work_->credential)});
    }
    work_.reset();
    show(WorkView::State::done);
  });
}

void Keyholder::tick() {
  if (!work_ || work_->step != Step::collecting) return;
  Work& work = *work_;
  const std::size_t until = std::min(work.records.size(), work.collected + kRecordsAtOnce);
  for (; work.collected < until; ++work.collected) {
    add_to_backup(p_, work.records[work.collected], *work.backup);
  }
  if (work.collected == work.records.size()) {
    p_.context.effects.push_back(SaveBackup{work.backup->finish()});
    work_.reset();
    return show(WorkView::State::done);
  }
  show(WorkView::State::working);
}

Time Keyholder::due() const {
  return work_ && work_->step == Step::collecting ? p_.context.uptime : kNever;
}

void Keyholder::dismiss() {
  // What is written already goes on; everything before has left no trace.
  if (work_ && work_->step == Step::storing) return;
  work_.reset();
  ticket_ = 0;
  p_.context.view.work = WorkView();
  p_.context.view.touching = false;
  p_.context.redraw = true;
}

void Keyholder::fail(Problem problem) {
  show(WorkView::State::failed, problem);
  work_.reset();
}

void Keyholder::show(WorkView::State state, std::optional<Problem> problem) {
  WorkView& view = p_.context.view.work;
  if (work_) view.kind = work_->kind;
  view.state = state;
  view.problem = problem;
  view.recovery_code = state == WorkView::State::confirming ? in_groups(work_->next) : SecretVector();
  const bool collecting = work_ && !work_->records.empty();
  view.percent = collecting ? static_cast<std::uint32_t>(100 * work_->collected / work_->records.size()) : 0;
  p_.context.redraw = true;
}

}  // namespace tacet::client
