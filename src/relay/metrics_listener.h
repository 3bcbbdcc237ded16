// Serves the metrics to Prometheus, on a port of its own and from a thread of its own (README.md, "Metrics").
#pragma once

#include <memory>
#include <string>

#include "relay/metrics.h"
#include "relay/server.h"
#include "relay/store/store.h"

namespace tacet::relay {

class MetricsListener {
 public:
  // Else a sentence for the operator. Both references must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<MetricsListener>, std::string> open(const Address& address,
                                                                                  const Metrics& metrics,
                                                                                  const Store& store);
  ~MetricsListener();

  [[nodiscard]] std::string place() const;  // "127.0.0.1:9464"

 private:
  class Core;
  explicit MetricsListener(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace tacet::relay
