// What every part of one messenger shares, with or without an open vault.
#pragma once

#include "client/effect.h"
#include "client/messenger.h"
#include "client/view.h"

namespace tacet::client {

struct Context {
  Context(Config configuration, Random& source) : config(std::move(configuration)), random(source) {}

  const Config config;
  Random& random;
  View view;
  Effects effects;      // of the event at hand
  bool redraw = false;  // the view has changed
  Time local{};         // the host's clock
  Time uptime{};        // time that has passed, whatever was done to the host's clock: never runs backwards
  Ticket next_ticket = 1;
  ConnectionId next_connection = 1;

  template <class Id>
  [[nodiscard]] Id fresh_id() {
    return random.draw<Id>();
  }
};

inline constexpr Time kNever = Time::max();

}  // namespace tacet::client
