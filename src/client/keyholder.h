// What only somebody who knows the passphrase or the recovery code may do while the vault is open: change the
// one, renew the other, set a security key, make a backup (README.md, "Passphrase, recovery code, security
// key").
#pragma once

#include <memory>

#include "client/event.h"
#include "client/view.h"
#include "vault/backup.h"

namespace tacet::client {

struct Parts;

class Keyholder {
 public:
  explicit Keyholder(Parts& parts) : p_(parts) {}

  void change_passphrase(ChangePassphrase wish);
  void renew_recovery_code(RenewRecoveryCode wish);
  void set_security_key(SetSecurityKey wish);
  void make_backup(MakeBackup wish);
  void confirm(const ConfirmRecoveryCode& wish);
  void dismiss();
  void stretched(Stretched event);
  void security_key_answered(SecurityKeyAnswered event);

  void tick();                     // collects the next piece of a backup
  [[nodiscard]] Time due() const;  // uptime

 private:
  using Kind = WorkView::Kind;
  enum class Step : std::uint8_t {
    touching,         // the security key is being asked
    proving,          // what was given as the current one is being stretched
    proving_as_code,  // once more, read as a recovery code
    confirming,       // the new code is on the screen
    sealing,          // what goes into the slot, or opens the backup, is being stretched
    storing,          // the slot is written and not durable yet
    collecting,       // the backup, record by record
  };
  struct Work {
    Kind kind = Kind::none;
    Step step = Step::proving;
    SecretVector current;  // as typed; once proven, as it was stretched
    SecretVector next;     // the new passphrase, or the new code
    std::optional<vault::StretchedKey> security_key;
    ByteVector credential;  // of that key
    bool history = false;
    vault::Stretching stretching;  // of the backup
    std::optional<vault::BackupWriter> backup;
    std::vector<vault::RecordInfo> records;  // that go into it
    std::size_t collected = 0;
  };

  [[nodiscard]] bool begin(Kind kind, SecretVector current);
  void stretch(ByteView secret, const vault::Stretching& stretching);
  void prove(const vault::StretchedKey& key);
  void proven();
  void store(vault::Slot slot, const std::optional<vault::StretchedKey>& key);
  void fail(Problem problem);
  void show(WorkView::State state, std::optional<Problem> problem = {});

  Parts& p_;
  std::unique_ptr<Work> work_;  // under way
  Ticket ticket_ = 0;           // of the stretching or the security key we wait for
};

}  // namespace tacet::client
