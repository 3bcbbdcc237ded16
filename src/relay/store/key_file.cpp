#include "relay/store/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tacet::relay {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int opened) : number_(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  const int number_;
};

class PosixFile final : public KeyFile {
 public:
  explicit PosixFile(int opened) : file_(opened) {}

  std::optional<std::size_t> size() override {
    struct stat info {};
    if (::fstat(file_.get(), &info) != 0) return std::nullopt;
    return static_cast<std::size_t>(info.st_size);
  }

  bool read(std::size_t at, MutableByteView out) override {
    return ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(at)) ==
           static_cast<ssize_t>(out.size());
  }

  bool write(std::size_t at, ByteView bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      at += static_cast<std::size_t>(n);
    }
    return true;
  }

  bool sync() override { return ::fsync(file_.get()) == 0; }

 private:
  Descriptor file_;
};

}  // namespace

Result<std::unique_ptr<KeyFile>, std::string> open_key_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return unexpected("The file " + path + " cannot be opened: " + std::strerror(errno) + ".");
  auto out = std::make_unique<PosixFile>(file);
  // A file that was just made has its name in the folder, and that is to be synced by itself.
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) {
    return unexpected("The folder of " + path + " cannot be synced: " + std::strerror(errno) + ".");
  }
  return out;
}

}  // namespace tacet::relay
