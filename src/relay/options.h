// What the operator chose (README.md, "Running it").
#pragma once

#include "relay/server.h"

namespace tacet::relay {

struct Options {
  Address address;
  std::string data;
  std::string web;  // empty: no pages
  std::vector<std::string> hosts;
  Quota quota;
};

// An exit code when there is nothing to run: help or version was asked for, or the arguments are wrong; then
// the person has been told.
[[nodiscard]] Result<Options, int> parse_options(int argc, char** argv);

}  // namespace tacet::relay
