// Files on a medium that can fail: it knows what was synced, and what a power cut may leave of the rest.
#pragma once

#include <map>
#include <random>

#include "vault/files.h"

namespace tacet::test {

class FaultFiles final : public vault::Files {
 public:
  FaultFiles() = default;
  explicit FaultFiles(const FaultFiles* source);  // what `source` shows now, all of it durable

  Result<std::vector<std::string>, vault::FileError> list() override;
  Result<std::uint64_t, vault::FileError> size(std::string_view name) override;
  Result<ByteVector, vault::FileError> read(std::string_view name, std::uint64_t offset,
                                            std::size_t length) override;
  Result<void, vault::FileError> append(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> replace(std::string_view name, ByteView bytes) override;
  Result<void, vault::FileError> remove(std::string_view name) override;
  // A sync covers what was written before it began, and is done, or not, when it ends.
  void begin_sync();
  [[nodiscard]] bool end_sync();
  [[nodiscard]] bool sync() { return begin_sync(), end_sync(); }

  // The `call`-th write from now on (0: the next) fails. A failing append leaves half of its bytes behind,
  // or, where the failure is not for want of space, all of them.
  void fail_at(std::size_t call, vault::FileError error) { fail_at_ = events_ + call, error_ = error; }
  // So do all after it, and every sync: the power is gone.
  void fail_from(std::size_t call) { fail_at(call, vault::FileError::failed), for_good_ = true; }
  void heal() { fail_at_ = SIZE_MAX, for_good_ = false; }
  [[nodiscard]] std::size_t events() const { return events_; }  // writes and syncs so far

  enum class Kept { nothing, everything, something };  // of what was not synced
  [[nodiscard]] std::unique_ptr<FaultFiles> after_power_cut(Kept kept, std::mt19937& random) const;

  [[nodiscard]] std::map<std::string, ByteVector, std::less<>>& content() { return content_; }

 private:
  struct Change {
    enum class Kind { append, replace, remove } kind;
    ByteVector bytes;
  };
  [[nodiscard]] bool fails();
  static void make(const Change& change, std::size_t length, const std::string& name,
                   std::map<std::string, ByteVector, std::less<>>& content);

  std::map<std::string, ByteVector, std::less<>> content_;  // what a reader sees
  std::map<std::string, ByteVector, std::less<>> durable_;
  std::map<std::string, std::vector<Change>, std::less<>> pending_;
  std::map<std::string, std::size_t, std::less<>> syncing_;  // how many of the pending changes
  std::size_t events_ = 0;
  std::size_t fail_at_ = SIZE_MAX;
  bool for_good_ = false;
  vault::FileError error_ = vault::FileError::failed;
};

}  // namespace tacet::test
