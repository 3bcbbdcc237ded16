// What the vault costs by itself, in memory: opening, a commit, the longest step of maintenance, bytes
// written for each byte stored. One line of JSON for each size. Argon2id is not in it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <random>

#include "crypto/random.h"
#include "vault/vault.h"

namespace {

using namespace tacet;
using Instant = std::clock_t;

// Of this process where the platform knows: the machine may be busy with something else.
Instant now() {
  return std::clock();
}

double ms_since(Instant start) {
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Counts what is written to the files below.
class CountingFiles final : public vault::Files {
 public:
  Result<std::vector<std::string>, vault::FileError> list() override { return files_->list(); }
  Result<std::uint64_t, vault::FileError> size(std::string_view name) override { return files_->size(name); }
  Result<ByteVector, vault::FileError> read(std::string_view name, std::uint64_t offset,
                                            std::size_t length) override {
    return files_->read(name, offset, length);
  }
  Result<void, vault::FileError> append(std::string_view name, ByteView bytes) override {
    written += bytes.size();
    return files_->append(name, bytes);
  }
  Result<void, vault::FileError> replace(std::string_view name, ByteView bytes) override {
    written += bytes.size();
    return files_->replace(name, bytes);
  }
  Result<void, vault::FileError> remove(std::string_view name) override { return files_->remove(name); }
  [[nodiscard]] std::uint64_t stored() {
    std::uint64_t total = 0;
    const auto names = *files_->list();
    most_files = std::max(most_files, names.size());
    for (const std::string& name : names) total += *files_->size(name);
    return total;
  }

  std::uint64_t written = 0;
  std::size_t most_files = 0;

 private:
  std::unique_ptr<vault::Files> files_ = vault::make_memory_files();
};

struct Steps {
  std::vector<double> ms;
  void add(double one) { ms.push_back(one); }
  [[nodiscard]] double quantile(double q) {
    if (ms.empty()) return 0;
    std::sort(ms.begin(), ms.end());
    return ms[std::min(ms.size() - 1, static_cast<std::size_t>(q * static_cast<double>(ms.size())))];
  }
};

class Bench {
 public:
  explicit Bench(std::size_t bytes) : bytes_(bytes) {
    vault_ = std::move(*vault::create(files_, random_, {}, key_, now_));
  }

  void message(std::uint32_t number) {
    vault::Put put;
    put.key.kind = 5;
    put.key.id = id_of(number);
    put.value.assign(bytes_, 'x');
    put.expires_at = now_ + Days(6);
    vault::Batch batch;
    batch.puts.push_back(std::move(put));
    const auto start = now();
    if (!vault_->commit(batch)) std::abort();
    commits.add(ms_since(start));
    sync();
    while (vault_->wants_tidy()) tidy();
  }

  void burn(std::uint32_t number) {
    vault::Batch batch;
    batch.erases.push_back({5, id_of(number)});
    if (!vault_->commit(batch)) std::abort();
  }

  void later(Millis time) {
    now_ += time;
    vault_->advance_clock(now_);
  }

  void rest() {
    do {
      sync();
      while (vault_->wants_tidy()) tidy();
    } while (unsettled_);
  }

  double reopen() {
    vault_.reset();
    const auto start = now();
    vault_ = std::move(*vault::open(files_, random_, key_, now_));
    return ms_since(start);
  }

  double read(std::uint32_t count, std::uint32_t of) {
    const auto start = now();
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!vault_->read({5, id_of(of - 1 - i)})) std::abort();
    }
    return ms_since(start);
  }

  CountingFiles files_;
  Steps commits, steps;

 private:
  static Bytes<32> id_of(std::uint32_t number) {
    std::mt19937 engine(number);
    Bytes<32> id;
    for (std::size_t i = 0; i < 16; ++i) id.raw[i] = static_cast<Byte>(engine());
    return id;
  }
  void sync() {
    for (int i = 0; i < 1000; ++i) {
      vault_->sync_starting();
      const auto start = now();
      const bool again = vault_->synced();
      steps.add(ms_since(start));
      unsettled_ = again;
      if (!again) break;
    }
    (void)files_.stored();
  }
  void tidy() {
    const auto start = now();
    const auto wrote = vault_->tidy();
    steps.add(ms_since(start));
    if (!wrote) std::abort();
    if (*wrote) sync();
  }

  std::size_t bytes_;
  crypto::SystemRandom random_;
  vault::StretchedKey key_;
  Time now_ = from_millis(1'800'000'000'000);
  std::unique_ptr<vault::Vault> vault_;
  bool unsettled_ = false;
};

}  // namespace

int main(int count, char** arguments) {
  const std::size_t bytes = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 400;
  for (const std::uint32_t size : {1'000U, 10'000U, 100'000U}) {
    if (count > 2 && size > std::strtoul(arguments[2], nullptr, 10)) break;
    Bench bench(bytes);
    for (std::uint32_t i = 0; i < size; ++i) {
      if (i + 200 == size) bench.commits.ms.clear();
      bench.message(i);
      bench.later(Seconds(1));
    }
    bench.rest();
    const std::uint64_t stored = bench.files_.stored();
    const std::uint64_t written = bench.files_.written;
    const double growing_most = bench.steps.quantile(0.999);
    const double growing = bench.steps.quantile(1);
    const double open = bench.reopen();
    const double first = bench.read(50, size);
    bench.steps.ms.clear();
    // One message in ten burns, in a random order of places, and all that is dead is swept.
    for (std::uint32_t i = 0; i < size; i += 10) {
      bench.burn(i);
      if (i % 1000 == 0) bench.later(Seconds(11)), bench.rest();
    }
    bench.later(Hours(25));
    bench.rest();
    const double sweeping_most = bench.steps.quantile(0.999);
    const double sweeping = bench.steps.quantile(1);
    const double after = bench.reopen();
    std::printf(
        "{\"messages\":%u,\"stored_bytes\":%llu,\"written_per_stored\":%.2f,\"commit_p50_ms\":%.3f,"
        "\"step_growing_p999_ms\":%.2f,\"longest_step_growing_ms\":%.2f,\"step_sweeping_p999_ms\":%.2f,"
        "\"longest_step_sweeping_ms\":%.2f,\"open_ms\":%.1f,"
        "\"read_50_ms\":%.2f,\"open_after_burning_ms\":%.1f,\"most_files\":%zu}\n",
        size, static_cast<unsigned long long>(stored),
        static_cast<double>(written) / static_cast<double>(stored), bench.commits.quantile(0.5), growing_most,
        growing, sweeping_most, sweeping, open, first, after, bench.files_.most_files);
    std::fflush(stdout);
  }
}
