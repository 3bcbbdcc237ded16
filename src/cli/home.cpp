#include "cli/home.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tacet::cli {

namespace fs = std::filesystem;

std::optional<Place> Place::parse(std::string_view relay, std::string_view page) {
  auto address = client::RelayAddress::parse(relay);
  if (!address) return std::nullopt;
  if (address->path == "/") address->path = "/relay";
  if (page.empty()) return Place{*address, (address->secure ? "https://" : "http://") + address->host + "/"};
  const bool web = page.starts_with("https://") || page.starts_with("http://");
  const bool plain = page.find_first_of("?#\" \n") == std::string_view::npos;
  if (!web || !plain || page.size() > client::RelayAddress::kMaxLength) return std::nullopt;
  return Place{*address, std::string(page) + (page.ends_with('/') ? "" : "/")};
}

std::string Home::usual() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data != '\0') return std::string(data) + "/tacet";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.local/share/tacet" : "";
}

bool Home::make() const {
  std::error_code error;
  if (fs::create_directories(folder_, error)) fs::permissions(folder_, fs::perms::owner_all, error);
  return !error && fs::is_directory(folder_, error);
}

std::optional<Place> Home::place() const {
  std::ifstream file(folder_ + "/place");
  std::string relay;
  std::string page;
  if (!std::getline(file, relay) || !std::getline(file, page)) return std::nullopt;
  return Place::parse(relay, page);
}

bool Home::keep(const Place& place) const {
  std::ofstream file(folder_ + "/place");
  file << place.relay.url() << '\n' << place.page << '\n';
  return file.flush().good();
}

}  // namespace tacet::cli
