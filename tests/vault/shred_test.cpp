// What was destroyed stays destroyed for whoever has every past copy of the files, every passphrase, and
// every share of the relay that was not destroyed.
#include <set>

#include "vault/world.h"

namespace tacet::test {
namespace {

using vault::Error;
using vault::Share;

// A vault, a relay, and somebody who copies the files after every sync.
struct Watched {
  World world;
  ShareShelf relay;
  std::vector<std::unique_ptr<FaultFiles>> copies;
  std::vector<vault::StretchedKey> passphrases{stretched(7)};
  bool reachable = true;
  std::uint64_t next_number = 1;

  void sync() {
    do {
      world.vault->sync_starting();
      REQUIRE(world.files.sync());
      copies.push_back(std::make_unique<FaultFiles>(&world.files));
    } while (world.vault->synced());
  }
  void use_new_share() {
    relay.keep(share(next_number));
    world.vault->use_share(share(next_number++));
  }
  // What a host does when it has nothing else to do.
  void rest() {
    for (int round = 0; round < 1000; ++round) {
      if (reachable && world.vault->wants_new_share()) use_new_share();
      while (world.vault->wants_tidy()) REQUIRE(world.vault->tidy().has_value());
      sync();
      const auto needed = world.vault->only_share_needed();
      if (reachable && needed) relay.keep_only(*needed);
      if (!world.vault->wants_tidy() && !(reachable && world.vault->wants_new_share())) return;
    }
    FAIL("never at rest");
  }
  void later(Millis by) { world.later(by); }
  void reopen() {
    world.vault.reset();
    for (const auto& passphrase : passphrases) {
      auto opened = vault::open(world.files, world.random, passphrase, kStart);
      if (opened) world.vault = std::move(*opened);
    }
    REQUIRE(world.vault != nullptr);
    if (!world.vault->needs_share()) return;
    REQUIRE(relay.kept.count(world.vault->share_number()) == 1);
    REQUIRE(world.vault->give_share(relay.kept.at(world.vault->share_number())).has_value());
  }

  // Everything that somebody with these shares reads in any of the copies.
  std::set<std::string> readable(const std::vector<Share>& shares) const {
    std::set<std::string> out;
    for (const auto& copy : copies) {
      for (const auto& passphrase : passphrases) {
        SeededRandom random(3);
        auto opened = vault::open(*copy, random, passphrase, kStart - 24h * 3650);
        if (!opened) continue;
        for (const Share& one : shares) (void)(*opened)->give_share(one);
        for (const std::uint8_t kind : {std::uint8_t{1}, std::uint8_t{2}}) {
          for (const auto& info : (*opened)->records(kind)) {
            const auto value = (*opened)->read(info.key);
            if (value) out.insert(std::string(as_text(*value)));
          }
        }
      }
    }
    return out;
  }
  std::vector<Share> kept() const {
    std::vector<Share> out;
    for (const auto& [number, one] : relay.kept) out.push_back(one);
    return out;
  }
};

vault::Put open_put(vault::RecordKey key, std::string_view text) {
  vault::Put out = put(key, text);
  out.always_readable = true;
  return out;
}

// Messages come, burn and expire, with the passphrase changed and the vault reopened on the way. What is gone
// at the end has odd numbers.
void live(Watched& w) {
  for (std::uint32_t i = 0; i < 40; ++i) {
    std::optional<Time> expires;
    if (i % 4 == 3) expires = w.world.vault->now() + 2min;
    w.world.commit(puts({put(key_of(1, i), "message " + std::to_string(i), expires),
                         put(key_of(2, 0), "session " + std::to_string(i))}));
    w.sync();
    if (i % 4 == 1) w.world.commit({{}, {key_of(1, i)}});
    if (i == 12) {
      w.passphrases.push_back(stretched(8));
      REQUIRE(w.world.vault->set_slot(vault::Slot::passphrase, stretched(8)).has_value());
    }
    w.later(Seconds{i % 7});
    w.rest();
    if (i % 9 == 8) w.reopen();
  }
  w.later(3min);
  w.rest();
  w.later(1min);
  w.rest();
}

TEST_CASE("every past copy, every passphrase and the relay's present share open no destroyed message") {
  Watched w;
  w.use_new_share();
  w.rest();
  live(w);
  REQUIRE(w.copies.size() > 60);
  REQUIRE(w.relay.ever.size() > 5);
  REQUIRE(w.relay.kept.size() == 1);
  const auto now = w.readable(w.kept());
  const auto ever = w.readable(w.relay.ever);
  CHECK(w.readable({}).empty());  // nor does a living one open without any share
  for (std::uint32_t i = 0; i < 40; ++i) {
    const std::string text = "message " + std::to_string(i);
    INFO(text);
    CHECK(ever.count(text) == 1);  // it is the destroyed shares that are missing
    CHECK(now.count(text) == (i % 2 == 1 ? 0 : 1));
    if (i % 2 == 0) CHECK(as_text(*w.world.vault->read(key_of(1, i))) == text);
  }
  CHECK(now.count("session 39") == 1);
  CHECK(now.count("session 38") == 0);  // what was replaced is gone as well
}

TEST_CASE("without a share the files forget, but an older copy with the passphrase does not") {
  Watched w;
  live(w);
  CHECK(w.world.vault->share_number() == 0);
  CHECK(w.readable({}).count("message 1") == 1);  // what README.md says about it
  // The newest copy has neither body nor key of any of them.
  w.copies.erase(w.copies.begin(), w.copies.end() - 1);
  const auto newest = w.readable({});
  for (std::uint32_t i = 0; i < 40; ++i) {
    CHECK(newest.count("message " + std::to_string(i)) == (i % 2 == 1 ? 0 : 1));
  }
}

// Tries the bodies themselves: whatever the newest tree still leads to, an older body opens with it.
TEST_CASE("the newest keys open no destroyed body of an older copy") {
  Watched w;
  w.world.commit(puts({put(key_of(1, 1), "burnt"), put(key_of(1, 2), "kept")}));
  w.sync();
  const FaultFiles before(&w.world.files);
  w.world.commit({{}, {key_of(1, 1)}});
  w.later(10s);
  w.rest();
  // The segments of the older copy under the newest vault file.
  FaultFiles mixed(&w.world.files);
  for (const auto& [name, bytes] : const_cast<FaultFiles&>(before).content()) {
    if (name != "vault") mixed.content()[name] = bytes;
  }
  SeededRandom random(3);
  auto opened = vault::open(mixed, random, stretched(7), kStart);
  REQUIRE(opened.has_value());
  CHECK(!(*opened)->read(key_of(1, 1)).has_value());
}

TEST_CASE("while the relay is away the files forget, and the share follows when it is back") {
  Watched w;
  w.use_new_share();
  w.rest();
  w.world.commit(puts({put(key_of(1, 1), "burnt")}));
  w.rest();
  w.reachable = false;
  w.world.commit({{}, {key_of(1, 1)}});
  w.later(10s);
  w.rest();
  CHECK(w.world.vault->wants_new_share());
  CHECK(w.readable(w.kept()).count("burnt") == 1);
  w.reopen();  // remembers that it wants one
  CHECK(w.world.vault->wants_new_share());
  w.reachable = true;
  w.rest();
  CHECK(!w.world.vault->wants_new_share());
  CHECK(w.relay.kept.size() == 1);
  CHECK(w.readable(w.kept()).count("burnt") == 0);
}

TEST_CASE("without its share a vault opens, says what waits, and loses nothing") {
  Watched w;
  w.use_new_share();
  w.world.commit(puts({put(key_of(1, 1), "message"), open_put(key_of(2, 1), "contact")}));
  w.rest();
  w.world.reopen();
  vault::Vault& vault = *w.world.vault;
  CHECK(vault.needs_share());
  CHECK(vault.share_number() == 1);
  CHECK(vault.read(key_of(1, 1)).error() == Error::needs_share);
  CHECK(as_text(*vault.read(key_of(2, 1))) == "contact");
  CHECK(vault.commit(puts({put(key_of(1, 2), "new")})).error() == Error::needs_share);
  w.world.commit(puts({open_put(key_of(2, 1), "renamed")}));
  w.rest();
  CHECK(vault.give_share(share(2)).error() == Error::wrong_share);
  Share wrong = share(2);
  wrong.number = 1;
  CHECK(vault.give_share(wrong).error() == Error::wrong_share);
  REQUIRE(vault.give_share(share(1)).has_value());
  CHECK(as_text(*vault.read(key_of(1, 1))) == "message");
  CHECK(as_text(*vault.read(key_of(2, 1))) == "renamed");
  w.world.commit(puts({put(key_of(1, 2), "new")}));
}

TEST_CASE("a share that is lost for good costs the messages and nothing else") {
  Watched w;
  w.use_new_share();
  w.world.commit(puts({put(key_of(1, 1), "message"), open_put(key_of(2, 1), "contact")}));
  w.rest();
  w.world.reopen();
  REQUIRE(w.world.vault->give_up_share().has_value());
  CHECK(w.world.vault->records(1).empty());
  w.world.commit(puts({put(key_of(1, 2), "new")}));
  w.rest();
  w.world.reopen();
  CHECK(!w.world.vault->needs_share());
  CHECK(w.world.vault->share_number() == 0);
  CHECK(as_text(*w.world.vault->read(key_of(1, 2))) == "new");
  CHECK(as_text(*w.world.vault->read(key_of(2, 1))) == "contact");
  CHECK(w.world.vault->damaged_records() == 0);
}

TEST_CASE("giving the share up again leaves a vault that needs none") {
  Watched w;
  w.use_new_share();
  w.world.commit(puts({put(key_of(1, 1), "message")}));
  w.rest();
  w.world.vault->use_share(std::nullopt);
  CHECK(!w.world.vault->only_share_needed());  // not before it is sure
  w.rest();
  CHECK(w.world.vault->only_share_needed() == 0);
  CHECK(w.relay.kept.empty());
  w.world.reopen();
  CHECK(as_text(*w.world.vault->read(key_of(1, 1))) == "message");
}

TEST_CASE("many thousand keys are destroyed at once, in small steps, and no living one with them") {
  World world;
  vault::Batch batch;
  for (std::uint32_t i = 0; i < 6000; ++i) batch.puts.push_back(put(key_of(1, i), std::to_string(i)));
  world.commit(batch);
  settle(*world.vault, world.files);
  vault::Batch erase;
  for (std::uint32_t i = 0; i < 6000; ++i) {
    if (i % 3 != 0 || i / 1000 == 4) erase.erases.push_back(key_of(1, i));
  }
  world.commit(erase);
  world.later(10s);
  settle(*world.vault, world.files);
  for (int pass = 0; pass < 2; ++pass) {
    for (std::uint32_t i = 0; i < 6000; i += 3) {
      if (i / 1000 == 4) continue;
      REQUIRE(as_text(*world.vault->read(key_of(1, i))) == std::to_string(i));
    }
    world.reopen();
    CHECK(world.vault->damaged_records() == 0);
  }
}

}  // namespace
}  // namespace tacet::test
