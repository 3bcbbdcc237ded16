// What became different between two views, as JSON objects in the order a bot wants to hear them.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "client/view.h"

namespace tacet::cli {

class Changes {
 public:
  // Everything that is new since the last call; the first call tells all there is.
  [[nodiscard]] std::vector<nlohmann::json> since(const client::View& view);

 private:
  // Each object as it was told last, by what it is about.
  std::map<std::string, std::string> told_;
};

}  // namespace tacet::cli
