#include "relay/store/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tacet::relay {
namespace {

// The error as a sentence's tail.
std::string reason(int error) {
  return std::string(std::strerror(error)) + ".";
}

}  // namespace

PrivateFiles::PrivateFiles() : old_mask_(::umask(077)) {}

PrivateFiles::~PrivateFiles() {
  ::umask(old_mask_);
}

Result<std::unique_ptr<DataFolder>, std::string> DataFolder::open(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) return unexpected("The data folder " + path + " cannot be made: " + reason(error.value()));
  if (made) fs::permissions(path, fs::perms::owner_all, error);

  const PrivateFiles ours;
  const int lock = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return unexpected("The data folder " + path + " cannot be written: " + reason(errno));
  std::unique_ptr<DataFolder> folder(new DataFolder(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return unexpected("Another relay is using the data folder " + path +
                      ". Stop it, or choose another folder with --data.");
  }
  return folder;
}

DataFolder::~DataFolder() {
  ::close(lock_);
}

}  // namespace tacet::relay
