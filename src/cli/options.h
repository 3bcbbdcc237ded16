// What the command line said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tacet::cli {

struct Options {
  std::string home;             // empty: the usual one
  std::string passphrase_file;  // empty: ask
  // Seconds for the relay to answer (else 30), and for a message to come (else none).
  std::optional<std::uint32_t> wait;

  std::string relay, page, name;       // create; the first two also restore
  std::string new_passphrase_file;     // passphrase, restore; empty: ask where one is needed
  std::string file;                    // backup, restore
  bool without_history = false;        // backup
  std::string label, lifetime = "7d";  // invite
  std::uint32_t uses = 1;              // invite; 0: no limit
  std::string link, text;              // accept; text also send
  std::string share;                   // share: "on", "off" or empty
  std::string contact;                 // approve, decline, send, show
  std::string expires, burn;           // send; empty: as the conversation says
  bool json = false;                   // one JSON object per line
  bool mark_read = false;              // receive --json
};

}  // namespace tacet::cli
