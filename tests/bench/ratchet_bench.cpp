// Our side of ./dev bench ratchet: `ratchet_bench WHAT N` does N rounds of WHAT after a warm-up and prints
// one line of JSON, the contract that libsignal.mjs and olm.mjs keep as well:
//   {"us":[N numbers],"bytes":B,"session":S}   microseconds of each round, bytes on the wire, bytes of a
//   stored session
// Key generation (identities, prekeys and their records) is outside the timing.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "crypto/random.h"
#include "ratchet/handshake.h"

namespace {

using namespace tacet;
using namespace tacet::ratchet;

constexpr Time kNow{Millis{1'800'000'000'000}};

void require(bool good) {
  if (!good) std::abort();  // a benchmark of something that does not work is worth nothing
}

class Shelf final : public PrekeySecrets {
 public:
  Shelf(const IdentitySecret& owner, Random& random)
      : spk(SignedPrekeySecret::generate(SignedPrekeyId{1}, owner, kNow, random)),
        lrk(LastResortSecret::generate(LastResortId{1}, owner, kNow, random)),
        otk(OneTimeSecret::generate(OneTimeId{1}, owner, random)) {}

  [[nodiscard]] const SignedPrekeySecret* find(SignedPrekeyId) const override { return &spk; }
  [[nodiscard]] const LastResortSecret* find(LastResortId) const override { return &lrk; }
  [[nodiscard]] const OneTimeSecret* find(OneTimeId) const override { return &otk; }
  [[nodiscard]] LastResortUse last_resort_use(LastResortId, const crypto::Hash&) const override {
    return LastResortUse::fresh;
  }

  SignedPrekeySecret spk;
  LastResortSecret lrk;
  OneTimeSecret otk;
};

class Bench {
 public:
  Bench()
      : a_(IdentitySecret::generate(random_)), b_(IdentitySecret::generate(random_)), shelf_(b_, random_) {}

  // Runs `what` for `count` rounds; each adds its time.
  void run(std::string_view what, int count) {
    if (what == "handshake+first message") return rounds(count, [this] { handshake(); });
    meet();
    if (what == "one-way") return rounds(count, [this] { message(*alice_, *bob_); });
    require(what == "ping-pong");
    rounds(count, [this] {
      message(*alice_, *bob_);
      std::swap(alice_, bob_);
    });
  }

  void print() const {
    std::printf("{\"us\":[");
    for (std::size_t i = 0; i < times_.size(); ++i) std::printf("%s%.2f", i == 0 ? "" : ",", times_[i]);
    std::printf("],\"bytes\":%zu,\"session\":%zu}\n", bytes_, alice_->serialise().size());
  }

 private:
  template <class Round>
  void rounds(int count, Round round) {
    for (int i = 0; i < count / 4 + 1; ++i) round();  // warm-up: caches, and V8's optimising compiler
    times_.clear();
    for (int i = 0; i < count; ++i) round();
  }

  template <class Work>
  void timed(Work work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    times_.push_back(took.count());
  }

  void handshake() {
    shelf_.otk = OneTimeSecret::generate(OneTimeId{1}, b_, random_);
    const auto spk = shelf_.spk.record();
    const auto lrk = shelf_.lrk.record();
    const auto otk = shelf_.otk.record();
    timed([&] {
      const Identity& peer = b_.identity();
      const auto bundle =
          Bundle::parse(peer.fingerprint(), peer.bytes().view(), spk.view(), lrk.view(), otk.view(), kNow);
      require(bundle.has_value());
      auto initiated = initiate(a_, *bundle, text_.view(), {}, kNow, random_);
      require(initiated.has_value());
      bytes_ = initiated->wire.size();
      auto accepted = accept(b_, shelf_, initiated->wire, kNow);
      require(accepted.has_value() && accepted->data.size() == text_.size);
      alice_.emplace(std::move(initiated->session));
      bob_.emplace(std::move(accepted->session));
    });
  }

  void message(Session& from, Session& to) {
    timed([&] {
      const auto wire = from.send(MessageClass::small, text_.view(), random_);
      require(wire.has_value());
      const auto data = to.receive(*wire, kNow);
      require(data.has_value() && data->size() == text_.size);
      bytes_ = wire->size();
    });
  }

  // A session in the middle of a conversation: both have sent and received.
  void meet() {
    handshake();
    message(*bob_, *alice_);
    message(*alice_, *bob_);
  }

  crypto::SystemRandom random_;
  IdentitySecret a_, b_;
  Shelf shelf_;
  std::optional<Session> alice_, bob_;
  Bytes<256> text_{};
  std::size_t bytes_ = 0;
  std::vector<double> times_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s WHAT N\n", argv[0]);
    return 2;
  }
  Bench bench;
  bench.run(argv[1], std::atoi(argv[2]));
  bench.print();
}
