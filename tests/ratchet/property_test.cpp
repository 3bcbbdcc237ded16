// Random conversations against a model of what must be received and what refused.
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

#include "crypto/random.h"
#include "ratchet/pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

constexpr std::size_t kA = 0, kB = 1;

struct Sent {
  std::size_t from;
  std::uint32_t chain, number, previous;
  ByteVector wire, data;
};

// What one side would know if there were no cryptography: chains are numbered, keys are their numbers.
struct Model {
  bool pending = false;
  std::uint32_t send_chain = 0, sent = 0, previous = 0;
  std::int64_t receive_chain = -1;
  std::uint32_t received = 0;
  std::map<std::uint32_t, std::map<std::uint32_t, Time>> skipped;  // chain, number, death

  void skip_to(std::uint32_t to, Time now) {
    auto& keys = skipped[static_cast<std::uint32_t>(receive_chain)];
    for (; received < to; ++received) keys[received] = now + kSkippedLifetime;
  }
  [[nodiscard]] bool living(std::uint32_t chain, Time now) const {
    const auto keys = skipped.find(chain);
    if (keys == skipped.end()) return false;
    for (const auto& [number, death] : keys->second) {
      if (now < death) return true;
    }
    return false;
  }
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const auto& [chain, keys] : skipped) n += keys.size();
    return n;
  }

  // Whether the message is to be received; if so the model has received it.
  bool receive(const Sent& m, Time now) {
    const auto keys = skipped.find(m.chain);
    if (keys != skipped.end()) {
      const auto key = keys->second.find(m.number);
      if (key != keys->second.end() && now < key->second) {
        keys->second.erase(key);
        return true;
      }
    }
    if (m.chain == receive_chain) {
      if (m.number < received || m.number - received > 1000) return false;
    } else if (m.chain == receive_chain + 1) {
      if (pending || m.number > 1000) return false;
      if (receive_chain >= 0 && m.previous > received && m.previous - received + m.number <= 1000) {
        skip_to(m.previous, now);
      }
      ++receive_chain;
      received = 0;
      pending = true;
    } else {
      return false;
    }
    skip_to(m.number, now);
    ++received;
    limit();
    return true;
  }
  void limit() {
    std::size_t old = 0;
    for (auto chain = skipped.begin(); chain != skipped.end();) {
      chain = chain->second.empty() ? skipped.erase(chain) : std::next(chain);
    }
    for (const auto& [chain, keys] : skipped) old += chain != receive_chain ? 1 : 0;
    for (; old > 5; --old) skipped.erase(skipped.begin());
    while (count() > 2000) {
      auto& first = skipped.begin()->second;
      first.erase(first.begin());
      if (first.empty()) skipped.erase(skipped.begin());
    }
  }
  void maintain(Time now) {
    for (auto& [chain, keys] : skipped) {
      for (auto key = keys.begin(); key != keys.end();)
        key = now >= key->second ? keys.erase(key) : std::next(key);
    }
  }
};

class Conversation {
 public:
  explicit Conversation(std::uint64_t seed) : dice_(seed_of(seed)), pair_(seed) {
    model_[kB].receive_chain = 0;  // the handshake's first message
    model_[kB].received = 1;
    model_[kB].pending = true;
    model_[kA].sent = 1;
  }

  void operation() {
    switch (roll(20)) {
      case 0:
        now_ += Hours(roll(40));
        break;
      case 1:
        session(roll(2)).maintain(now_);
        return maintain_models();
      case 2:
        return store_and_load(roll(2));
      case 3:
      case 4:
        return alter();
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
      case 10:
      case 11:
        return send(roll(2));
      default:
        return deliver();
    }
  }
  [[nodiscard]] std::size_t delivered() const { return delivered_; }

 private:
  std::uint32_t roll(std::uint32_t sides) {
    const auto bytes = dice_.draw<Bytes<4>>();
    std::uint32_t v = 0;
    for (const Byte b : bytes.raw) v = v << 8 | b;
    return v % sides;
  }
  Session& session(std::size_t who) { return who == kA ? pair_.alice : pair_.bob; }

  void maintain_models() {
    for (const std::size_t who : {kA, kB}) {
      session(who).maintain(now_);
      model_[who].maintain(now_);
    }
  }

  void send(std::size_t who) {
    const auto size = roll(10) > 1   ? MessageClass::small
                      : roll(2) == 0 ? MessageClass::medium
                                     : MessageClass::large;
    ByteVector data(roll(static_cast<std::uint32_t>(max_data(size)) + 1), static_cast<Byte>(roll(256)));
    Random& random = who == kA ? pair_.random_a : pair_.random_b;
    auto wire = session(who).send(size, data, random);
    REQUIRE(wire);
    Model& m = model_[who];
    if (m.pending) {
      m.pending = false;
      m.previous = m.sent;
      m.sent = 0;
      m.send_chain += first_half_[who] ? 0 : 1;
      first_half_[who] = false;
    }
    in_flight_.push_back({who, m.send_chain, m.sent, m.previous, std::move(*wire), std::move(data)});
    ++m.sent;
  }

  // Mostly the newest, sometimes anything; sometimes lost, sometimes kept to come again.
  void deliver() {
    if (in_flight_.empty()) return;
    const auto count = static_cast<std::uint32_t>(in_flight_.size());
    const std::uint32_t index = roll(3) == 0 ? roll(count) : count - 1 - roll(std::min(count, 4U));
    const Sent message = in_flight_[index];
    const std::uint32_t fate = roll(10);
    if (fate != 0)
      in_flight_.erase(
          std::next(in_flight_.begin(), static_cast<std::ptrdiff_t>(index)));  // fate 0: it will come again
    if (fate == 1) return;                                                     // lost
    const std::size_t to = 1 - message.from;
    const bool expected = model_[to].receive(message, now_);
    if (expected) {
      const auto data = session(to).receive(message.wire, now_);
      REQUIRE(data);
      CHECK(std::equal(data->begin(), data->end(), message.data.begin(), message.data.end()));
      ++delivered_;
    } else {
      refused(session(to), message.wire, now_);
    }
    refused(session(to), message.wire, now_);            // a duplicate
    refused(session(message.from), message.wire, now_);  // a reflection
  }

  void alter() {
    if (in_flight_.empty()) return;
    const Sent& message = in_flight_[roll(static_cast<std::uint32_t>(in_flight_.size()))];
    ByteVector altered = message.wire;
    const std::uint32_t bit = roll(static_cast<std::uint32_t>(altered.size()) * 8);
    altered[bit / 8] = static_cast<Byte>(altered[bit / 8] ^ 1U << bit % 8);
    refused(session(1 - message.from), altered, now_);
    refused(session(1 - message.from), ByteView(message.wire).first(bit / 8), now_);
  }

  void store_and_load(std::size_t who) {
    auto loaded = Session::parse(session(who).serialise());
    REQUIRE(loaded);
    CHECK(loaded->skipped_count() == model_[who].count());
    session(who) = std::move(*loaded);
  }

  ScriptedRandom dice_;
  Pair pair_;
  Model model_[2];
  bool first_half_[2] = {false, true};  // B's first send half opens its chain 0
  std::vector<Sent> in_flight_;
  Time now_ = kStart;
  std::size_t delivered_ = 0;
};

}  // namespace

namespace {

// TACET_SEED repeats a run, TACET_OPERATIONS prolongs it (./dev soak ratchet).
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("a random conversation receives exactly what the model says") {
  crypto::SystemRandom system;
  std::uint64_t drawn = 0;
  for (const Byte b : system.draw<Bytes<4>>().raw) drawn = drawn << 8 | b;
  const std::uint64_t seed = from_environment("TACET_SEED", drawn);
  const std::uint64_t operations = from_environment("TACET_OPERATIONS", 2000);
  MESSAGE("TACET_SEED=" << seed << " TACET_OPERATIONS=" << operations);
  Conversation conversation(seed);
  for (std::uint64_t i = 0; i < operations; ++i) conversation.operation();
  MESSAGE(conversation.delivered() << " messages delivered");
  CHECK(conversation.delivered() > operations / 20);
}
