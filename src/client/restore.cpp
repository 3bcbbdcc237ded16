#include "client/restore.h"

#include "client/passphrase.h"
#include "client/recovery_code.h"

namespace tacet::client {
namespace {

constexpr Bytes<32> kOnly{};

Problem problem_of(vault::BackupError error) {
  switch (error) {
    case vault::BackupError::not_one:
      return Problem::backup_not_one;
    case vault::BackupError::newer_version:
      return Problem::backup_newer;
    case vault::BackupError::truncated:
      return Problem::backup_truncated;
    case vault::BackupError::damaged:
      return Problem::backup_damaged;
    case vault::BackupError::weak_parameters:
      return Problem::backup_weak;
    case vault::BackupError::wrong_key:
      return Problem::backup_wrong_passphrase;
  }
  return Problem::backup_damaged;
}

// Nothing in memory waits for anything.
void settle(vault::Vault& vault) {
  const auto sync = [&] {
    do {
      vault.sync_starting();
    } while (vault.synced());
  };
  sync();
  if (vault.wants_tidy() && vault.tidy().value_or(false)) sync();
}

}  // namespace

Result<std::unique_ptr<Restore>, Problem> Restore::begin(Context& context, vault::Files& files,
                                                         RestoreBackup wish) {
  const bool chosen = !wish.passphrase.empty();
  if (chosen && !good_passphrase(wish.passphrase)) return unexpected(Problem::passphrase_too_short);
  auto reader = vault::BackupReader::parse(std::move(wish.file));
  if (!reader) return unexpected(problem_of(reader.error()));
  std::unique_ptr<Restore> out(new Restore(context, files, std::move(*reader)));
  out->typed_ = std::move(wish.typed);
  out->passphrase_ = std::move(wish.passphrase);
  return out;
}

Result<bool, Problem> Restore::unlock(const vault::StretchedKey& key) {
  if (const auto opened = reader_.unlock(key); !opened) {
    auto code = normal_recovery_code(typed_);
    if (!code || as_code_) return unexpected(problem_of(opened.error()));
    as_code_ = true;
    typed_ = std::move(*code);
    return false;
  }
  if (passphrase_.empty() && (as_code_ || normal_recovery_code(typed_))) {
    return unexpected(Problem::backup_needs_passphrase);
  }
  if (passphrase_.empty()) passphrase_ = std::move(typed_);
  if (!good_passphrase(passphrase_)) return unexpected(Problem::passphrase_too_short);
  return true;
}

void Restore::fill(const vault::Stretching& stretching, const vault::StretchedKey& passphrase,
                   const vault::StretchedKey& code_key, const SecretVector& code) {
  keys_ = Keys{stretching, passphrase, code_key, code};
  stage_ = Stage::filling;
}

std::optional<Problem> Restore::advance() {
  if (stage_ != Stage::filling) return std::nullopt;
  if (reader_.more()) return fill_some();
  if (!vault_ || !import_.complete()) return Problem::backup_damaged;
  vault::Batch last;
  last.puts.push_back({{static_cast<std::uint8_t>(Kind::recovery), kOnly},
                       encode_record(RecoveryRecord{keys_->code_text}),
                       std::nullopt,
                       false});
  if (const auto done = vault_->commit(last); !done) return client::problem_of(done.error());
  settle(*vault_);
  vault_.reset();
  if (const auto done = vault::copy_records(*memory_, files_); !done) {
    return client::problem_of(done.error());
  }
  sync(Stage::copying);
  return std::nullopt;
}

std::optional<Problem> Restore::fill_some() {
  const auto records = reader_.next();
  if (!records) return problem_of(records.error());
  vault::Batch batch;
  for (const vault::BackupRecord& record : *records) {
    if (!import_.add(record, batch)) return Problem::backup_damaged;
  }
  if (!vault_) {
    // The first record has said when that was: the new vault's clock goes on from there.
    memory_ = vault::make_memory_files();
    auto made = vault::create(*memory_, context_.random, keys_->stretching, keys_->passphrase,
                              import_.made_at().value_or(context_.local), context_.config.deployment);
    if (!made) return client::problem_of(made.error());
    vault_ = std::move(*made);
    if (const auto set = vault_->set_slot(vault::Slot::recovery, keys_->code); !set) {
      return client::problem_of(set.error());
    }
  }
  if (const auto done = vault_->commit(batch); !done) return client::problem_of(done.error());
  settle(*vault_);
  return std::nullopt;
}

void Restore::sync(Stage stage) {
  stage_ = stage;
  ticket_ = context_.next_ticket++;
  context_.effects.push_back(Sync{ticket_});
}

std::optional<Problem> Restore::synced(const Synced& event) {
  if (event.ticket != ticket_ || ticket_ == 0) return std::nullopt;
  ticket_ = 0;
  if (event.failure) {
    return *event.failure == vault::FileError::no_space ? Problem::storage_full : Problem::vault_io;
  }
  if (stage_ == Stage::copying) {
    if (const auto done = vault::copy_vault_file(*memory_, files_); !done) {
      return client::problem_of(done.error());
    }
    sync(Stage::closing);
  } else if (stage_ == Stage::closing) {
    stage_ = Stage::durable;
  }
  return std::nullopt;
}

std::optional<Result<std::unique_ptr<vault::Vault>, vault::Error>> Restore::take() {
  if (stage_ != Stage::durable) return std::nullopt;
  return vault::open(files_, context_.random, keys_->passphrase, Time{}, context_.config.deployment);
}

void Restore::abandon() {
  if (stage_ != Stage::copying && stage_ != Stage::closing) return;
  (void)vault::destroy(files_);
  context_.effects.push_back(Sync{context_.next_ticket++});
}

}  // namespace tacet::client
