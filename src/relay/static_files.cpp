#include "relay/static_files.h"

#include <fstream>

#include "base/text.h"
#include "crypto/hash.h"

namespace tacet::relay {
namespace {

namespace fs = std::filesystem;

struct Type {
  std::string_view extension;
  std::string_view type;
};

constexpr Type kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".ttf", "font/ttf"},
    {".gz", "application/gzip"},
};

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    std::string digits(text.substr(i + 1, 2));
    for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
    const auto byte = from_hex(digits);
    if (!byte || byte->size() != 1) return std::nullopt;
    out += static_cast<char>((*byte)[0]);
    i += 2;
  }
  return out;
}

// Segments joined by single slashes, none of them empty or beginning with a dot, no control characters or
// backslashes.
bool is_plain(std::string_view path) {
  bool segment_start = true;
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\') return false;
    if (segment_start && (c == '/' || c == '.')) return false;
    segment_start = c == '/';
  }
  return true;
}

}  // namespace

std::string_view content_type(std::string_view name) {
  for (const Type& type : kTypes) {
    if (name.ends_with(type.extension)) return type.type;
  }
  return "application/octet-stream";
}

StaticFiles::StaticFiles(const std::string& folder) {
  std::error_code error;
  if (!folder.empty()) folder_ = fs::canonical(folder, error);
}

const StaticFiles::Cached* StaticFiles::load(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  // A symbolic link may not lead out of the folder.
  if (error || !real.native().starts_with(folder_.native() + "/") || !fs::is_regular_file(real, error)) {
    cache_.erase(path);
    return nullptr;
  }
  const auto modified = fs::last_write_time(real, error);
  const std::uintmax_t size = error ? 0 : fs::file_size(real, error);
  if (error) return nullptr;
  Cached& cached = cache_[path];
  if (cached.body != nullptr && cached.modified == modified && cached.size == size) return &cached;
  std::ifstream in(real, std::ios::binary);
  std::string body(std::istreambuf_iterator<char>(in), {});
  if (!in) return nullptr;
  const crypto::Hash hash = crypto::blake2b(std::string_view(body));
  cached = {modified, size, std::make_shared<const std::string>(std::move(body)),
            '"' + to_base64url(hash.view().first(16)) + '"'};
  return &cached;
}

std::optional<StaticFile> StaticFiles::find(std::string_view url_path, bool accepts_gzip) {
  if (folder_.empty() || !url_path.starts_with('/')) return std::nullopt;
  auto name = percent_decoded(url_path.substr(1));
  if (!name || !is_plain(*name)) return std::nullopt;
  if (name->empty() || name->ends_with('/')) *name += "index.html";
  const fs::path path = folder_ / *name;
  if (accepts_gzip) {
    if (const Cached* cached = load(path.native() + ".gz")) {
      return StaticFile{cached->body, cached->etag, content_type(*name), true};
    }
  }
  const Cached* cached = load(path);
  if (cached == nullptr) return std::nullopt;
  return StaticFile{cached->body, cached->etag, content_type(*name), false};
}

}  // namespace tacet::relay
