// Brings what happened at other nodes to the readers at this one (README.md, "Many nodes"). On the network
// thread.
#pragma once

#include "relay/hub.h"
#include "relay/store/store.h"

namespace tacet::relay {

class Elsewhere final : public News {
 public:
  // The hub must outlive it.
  explicit Elsewhere(Hub& hub) : hub_(hub) {}
  // Before anything is heard.
  void speak_through(Store& store) { store_ = &store; }

  void heard(const std::vector<Item>& items) override;
  void missed() override;

 private:
  Hub& hub_;
  Store* store_ = nullptr;
};

}  // namespace tacet::relay
