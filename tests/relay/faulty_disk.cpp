#include "faulty_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace tacet::relay::testing {
namespace {

constexpr std::size_t kSector = 512;
constexpr const char* kName = "faulty";

// ---- as SQLite's VFS

// What SQLite allocates for an open file; that of the real VFS lies behind it.
struct OpenFile {
  sqlite3_file base;
  FaultyDisk* disk;
  const std::string* path;  // nothing: a temporary file, which is not our business
  bool log;
};

OpenFile* ours(sqlite3_file* file) {
  return reinterpret_cast<OpenFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(ours(file) + 1);
}
sqlite3_vfs* real(sqlite3_vfs* vfs) {
  return reinterpret_cast<sqlite3_vfs*>(vfs->pNext);
}

int close_file(sqlite3_file* file) {
  delete ours(file)->path;
  return real(file)->pMethods->xClose(real(file));
}
int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), out, size, at);
}
int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  std::size_t taken = static_cast<std::size_t>(size);
  auto verdict = FaultyDisk::Verdict::fine;
  if (ours(file)->path != nullptr) {
    verdict = ours(file)->disk->write(*ours(file)->path, static_cast<std::size_t>(at),
                                      {static_cast<const Byte*>(bytes), taken}, taken);
  }
  if (taken > 0) {
    const int code = real(file)->pMethods->xWrite(real(file), bytes, static_cast<int>(taken), at);
    if (code != SQLITE_OK) return code;
  }
  return verdict == FaultyDisk::Verdict::fine   ? SQLITE_OK
         : verdict == FaultyDisk::Verdict::full ? SQLITE_FULL
                                                : SQLITE_IOERR_WRITE;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (ours(file)->path != nullptr &&
      ours(file)->disk->truncate(*ours(file)->path, static_cast<std::size_t>(size)) !=
          FaultyDisk::Verdict::fine) {
    return SQLITE_IOERR_TRUNCATE;
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int) {
  if (ours(file)->path == nullptr) return SQLITE_OK;
  // The real VFS syncs the folder with the first sync of a log it has made.
  return ours(file)->disk->sync(*ours(file)->path, ours(file)->log) == FaultyDisk::Verdict::fine
             ? SQLITE_OK
             : SQLITE_IOERR_FSYNC;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int control_file(sqlite3_file* file, int op, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), op, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
void shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: without mapped reading.
constexpr sqlite3_io_methods kMethods = {
    2,         close_file,  read_file,  write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_lock, control_file, sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,  nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  file->pMethods = nullptr;
  const int code = real(vfs)->xOpen(real(vfs), name, real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  ours(file)->disk = disk;
  ours(file)->path = name != nullptr ? new std::string(name) : nullptr;
  ours(file)->log = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  if (name != nullptr) disk->opened(name);
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  if (std::filesystem::exists(name) && disk->remove(name, sync_folder != 0) != FaultyDisk::Verdict::fine) {
    return SQLITE_IOERR_DELETE;
  }
  return real(vfs)->xDelete(real(vfs), name, 0);
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  return real(vfs)->xAccess(real(vfs), name, flags, out);
}
int full_name(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return real(vfs)->xFullPathname(real(vfs), name, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return real(vfs)->xRandomness(real(vfs), size, out);
}
int sleep_for(sqlite3_vfs* vfs, int microseconds) {
  return real(vfs)->xSleep(real(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* out) {
  return real(vfs)->xCurrentTime(real(vfs), out);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return real(vfs)->xGetLastError(real(vfs), size, out);
}

// ---- as the file of the hour keys

class FaultyKeyFile final : public KeyFile {
 public:
  FaultyKeyFile(FaultyDisk& disk, std::string path, std::unique_ptr<KeyFile> inner, bool lies)
      : disk_(disk), path_(std::move(path)), inner_(std::move(inner)), lies_(lies) {}
  std::optional<std::size_t> size() override { return inner_->size(); }
  bool read(std::size_t at, MutableByteView out) override { return inner_->read(at, out); }
  bool write(std::size_t at, ByteView bytes) override {
    std::size_t taken = bytes.size();
    const auto verdict = disk_.write(path_, at, bytes, taken);
    return inner_->write(at, bytes.first(taken)) && verdict == FaultyDisk::Verdict::fine;
  }
  bool sync() override { return lies_ || disk_.sync(path_, false) == FaultyDisk::Verdict::fine; }

 private:
  FaultyDisk& disk_;
  std::string path_;
  std::unique_ptr<KeyFile> inner_;
  const bool lies_;
};

}  // namespace

FaultyDisk::FaultyDisk(std::uint64_t seed) : random_(seed), vfs_(new sqlite3_vfs{}) {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  vfs_->iVersion = 1;
  vfs_->szOsFile = static_cast<int>(sizeof(OpenFile)) + system->szOsFile;
  vfs_->mxPathname = system->mxPathname;
  vfs_->zName = kName;
  vfs_->pAppData = this;
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_name;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = sleep_for;
  vfs_->xCurrentTime = current_time;
  vfs_->xGetLastError = last_error;
  // Becomes the first of the list, and so the system's is its next.
  sqlite3_vfs_register(vfs_, 1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(vfs_);
  delete vfs_;
}

OpenKeyFile FaultyDisk::key_files(Keys keys) {
  return [this, keys](const std::string& path) -> Result<std::unique_ptr<KeyFile>, std::string> {
    auto inner = open_key_file(path);
    if (!inner) return inner;
    opened(path);
    // It syncs its folder.
    if (sync(path, true) != Verdict::fine) return unexpected("The folder of " + path + " cannot be synced.");
    return std::make_unique<FaultyKeyFile>(*this, path, std::move(*inner), keys == Keys::never_synced);
  };
}

void FaultyDisk::cut_after(std::uint64_t calls) {
  const std::lock_guard lock(mutex_);
  cut_in_ = calls;
}

bool FaultyDisk::is_cut() {
  const std::lock_guard lock(mutex_);
  return cut_;
}

void FaultyDisk::fail_after(std::uint64_t calls, Fault fault) {
  const std::lock_guard lock(mutex_);
  fail_in_ = calls;
  fault_ = fault;
  fail_percent_ = 0;
  failures_ = 0;
}

void FaultyDisk::fail_often(Fault fault, unsigned percent) {
  const std::lock_guard lock(mutex_);
  fail_in_.reset();
  fault_ = fault;
  fail_percent_ = percent;
  failures_ = 0;
}

void FaultyDisk::mend() {
  const std::lock_guard lock(mutex_);
  fail_in_.reset();
  fail_percent_ = 0;
  failures_ = 0;
}

FaultyDisk::Verdict FaultyDisk::call(What what) {
  ++calls_;
  if (cut_in_ && (*cut_in_)-- == 0) {
    cut_ = true;
    cut_in_.reset();
  }
  if (cut_) return Verdict::no;
  const bool concerned = what == (fault_ == Fault::unsynced ? What::syncs : What::writes) ||
                         (fault_ == Fault::broken && what != What::writes);
  bool fails = concerned && below(100) < fail_percent_;
  if (fail_in_ && concerned && (*fail_in_)-- == 0) {
    fails = true;
    fail_in_.reset();
  }
  if (!fails) return Verdict::fine;
  ++failures_;
  return fault_ == Fault::full ? Verdict::full : Verdict::no;
}

void FaultyDisk::opened(const std::string& path) {
  const std::lock_guard lock(mutex_);
  files_.try_emplace(path);
}

FaultyDisk::Verdict FaultyDisk::write(const std::string& path, std::size_t at, ByteView bytes,
                                      std::size_t& taken) {
  const std::lock_guard lock(mutex_);
  const Verdict verdict = call(What::writes);
  if (cut_) {
    taken = 0;
  } else if (verdict != Verdict::fine) {
    taken = below(bytes.size() + 1);
  }
  if (taken > 0) {
    const ByteView kept = bytes.first(taken);
    files_[path].pending.push_back({false, at, {kept.begin(), kept.end()}});
  }
  return verdict;
}

FaultyDisk::Verdict FaultyDisk::truncate(const std::string& path, std::size_t size) {
  const std::lock_guard lock(mutex_);
  const Verdict verdict = call(What::other);
  if (verdict == Verdict::fine) files_[path].pending.push_back({true, size, {}});
  return verdict;
}

FaultyDisk::Verdict FaultyDisk::sync(const std::string& path, bool its_name_too) {
  const std::lock_guard lock(mutex_);
  const Verdict verdict = call(What::syncs);
  if (cut_) return verdict;
  // A sync that failed has made some of it durable, and the system believes the rest to be so too: it will
  // never write that again by itself.
  settle(files_[path], verdict == Verdict::fine ? 100 : 50);
  if (verdict == Verdict::fine && its_name_too) name_all();
  return verdict;
}

FaultyDisk::Verdict FaultyDisk::remove(const std::string& path, bool durably) {
  const std::lock_guard lock(mutex_);
  const Verdict verdict = call(What::other);
  if (verdict != Verdict::fine) return verdict;
  const auto found = files_.find(path);
  if (found != files_.end()) {
    if (found->second.named) removed_[path] = std::move(found->second);
    files_.erase(found);
  }
  if (durably) name_all();
  return verdict;
}

void FaultyDisk::name_all() {
  removed_.clear();
  for (auto& [path, file] : files_) file.named = true;
}

void FaultyDisk::settle(File& file, unsigned percent) {
  for (const Change& change : file.pending) keep(file.durable, change, percent);
  file.pending.clear();
}

void FaultyDisk::keep(ByteVector& image, const Change& change, unsigned percent) {
  if (change.truncates) {
    if (below(100) < percent) image.resize(change.at);
    return;
  }
  for (std::size_t at = change.at; at < change.at + change.bytes.size();) {
    std::size_t end = std::min((at / kSector + 1) * kSector, change.at + change.bytes.size());
    const std::size_t next = end;
    if (below(100) < percent) {
      if (percent < 100 && below(16) == 0) end = at + below(end - at + 1);  // torn
      if (image.size() < end) image.resize(end);
      std::copy(change.bytes.begin() + static_cast<std::ptrdiff_t>(at - change.at),
                change.bytes.begin() + static_cast<std::ptrdiff_t>(end - change.at),
                image.begin() + static_cast<std::ptrdiff_t>(at));
    }
    at = next;
  }
}

void FaultyDisk::power_back() {
  const std::lock_guard lock(mutex_);
  static constexpr unsigned kKept[] = {0, 5, 50, 95, 100};
  for (auto& [path, file] : removed_) {
    if (below(2) == 0) continue;
    const auto later = files_.find(path);
    if (later == files_.end() || (!later->second.named && below(2) == 0)) files_[path] = std::move(file);
  }
  removed_.clear();
  for (auto at = files_.begin(); at != files_.end();) {
    auto& [path, file] = *at;
    if (!file.named && below(2) == 0) {
      std::filesystem::remove(path);
      at = files_.erase(at);
      continue;
    }
    settle(file, kKept[below(5)]);
    file.named = true;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(file.durable.data()),
              static_cast<std::streamsize>(file.durable.size()));
    // Whoever comes after a power cut finds no shared memory.
    std::filesystem::remove(path + "-shm");
    ++at;
  }
  cut_ = false;
  cut_in_.reset();
}

}  // namespace tacet::relay::testing
