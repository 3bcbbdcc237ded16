// A vault that is locked leaves neither keys nor plaintext in the memory it used.
#include "vault/vault.h"

#include <doctest/doctest.h>

#include "crypto/random.h"
#include "secrets/memory_watch.h"

using namespace tacet;
using namespace tacet::test;

namespace {

// Every 32 bytes that are drawn here are a key, or become part of one.
class WatchedRandom final : public Random {
 public:
  explicit WatchedRandom(MemoryWatch& watch) : watch_(watch) {}
  void fill(MutableByteView out) override {
    random_.fill(out);
    if (out.size() == 32) watch_.look_for(out), ++keys;
  }
  std::size_t keys = 0;

 private:
  MemoryWatch& watch_;
  crypto::SystemRandom random_;
};

vault::RecordKey key_of(Byte number) {
  vault::RecordKey key;
  key.kind = 5;
  key.id.raw[0] = number;
  return key;
}

}  // namespace

TEST_CASE("a locked vault leaves no key and no plaintext in memory it gave back") {
  const Time start = from_millis(1'800'000'000'000);
  const auto files = vault::make_memory_files();
  MemoryWatch watch;
  WatchedRandom random(watch);
  const auto passphrase = random.draw<vault::StretchedKey>();
  const auto marker = random.draw<Secret<32>>();
  {
    auto vault = *vault::create(*files, random, {}, passphrase, start);
    for (Byte i = 0; i < 40; ++i) {
      vault::Batch batch;
      batch.puts.push_back({key_of(i), SecretVector(marker.view().begin(), marker.view().end()), {}});
      REQUIRE(vault->commit(batch).has_value());
    }
    REQUIRE(vault->set_slot(vault::Slot::recovery, passphrase).has_value());
    const vault::Share share{1, random.draw<vault::ShareHalf>()};
    vault->use_share(share);
    for (Byte i = 0; i < 40; i += 3) REQUIRE(vault->commit({{}, {key_of(i)}}).has_value());
    vault->advance_clock(start + Seconds(20));
    do {
      while (vault->wants_tidy()) REQUIRE(vault->tidy().has_value());
      vault->sync_starting();
    } while (vault->synced() || vault->wants_tidy());
    CHECK(vault->share_number() == 1);
    CHECK(vault->read(key_of(1)).has_value());
    vault.reset();
    vault = *vault::open(*files, random, passphrase, start);
    REQUIRE(vault->give_share(share).has_value());
    CHECK(vault->read(key_of(1)).has_value());
    CHECK(!vault->read(key_of(3)).has_value());
  }
  CHECK(random.keys > 10);
  CHECK(watch.freed() > 100);
  CHECK(watch.freed_with_secrets() == 0);
  const auto names = files->list();
  for (const std::string& name : *names) {
    const auto content = *files->read(name, 0, SIZE_MAX);
    CHECK(watch.found_in(content) == 0);
  }
}
