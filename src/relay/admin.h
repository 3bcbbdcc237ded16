// What an operator says to a running relay, over a socket in its data folder that only its own user can open:
// one line of JSON asks, one line answers (README.md, "Invite codes").
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/random.h"
#include "base/result.h"
#include "relay/clock.h"
#include "relay/store/store.h"

namespace tacet::relay {

class AdminSocket {
 public:
  static constexpr std::size_t kMaxLine = 4096;

  // Listens in that folder, or says why not. All references must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<AdminSocket>, std::string> open(const std::string& folder,
                                                                              Store& store, Random& random,
                                                                              Clock& clock);
  ~AdminSocket();

  // The answer to one line. Waits for the store.
  [[nodiscard]] std::string answer(const std::string& line);

 private:
  AdminSocket(std::string path, int socket, Store& store, Random& random, Clock& clock);
  void loop();
  void serve(int connection);
  template <class T, class Ask>
  [[nodiscard]] Result<T, wire::Code> wait(Ask ask);

  const std::string path_;
  const int socket_;
  Store& store_;
  Random& random_;
  Clock& clock_;
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

// The other end: says a line to the relay that uses this folder. Else a sentence for the operator.
[[nodiscard]] Result<std::string, std::string> ask_relay(const std::string& folder, const std::string& line);

}  // namespace tacet::relay
