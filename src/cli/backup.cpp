// The passphrase changed, a backup written, an identity taken from one.
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "cli/door.h"

namespace tacet::cli {

using client::Phase;
using client::Problem;
using client::View;
using client::WorkView;
using words::Word;

namespace {

// Waits for the end of it; false after having said why not.
bool finish_work(Host& host, const Terminal& terminal) {
  host.wait(Time::max(), [](const View& view) { return view.work.state != WorkView::State::working; });
  if (host.view().work.state == WorkView::State::done) return true;
  terminal.complain(host.view().work.problem.value_or(Problem::vault_io));
  return false;
}

enum class Written : std::uint8_t { done, in_the_way, failed };

// For its owner alone, whole and durable or not at all.
Written write_new_file(const std::string& path, ByteView bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno == EEXIST ? Written::in_the_way : Written::failed;
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    good = wrote > 0;
    if (good) bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  good = ::fsync(file) == 0 && good;
  good = ::close(file) == 0 && good;
  if (!good) ::unlink(path.c_str());
  return good ? Written::done : Written::failed;
}

std::optional<ByteVector> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  ByteVector out{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return std::nullopt;
  return out;
}

}  // namespace

int change_passphrase(const Options& options, const Terminal& terminal) {
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  auto next = new_passphrase(options.new_passphrase_file, terminal, Word::ask_new_passphrase);
  if (!next) return no_vault;
  terminal.one_moment();
  vault.host->tell(client::ChangePassphrase{std::move(vault.typed), std::move(*next)});
  if (!finish_work(*vault.host, terminal)) {
    return vault.host->view().work.problem == Problem::passphrase_too_short ? refused : no_vault;
  }
  terminal.say(Word::passphrase_changed);
  return done;
}

int back_up(const Options& options, const Terminal& terminal) {
  if (::access(options.file.c_str(), F_OK) == 0) {
    terminal.complain(Word::backup_in_the_way, {options.file});
    return refused;
  }
  Unlocked vault = unlock(options, terminal);
  if (!vault.host) return vault.exit_code;
  Written written = Written::failed;
  vault.host->on_save = [&](const ByteVector& file) { written = write_new_file(options.file, file); };
  terminal.one_moment();
  vault.host->tell(client::MakeBackup{std::move(vault.typed), !options.without_history});
  if (!finish_work(*vault.host, terminal)) return no_vault;
  if (written != Written::done) {
    const bool in_the_way = written == Written::in_the_way;
    terminal.complain(in_the_way ? Word::backup_in_the_way : Word::backup_unwritable, {options.file});
    return refused;
  }
  terminal.say(Word::backup_written, {options.file});
  return done;
}

int restore(const Options& options, const Terminal& terminal) {
  const auto file = read_file(options.file);
  if (!file) {
    terminal.complain(Word::passphrase_file_unreadable, {options.file});
    return refused;
  }
  Unlocked made = start_anew(options, terminal);
  if (!made.host) return made.exit_code;
  Host& host = *made.host;
  const auto typed = passphrase(options.passphrase_file, terminal, Word::ask_backup_passphrase);
  if (!typed) return no_vault;
  SecretVector next;
  const auto begin = [&] {
    terminal.one_moment();
    host.tell(client::RestoreBackup{*file, *typed, next});
    host.wait(Time::max(), [](const View& view) { return view.phase != Phase::creating; });
  };
  const auto choose = [&] {
    auto chosen = new_passphrase(options.new_passphrase_file, terminal, Word::ask_new_passphrase);
    if (chosen) next = std::move(*chosen);
    return chosen.has_value();
  };
  if (!options.new_passphrase_file.empty() && !choose()) return no_vault;
  begin();
  const bool by_code = host.view().phase == Phase::welcome &&
                       host.view().problem == Problem::backup_needs_passphrase && next.empty();
  if (by_code && terminal.interactive()) {
    if (!choose()) return no_vault;
    begin();
  }
  if (!arrive(host, terminal)) return no_vault;
  if (terminal.interactive()) terminal.say(Word::vault_made, {home_of(options)});
  // The contacts are told at once.
  if (host.settle(Loop::now() + Seconds(options.wait.value_or(30)))) return done;
  terminal.complain(Word::not_sent_yet);
  return not_yet;
}

}  // namespace tacet::cli
