#include "posix/posix_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "doctest/doctest.h"
#include "vault/vault.h"

namespace tacet::test {
namespace {

using posix::OpenError;
using posix::PosixFiles;
using vault::FileError;

// A folder that is gone afterwards.
class Folder {
 public:
  Folder() {
    const char* const base = std::getenv("TMPDIR");
    path_ = std::string(base != nullptr ? base : "/tmp") + "/tacet-posix-XXXXXX";
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() {
    if (DIR* const dir = ::opendir(path_.c_str())) {
      while (const dirent* const entry = ::readdir(dir)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") ::unlink((path_ + "/" + name).c_str());
      }
      ::closedir(dir);
    }
    ::rmdir(path_.c_str());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string text_of(const Result<ByteVector, FileError>& bytes) {
  return bytes ? std::string(as_text(*bytes)) : "(error)";
}

TEST_CASE("files are appended to, replaced, read in parts, listed and removed") {
  const Folder folder;
  const auto files = *PosixFiles::open(folder.path());
  CHECK(files->list()->empty());
  CHECK(files->size("a").error() == FileError::not_found);
  CHECK(files->read("a", 0, 1).error() == FileError::not_found);
  CHECK(files->remove("a").has_value());

  REQUIRE(files->append("a", as_bytes("one ")).has_value());
  REQUIRE(files->append("a", as_bytes("two")).has_value());
  REQUIRE(files->replace("b", as_bytes("old")).has_value());
  REQUIRE(files->replace("b", as_bytes("new!")).has_value());
  REQUIRE(files->append("b", as_bytes("er")).has_value());
  REQUIRE(files->sync().has_value());
  CHECK(*files->size("a") == 7);
  CHECK(text_of(files->read("a", 0, 100)) == "one two");
  CHECK(text_of(files->read("a", 4, 2)) == "tw");
  CHECK(text_of(files->read("a", 6, 9)) == "o");
  CHECK(text_of(files->read("a", 70, 9)).empty());
  CHECK(text_of(files->read("b", 0, 100)) == "new!er");

  auto names = *files->list();
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"a", "b"});
  REQUIRE(files->remove("a").has_value());
  CHECK(files->list()->size() == 1);
  CHECK(files->sync().has_value());
}

TEST_CASE("the folder is made when it is missing, for the owner only") {
  const Folder folder;
  const std::string inner = folder.path() + "/vault";
  {
    const auto files = PosixFiles::open(inner);
    REQUIRE(files.has_value());
    REQUIRE((*files)->append("a", as_bytes("x")).has_value());
    struct stat status {};
    REQUIRE(::stat(inner.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    REQUIRE(::stat((inner + "/a").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE((*files)->remove("a").has_value());
  }
  ::rmdir(inner.c_str());
  CHECK(PosixFiles::open(folder.path() + "/no/parent").error() == OpenError::failed);
}

TEST_CASE("something that is not a folder is refused") {
  const Folder folder;
  const std::string file = folder.path() + "/file";
  REQUIRE(::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0600)) == 0);
  CHECK(PosixFiles::open(file).error() == OpenError::failed);
}

#ifndef __EMSCRIPTEN__  // one process, no locks
TEST_CASE("a folder has one user at a time") {
  const Folder folder;
  auto first = PosixFiles::open(folder.path());
  REQUIRE(first.has_value());
  CHECK(PosixFiles::open(folder.path()).error() == OpenError::in_use);
  first->reset();
  CHECK(PosixFiles::open(folder.path()).has_value());
}

TEST_CASE("a full disk is told from a broken one") {
  const Folder folder;
  const auto files = *PosixFiles::open(folder.path());
  REQUIRE(::symlink("/dev/full", (folder.path() + "/full").c_str()) == 0);
  CHECK(files->append("full", as_bytes("x")).error() == FileError::no_space);
  REQUIRE(::mkdir((folder.path() + "/broken").c_str(), 0700) == 0);
  CHECK(files->append("broken", as_bytes("x")).error() == FileError::failed);
  CHECK(files->replace("broken", as_bytes("x")).error() == FileError::failed);
  ::rmdir((folder.path() + "/broken").c_str());
}
#endif

TEST_CASE("a half-written replacement is neither seen nor in the way") {
  const Folder folder;
  {
    const auto files = *PosixFiles::open(folder.path());
    REQUIRE(files->replace("a", as_bytes("old")).has_value());
    REQUIRE(files->append("a.new", as_bytes("half a repl")).has_value());
  }
  const auto files = *PosixFiles::open(folder.path());
  CHECK(files->list()->size() == 1);
  CHECK(text_of(files->read("a", 0, 9)) == "old");
  REQUIRE(files->replace("a", as_bytes("new")).has_value());
  CHECK(text_of(files->read("a", 0, 9)) == "new");
}

class CountingRandom final : public Random {
 public:
  void fill(MutableByteView out) override {
    for (Byte& b : out) b = static_cast<Byte>((state_ = state_ * 1664525 + 1013904223) >> 24);
  }

 private:
  std::uint32_t state_ = 1;
};

TEST_CASE("a vault lives in a folder") {
  const Folder folder;
  CountingRandom random;
  const vault::Stretching cost{.salt = {}, .passes = 2, .memory_kib = vault::Stretching::kFloorKib};
  const vault::StretchedKey key;
  const vault::RecordKey record{1, {}};
  const Time now = from_millis(1'700'000'000'000);
  const std::string text = "still here";
  {
    const auto files = *PosixFiles::open(folder.path());
    const auto vault = *vault::create(*files, random, cost, key, now);
    vault::Batch batch;
    batch.puts.push_back({record, SecretVector(text.begin(), text.end()), std::nullopt});
    REQUIRE(vault->commit(batch).has_value());
    vault->sync_starting();
    REQUIRE(files->sync().has_value());
    CHECK(!vault->synced());
  }
  const auto files = *PosixFiles::open(folder.path());
  const auto vault = vault::open(*files, random, key, now);
  REQUIRE(vault.has_value());
  CHECK(as_text(*(*vault)->read(record)) == text);
}

}  // namespace
}  // namespace tacet::test
