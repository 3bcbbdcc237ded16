#include "browser/storage.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "posix/posix_files.h"

namespace tacet::browser {

std::string storage_folder(std::string_view page_path) {
  const crypto::Hash hash = crypto::blake2b(page_path);
  return "/tacet-" + to_hex(hash.view().first(8));
}

vault::Deployment deployment_of(std::string_view address) {
  return *vault::Deployment::from(crypto::blake2b(address).view().first(vault::Deployment::size));
}

std::unique_ptr<vault::Files> storage_files(const std::string& folder) {
  auto files = posix::PosixFiles::open(folder);
  if (!files) return nullptr;
  return std::move(*files);
}

}  // namespace tacet::browser
