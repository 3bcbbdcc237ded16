// The folder a relay keeps its files in, held by one process while its store is open.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace tacet::relay {

class DataFolder {
 public:
  // Makes the folder, for its owner alone, if it is not there. Else a sentence for the operator.
  [[nodiscard]] static Result<std::unique_ptr<DataFolder>, std::string> open(const std::string& path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

// New files are readable by nobody else while this is in scope.
class PrivateFiles {
 public:
  PrivateFiles();
  ~PrivateFiles();
  PrivateFiles(const PrivateFiles&) = delete;
  PrivateFiles& operator=(const PrivateFiles&) = delete;

 private:
  unsigned old_mask_;
};

}  // namespace tacet::relay
