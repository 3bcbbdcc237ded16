// The folder of one identity: DIR/vault holds the vault, DIR/place says which relay it lives at. Nothing
// secret is in the latter.
#pragma once

#include <optional>
#include <string>

#include "client/relay_address.h"

namespace tacet::cli {

struct Place {
  client::RelayAddress relay;
  std::string page;  // what invitation links begin with: "https://host/path/"

  // `relay` without a path means /relay; an empty `page` means the root of the relay's own host.
  [[nodiscard]] static std::optional<Place> parse(std::string_view relay, std::string_view page);
  bool operator==(const Place&) const = default;
};

class Home {
 public:
  explicit Home(std::string folder) : folder_(std::move(folder)) {}

  // $XDG_DATA_HOME/tacet or ~/.local/share/tacet; empty when neither is known.
  [[nodiscard]] static std::string usual();

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string vault() const { return folder_ + "/vault"; }
  [[nodiscard]] bool make() const;  // for its owner alone; true also when it is there
  [[nodiscard]] std::optional<Place> place() const;
  [[nodiscard]] bool keep(const Place& place) const;

 private:
  std::string folder_;
};

}  // namespace tacet::cli
