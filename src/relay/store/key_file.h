// The file the hour keys lie in: overwritten in place, byte by byte. On the disk; tests have one that fails.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace tacet::relay {

class KeyFile {
 public:
  virtual ~KeyFile() = default;
  // All of these are false, or nothing, when the system says no.
  [[nodiscard]] virtual std::optional<std::size_t> size() = 0;
  [[nodiscard]] virtual bool read(std::size_t at, MutableByteView out) = 0;  // all of it
  [[nodiscard]] virtual bool write(std::size_t at, ByteView bytes) = 0;      // all of it, or any part
  [[nodiscard]] virtual bool sync() = 0;  // what was written so far survives a power cut
};

// Opens it or makes it, so that its name is durable. Else a sentence for the operator.
using OpenKeyFile = std::function<Result<std::unique_ptr<KeyFile>, std::string>(const std::string& path)>;
[[nodiscard]] Result<std::unique_ptr<KeyFile>, std::string> open_key_file(const std::string& path);

}  // namespace tacet::relay
