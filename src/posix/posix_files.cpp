#include "posix/posix_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

namespace tacet::posix {
namespace {

using vault::FileError;

constexpr std::string_view kNewSuffix = ".new";  // a file on its way to replace another

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool ok() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

FileError last_error() {
  switch (errno) {
    case ENOENT:
      return FileError::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return FileError::no_space;
    default:
      return FileError::failed;
  }
}

bool is_plain(std::string_view name) {
  return !name.empty() && name[0] != '.' && name.find('/') == std::string_view::npos;
}

Result<void, FileError> write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return unexpected(last_error());
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// Some file systems cannot sync a folder and say EINVAL: nothing more can be done there.
Result<void, FileError> sync_descriptor(int fd) {
  if (::fsync(fd) == 0 || errno == EINVAL) return {};
  return unexpected(last_error());
}

}  // namespace

Result<std::unique_ptr<PosixFiles>, OpenError> PosixFiles::open(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return unexpected(last_error() == FileError::no_space ? OpenError::no_space : OpenError::failed);
  }
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return unexpected(OpenError::failed);
  std::unique_ptr<PosixFiles> files(new PosixFiles(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return unexpected(errno == EWOULDBLOCK ? OpenError::in_use : OpenError::failed);
  }
  const auto names = files->list();
  if (!names) return unexpected(OpenError::failed);
  // A process that was killed may have written what no sync has covered.
  for (const std::string& name : *names) files->dirty_.insert(name);
  return files;
}

PosixFiles::~PosixFiles() {
  ::close(folder_);
}

Result<std::vector<std::string>, FileError> PosixFiles::list() {
  // A descriptor of its own, because reading a folder moves its position.
  const int fd = ::openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return unexpected(last_error());
  DIR* const dir = ::fdopendir(fd);
  if (dir == nullptr) {
    ::close(fd);
    return unexpected(FileError::failed);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(dir);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (is_plain(name) && !name.ends_with(kNewSuffix)) names.emplace_back(name);
  }
  const bool failed = errno != 0;
  ::closedir(dir);
  if (failed) return unexpected(FileError::failed);
  return names;
}

Result<std::uint64_t, FileError> PosixFiles::size(std::string_view name) {
  assert(is_plain(name));
  struct stat status {};
  if (::fstatat(folder_, std::string(name).c_str(), &status, 0) != 0) return unexpected(last_error());
  return static_cast<std::uint64_t>(status.st_size);
}

Result<ByteVector, FileError> PosixFiles::read(std::string_view name, std::uint64_t offset,
                                               std::size_t length) {
  assert(is_plain(name));
  const Descriptor file(::openat(folder_, std::string(name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return unexpected(last_error());
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unexpected(FileError::failed);
  const auto end = static_cast<std::uint64_t>(status.st_size);
  const std::uint64_t left = offset < end ? end - offset : 0;
  ByteVector out(static_cast<std::size_t>(std::min<std::uint64_t>(length, left)));
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(file.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unexpected(FileError::failed);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
  return out;
}

Result<void, FileError> PosixFiles::append(std::string_view name, ByteView bytes) {
  assert(is_plain(name));
  const Descriptor file(
      ::openat(folder_, std::string(name).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file.ok()) return unexpected(last_error());
  dirty_.emplace(name);
  struct stat before {};
  if (::fstat(file.get(), &before) != 0) return unexpected(FileError::failed);
  const auto written = write_all(file.get(), bytes);
  if (!written) (void)!::ftruncate(file.get(), before.st_size);  // the caller copes with a torn end, too
  return written;
}

Result<void, FileError> PosixFiles::replace(std::string_view name, ByteView bytes) {
  assert(is_plain(name));
  const std::string target(name);
  const std::string fresh = target + std::string(kNewSuffix);
  const auto written = [&]() -> Result<void, FileError> {
    const Descriptor file(::openat(folder_, fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.ok()) return unexpected(last_error());
    if (const auto done = write_all(file.get(), bytes); !done) return done;
    return sync_descriptor(file.get());  // before the rename, or a crash may leave an empty file
  }();
  if (!written) {
    (void)!::unlinkat(folder_, fresh.c_str(), 0);
    return written;
  }
  if (::renameat(folder_, fresh.c_str(), folder_, target.c_str()) != 0) return unexpected(last_error());
  dirty_.emplace(target);
  return {};
}

Result<void, FileError> PosixFiles::remove(std::string_view name) {
  assert(is_plain(name));
  const std::string target(name);
  if (::unlinkat(folder_, target.c_str(), 0) != 0 && errno != ENOENT) return unexpected(last_error());
  dirty_.erase(target);
  return {};
}

Result<void, FileError> PosixFiles::sync() {
  if (sync_failed_) return unexpected(FileError::failed);
  const auto sync_all = [this]() -> Result<void, FileError> {
    for (const std::string& name : dirty_) {
      const Descriptor file(::openat(folder_, name.c_str(), O_RDONLY | O_CLOEXEC));
      if (!file.ok()) return unexpected(last_error());
      if (const auto done = sync_descriptor(file.get()); !done) return done;
    }
    return sync_descriptor(folder_);
  };
  auto done = sync_all();
  sync_failed_ = !done;
  dirty_.clear();
  return done;
}

}  // namespace tacet::posix
