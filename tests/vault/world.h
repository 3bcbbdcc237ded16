// What the vault's tests share: keys, records, a model to compare with, and the life of a host around a
// vault.
#pragma once

#include <map>
#include <random>

#include "doctest/doctest.h"
#include "vault/fault_files.h"
#include "vault/vault.h"

namespace tacet::test {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): test code

// Bytes from a seed. Not secret, quick, the same everywhere.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
  void fill(MutableByteView out) override {
    for (Byte& b : out) b = static_cast<Byte>(engine_());
  }

 private:
  std::mt19937 engine_;
};

inline vault::StretchedKey stretched(Byte fill) {
  vault::StretchedKey key;
  for (Byte& b : key.span()) b = fill;
  return key;
}

inline vault::RecordKey key_of(std::uint8_t kind, std::uint64_t number) {
  vault::RecordKey key;
  key.kind = kind;
  for (std::size_t i = 0; i < 4; ++i) key.id.raw[i] = static_cast<Byte>(number >> (24 - 8 * i));
  return key;
}

inline SecretVector value_of(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

inline vault::Put put(vault::RecordKey key, std::string_view text, std::optional<Time> expires = {}) {
  return {key, value_of(text), expires};
}

inline vault::Share share(std::uint64_t number) {
  vault::Share out;
  out.number = number;
  for (Byte& b : out.half.span()) b = static_cast<Byte>(50 + number);
  return out;
}

// The shares at the relay, as far as they are not destroyed.
struct ShareShelf {
  std::map<std::uint64_t, vault::Share> kept;
  std::vector<vault::Share> ever;

  void keep(const vault::Share& one) { kept[one.number] = one, ever.push_back(one); }
  void keep_only(std::uint64_t number) {
    for (auto it = kept.begin(); it != kept.end();) it = it->first == number ? std::next(it) : kept.erase(it);
  }
  // Whether the vault has the share that it needs.
  [[nodiscard]] bool serve(vault::Vault& vault) const {
    if (!vault.needs_share()) return true;
    const auto it = kept.find(vault.share_number());
    return it != kept.end() && vault.give_share(it->second).has_value();
  }
};

inline vault::Batch puts(std::vector<vault::Put> list) {
  return {std::move(list), {}};
}

inline constexpr Time kStart = from_millis(1'700'000'000'000);

struct Value {
  std::string text;
  std::optional<Time> expires;
  bool operator==(const Value&) const = default;
};
using Model = std::map<vault::RecordKey, Value>;

inline void keep(Model& model, const vault::Batch& batch) {
  for (const auto& entry : batch.puts) {
    model[entry.key] = {std::string(as_text(entry.value)), entry.expires_at};
  }
  for (const auto& key : batch.erases) model.erase(key);
}

// Everything that can be read. A record past its time has no text; one that is damaged says so.
inline Model contents(const vault::Vault& vault) {
  Model out;
  for (int kind = 0; kind < 8; ++kind) {
    for (const auto& info : vault.records(static_cast<std::uint8_t>(kind))) {
      const auto value = vault.read(info.key);
      std::string text = value ? std::string(as_text(*value)) : "";
      if (!value && value.error() != vault::Error::expired) text = "(cannot be read)";
      out[info.key] = {text, info.expires_at};
    }
  }
  return out;
}

// The model as a vault at `now` shows it.
inline Model visible(Model model, Time now) {
  for (auto& [key, value] : model) {
    if (value.expires && *value.expires <= now) value.text.clear();
  }
  return model;
}

inline vault::Stretching cheap() {
  return {.salt = Bytes<16>{{1, 2, 3}}, .passes = 2, .memory_kib = vault::Stretching::kFloorKib};
}

// Syncs, and lets the vault tidy as long as it wants to. False when the medium failed.
inline bool settle(vault::Vault& vault, FaultFiles& files) {
  for (int rounds = 0; rounds < 10'000; ++rounds) {
    while (vault.wants_tidy()) {
      if (!vault.tidy()) return false;
    }
    vault.sync_starting();
    if (!files.sync()) return false;
    const bool again = vault.synced();
    if (!again && !vault.wants_tidy()) return true;
  }
  FAIL("the vault never comes to rest");
  return false;
}

// A vault on a medium of its own.
struct World {
  explicit World(std::uint32_t seed = 1) : random(seed) { restart_empty(); }

  void restart_empty() {
    auto made = vault::create(files, random, cheap(), stretched(7), kStart);
    REQUIRE(made.has_value());
    vault = std::move(*made);
  }
  void reopen(Time now = kStart) {
    vault.reset();
    auto opened = vault::open(files, random, stretched(7), now);
    REQUIRE(opened.has_value());
    vault = std::move(*opened);
  }
  void commit(const vault::Batch& batch) { REQUIRE(vault->commit(batch).has_value()); }
  void later(Millis by) { vault->advance_clock(vault->now() + by); }

  FaultFiles files;
  SeededRandom random;
  std::unique_ptr<vault::Vault> vault;
};

}  // namespace tacet::test
