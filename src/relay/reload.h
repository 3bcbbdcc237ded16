// What happens on SIGHUP: the configuration is read again, and what can change in a running relay changes.
#pragma once

#include "relay/options.h"

namespace tacet::relay {

void set_log_level(LogLevel level);

class Reload {
 public:
  // `running`: what the relay was started with. The references must outlive it.
  Reload(const Options& options, Config running, Relay& relay, Server& server)
      : options_(options), running_(std::move(running)), relay_(relay), server_(server) {}

  // Says in the log what was done. A file with a mistake changes nothing.
  void now();

 private:
  const Options& options_;
  Config running_;
  Relay& relay_;
  Server& server_;
};

}  // namespace tacet::relay
