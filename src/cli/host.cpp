#include "cli/host.h"

#include <algorithm>

#include "crypto/password.h"

namespace tacet::cli {

namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

std::optional<vault::StretchedKey> stretched(const client::Stretch& wish) {
  const crypto::PasswordCost cost{wish.stretching.passes, std::size_t{wish.stretching.memory_kib} * 1024};
  const auto salt = crypto::PasswordSalt::from(wish.stretching.salt.view());
  const auto key = crypto::argon2id(wish.passphrase, *salt, cost);
  if (!key) return std::nullopt;
  return vault::StretchedKey::from(key->view());
}

}  // namespace

Host::Host(client::Config config, std::unique_ptr<posix::PosixFiles> files)
    : files_(std::move(files)),
      messenger_(std::move(config), random_, *files_),
      loop_([this](client::Event event) { tell(std::move(event)); }),
      last_change_(Loop::now()) {}

void Host::tell(client::Event event) {
  events_.push_back(std::move(event));
  if (busy_) return;  // whoever is carrying out effects comes to it
  busy_ = true;
  while (!events_.empty()) {
    client::Event next = std::move(events_.front());
    events_.pop_front();
    for (client::Effect& effect : messenger_.handle(std::move(next), Loop::now())) carry_out(effect);
  }
  busy_ = false;
  if (!changed_) return;
  changed_ = false;
  last_change_ = Loop::now();
  if (on_change) on_change(view());
}

void Host::carry_out(client::Effect& effect) {
  std::visit(Overloaded{
                 [&](client::Stretch& wish) {
                   events_.emplace_back(client::Stretched{wish.ticket, stretched(wish)});
                 },
                 [&](client::Sync& wish) {
                   const auto synced = files_->sync();
                   events_.emplace_back(client::Synced{
                       wish.ticket, synced ? std::nullopt : std::optional<vault::FileError>(synced.error())});
                 },
                 [&](client::Connect& wish) { loop_.connect(wish.connection, wish.address); },
                 [&](client::Transmit& wish) { loop_.transmit(wish.connection, std::move(wish.block)); },
                 [&](client::Hangup& wish) { loop_.hangup(wish.connection); },
                 [&](client::SaveBackup& wish) {
                   if (on_save) on_save(wish.file);
                 },
                 [](client::AskSecurityKey&) {},  // a terminal never offers one
                 [](client::KeepSecurityKey&) {},
                 [&](client::WakeAt& wish) { loop_.wake_at(wish.at); },
                 [&](client::Redraw&) { changed_ = true; },
                 [&](client::Attention&) {},
             },
             effect);
}

bool Host::wait(Time deadline, const std::function<bool(const client::View&)>& done) {
  while (!done(view())) {
    if (Loop::now() >= deadline) return false;
    loop_.step(deadline);
  }
  return true;
}

bool Host::settle(Time deadline) {
  const auto calm = [this](const client::View& view) {
    const bool online =
        std::any_of(view.relays.begin(), view.relays.end(), [&](const client::RelayView& relay) {
          return relay.address == view.home_relay && relay.state == client::RelayView::State::online;
        });
    return online && !view.saving && Loop::now() - last_change_ >= Seconds(1);
  };
  while (!calm(view())) {
    if (Loop::now() >= deadline) return false;
    loop_.step(std::min(deadline, Loop::now() + Millis(200)));
  }
  return true;
}

}  // namespace tacet::cli
