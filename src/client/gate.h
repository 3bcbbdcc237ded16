// The door of the vault: making one, unlocking it, locking it, forgetting it. Owns everything behind it.
#pragma once

#include "client/parts.h"
#include "client/restore.h"

namespace tacet::client {

class Gate {
 public:
  Gate(Context& context, vault::Files& files) : context_(context), files_(files) {}

  void started();
  void create(const CreateVault& wish);
  void create_ephemeral();
  void restore(RestoreBackup wish);
  void confirm(const ConfirmRecoveryCode& wish);
  void unlock(Unlock wish);
  void unlock_with_security_key();
  void lock();
  void erase();
  void taken_elsewhere();
  void give_up_share();
  void review();  // after every event: whether what it waits for is here
  void stretched(Stretched event);
  void security_key_answered(SecurityKeyAnswered event);
  void synced(const Synced& event);
  // There is more to do at once, without an event.
  [[nodiscard]] bool busy() const { return restore_ && restore_->busy(); }

  // Nullptr while nothing is awaited.
  [[nodiscard]] ShareWait* share_wait() { return share_wait_.get(); }
  // Behind the door; nullptr while it is closed.
  [[nodiscard]] Parts* parts() { return parts_.get(); }

 private:
  // What is being stretched, and what for.
  struct Making {
    vault::Stretching stretching;
    SecretVector passphrase;
    SecretVector code;
    std::optional<vault::StretchedKey> first;  // the passphrase's; then it is the code's turn
  };
  struct Unlocking {
    vault::Stretching stretching;
    SecretVector typed;
    bool as_code = false;  // this is the second try, with what was typed read as a recovery code
  };

  void enter(Phase phase, std::optional<Problem> problem = {});
  void ask_stretch(ByteView secret, const vault::Stretching& stretching);
  void begin_making(SecretVector passphrase);
  void give_up_restore(Problem problem);
  void make(const vault::StretchedKey& code_key);
  void try_key(const vault::StretchedKey& key);
  // The error where it does not open.
  [[nodiscard]] std::optional<vault::Error> open_with(const vault::StretchedKey& key);
  void stay_locked(vault::Error error, Problem wrong_key);
  void opened(std::unique_ptr<vault::Vault> vault);
  void close();  // drops everything behind the door, and everything shown

  Context& context_;
  vault::Files& files_;
  std::unique_ptr<vault::Files> memory_files_;  // of an ephemeral vault
  std::unique_ptr<ShareWait> share_wait_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Restore> restore_;
  std::optional<Making> making_;
  std::optional<Unlocking> unlocking_;
  Ticket ticket_ = 0;  // of the stretching or the security key we wait for
};

}  // namespace tacet::client
