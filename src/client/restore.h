// A new vault from a backup file. It is made in memory; what turns the files into a vault is written last, so
// that a cut anywhere leaves no vault or the whole one (README.md, "Backups").
#pragma once

#include <memory>

#include "client/backup.h"
#include "client/context.h"
#include "client/event.h"

namespace tacet::client {

class Restore {
 public:
  // The file is whole; else which way it is not.
  [[nodiscard]] static Result<std::unique_ptr<Restore>, Problem> begin(Context& context, vault::Files& files,
                                                                       RestoreBackup wish);

  // What is to be stretched next, and how: until unlock() says true.
  [[nodiscard]] ByteView secret() const { return typed_; }
  [[nodiscard]] const vault::Stretching& stretching() const { return reader_.stretching(); }
  [[nodiscard]] Result<bool, Problem> unlock(const vault::StretchedKey& key);
  // Of the new vault. After unlock().
  [[nodiscard]] const SecretVector& passphrase() const { return passphrase_; }

  // The new vault's keys are there. From now on advance() at every event.
  void fill(const vault::Stretching& stretching, const vault::StretchedKey& passphrase,
            const vault::StretchedKey& code_key, const SecretVector& code);
  // A bounded piece of the work.
  [[nodiscard]] std::optional<Problem> advance();
  [[nodiscard]] bool busy() const { return stage_ == Stage::filling; }
  [[nodiscard]] std::optional<Problem> synced(const Synced& event);
  // The vault is durable: opens it. Nothing before.
  [[nodiscard]] std::optional<Result<std::unique_ptr<vault::Vault>, vault::Error>> take();
  // It came to nothing: leaves no file behind.
  void abandon();

 private:
  enum class Stage : std::uint8_t { unlocking, filling, copying, closing, durable };

  Restore(Context& context, vault::Files& files, vault::BackupReader reader)
      : context_(context), files_(files), reader_(std::move(reader)), import_(context.local) {}
  [[nodiscard]] std::optional<Problem> fill_some();
  void sync(Stage stage);

  Context& context_;
  vault::Files& files_;
  vault::BackupReader reader_;
  BackupImport import_;
  SecretVector typed_;
  SecretVector passphrase_;
  bool as_code_ = false;
  Stage stage_ = Stage::unlocking;
  struct Keys {
    vault::Stretching stretching;
    vault::StretchedKey passphrase;
    vault::StretchedKey code;
    SecretVector code_text;
  };
  std::optional<Keys> keys_;
  std::unique_ptr<vault::Files> memory_;
  std::unique_ptr<vault::Vault> vault_;
  Ticket ticket_ = 0;
};

}  // namespace tacet::client
