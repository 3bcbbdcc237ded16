// The web bundle: files of one folder by URL path. Knows no HTTP library.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tacet::relay {

struct StaticFile {
  std::shared_ptr<const std::string> body;
  std::string etag;  // quoted; different for the compressed form
  std::string_view type;
  bool gzip = false;  // the body is gzip
};

class StaticFiles {
 public:
  // No folder: there are no files. Files are kept in memory and read again when they change on disk.
  explicit StaticFiles(const std::string& folder);

  // The file for an URL's path without its query, percent-encoded as it came; a path that ends in "/" is its
  // index.html. Nothing leads outside the folder, nor to names that begin with a dot.
  [[nodiscard]] std::optional<StaticFile> find(std::string_view url_path, bool accepts_gzip);

 private:
  struct Cached {
    std::filesystem::file_time_type modified;
    std::uintmax_t size = 0;
    std::shared_ptr<const std::string> body;
    std::string etag;
  };
  [[nodiscard]] const Cached* load(const std::filesystem::path& path);

  std::filesystem::path folder_;  // canonical; empty: none
  std::map<std::filesystem::path, Cached> cache_;
};

// The Content-Type for a file name, by its extension.
[[nodiscard]] std::string_view content_type(std::string_view name);

}  // namespace tacet::relay
