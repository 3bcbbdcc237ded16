// One person with a vault that is open, and no contacts.
#pragma once

#include "client/world.h"

namespace tacet::test {

using State = WorkView::State;

struct Alone {
  explicit Alone(std::uint64_t seed) : world(seed), ada(world.person("Ada")) {
    ada.start();
    ada.tell(CreateVault{secret("correct horse")});
    REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
    code = as_text(ada.view().recovery_code);
    ada.tell(ConfirmRecoveryCode{code});
    world.run_for(Seconds(5));
  }
  [[nodiscard]] bool until(State state) {
    return world.run_until([&] { return ada.view().work.state == state; });
  }
  [[nodiscard]] bool opens_with(std::string_view passphrase) {
    ada.close();
    ada.start();
    ada.unlock(passphrase);
    REQUIRE(world.run_until([&] { return ada.view().phase != Phase::unlocking; }));
    return ada.open();
  }
  World world;
  Person& ada;
  std::string code;
};

}  // namespace tacet::test
