// Where the vault lives in a browser: files in an IDBFS folder, kept trustworthy by library/storage.js
// (README.md).
#pragma once

#include <memory>
#include <string>

#include "vault/vault.h"

namespace tacet::browser {

enum class StorageState : int {
  ready = 0,
  missing = 1,    // no IndexedDB, or it refuses: only a session that keeps nothing is possible
  elsewhere = 2,  // another tab has the vault
  opening = 3,
};

// Two deployments on one origin must not meet: "/tacet-" and a hash of the page's path.
[[nodiscard]] std::string storage_folder(std::string_view page_path);

// Which deployment a vault belongs to: a hash of where the bundle lives.
[[nodiscard]] vault::Deployment deployment_of(std::string_view address);

// The files in the folder once storage is ready; null where the folder cannot be used.
[[nodiscard]] std::unique_ptr<vault::Files> storage_files(const std::string& folder);

}  // namespace tacet::browser
