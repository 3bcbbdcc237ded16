// The messenger without a face: events in, effects out, a view to show. No clock, no randomness, no sockets,
// no disk of its own (DESIGN.md section 2).
#pragma once

#include <memory>

#include "base/random.h"
#include "client/effect.h"
#include "client/event.h"
#include "client/view.h"
#include "vault/files.h"

namespace tacet::client {

struct Config {
  RelayAddress home_relay;       // where our own mailboxes are made
  std::string link_base;         // what invitation links begin with: "https://host/path/", ending in '/'
  vault::Stretching stretching;  // for new vaults; the salt is drawn
  vault::Deployment deployment;  // a hash of where the bundle lives, or zeros
};

class Messenger {
 public:
  static constexpr std::size_t kMinPassphrase = 8;      // code points
  static constexpr std::size_t kMaxName = 64;           // bytes of UTF-8
  static constexpr std::size_t kMaxText = 10'000;       // bytes of UTF-8
  static constexpr std::size_t kMaxIntroduction = 500;  // bytes of UTF-8: fits the handshake

  // `files`: where the vault lives; both outlive the messenger.
  Messenger(Config config, Random& random, vault::Files& files);
  ~Messenger();
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;

  // Everything that happens enters here, with the host's clock. The effects are to be carried out in order.
  [[nodiscard]] Effects handle(Event event, Time now);

  [[nodiscard]] const View& view() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tacet::client
