// A messenger and all that it asks of its host: files, sockets, a clock, a processor for Argon2id.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "cli/loop.h"
#include "client/messenger.h"
#include "crypto/random.h"
#include "posix/posix_files.h"

namespace tacet::cli {

class Host {
 public:
  Host(client::Config config, std::unique_ptr<posix::PosixFiles> files);

  [[nodiscard]] const client::View& view() const { return messenger_.view(); }
  [[nodiscard]] Loop& loop() { return loop_; }

  // A wish or an event, and everything that follows from it at once.
  void tell(client::Event event);

  // Lives until `done` or the deadline. True: done.
  bool wait(Time deadline, const std::function<bool(const client::View&)>& done);
  // Until the home relay is connected, everything is durable and nothing has changed for a second.
  bool settle(Time deadline);

  std::function<void(const client::View&)> on_change;  // after the view has changed
  std::function<void(const ByteVector&)> on_save;      // a backup is made

 private:
  void carry_out(client::Effect& effect);

  std::unique_ptr<posix::PosixFiles> files_;
  crypto::SystemRandom random_;
  client::Messenger messenger_;
  Loop loop_;
  std::deque<client::Event> events_;
  bool busy_ = false;
  bool changed_ = false;
  Time last_change_;
};

}  // namespace tacet::cli
