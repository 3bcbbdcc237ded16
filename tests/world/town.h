// Thirty people, three relays, one of which lies, and some weeks: they meet, write, read, sleep, crash and
// are cut off, all from one seed. The oracle beside them says whether every screen was right.
#pragma once

#include "world/liar.h"

namespace tacet::test {

struct Plan {
  std::uint64_t seed = 1;
  std::size_t people = 30;
  std::size_t messages = 1500;
  Millis span = Days(2);    // of life
  Millis rest = Hours(30);  // afterwards everything works and everyone is there
  std::size_t friends = 5;  // of each, on average
  bool lies = true;
};

class Town {
 public:
  static constexpr const char* kRelays[] = {"wss://liar.test/relay", "wss://north.test/relay",
                                            "wss://south.test/relay"};

  explicit Town(const Plan& plan);
  void live();    // the whole plan
  void finish();  // the oracle's last word
  [[nodiscard]] std::string summary() const;

  World world;
  Oracle oracle;

  // For faults that a test puts in.
  [[nodiscard]] Person& person(std::size_t i) { return *citizens_[i].person; }
  [[nodiscard]] std::size_t size() const { return citizens_.size(); }

 private:
  struct Citizen {
    Person* person = nullptr;
    std::size_t number = 0;
    Time stays_until{};
    std::uint64_t stay = 0;  // counts them: what was planned in an earlier one is void
    bool awake = false;
  };
  // Two who are to meet.
  struct Meeting {
    std::size_t host, guest;
    Time from{};
    std::string label;
    std::uint32_t uses = 1;
    std::string link;
    bool made = false;
    bool opened = false;
    Time again{};
  };

  void wake(Citizen& citizen);
  void settle_in(Citizen& citizen, std::uint64_t stay);
  void act(Citizen& citizen);
  void leave(Citizen& citizen);
  void next_act(Citizen& citizen);
  void read(Person& person, const ConversationView& talk);
  void say(Citizen& citizen, std::size_t most);
  void meet(Citizen& citizen);
  [[nodiscard]] const ConversationView* knows(const Citizen& citizen, std::size_t other) const;

  void weather();  // relays and network
  void mood();
  [[nodiscard]] Clocks some_clocks();
  [[nodiscard]] Millis about(Millis mean) { return some(Millis(mean.count() * 2)); }
  [[nodiscard]] Millis some(Millis most);
  [[nodiscard]] bool once_in(std::size_t n) { return random_.below(n) == 0; }

  Plan plan_;
  SeededRandom random_;
  Liar* liar_ = nullptr;
  std::vector<Citizen> citizens_;
  std::vector<Meeting> meetings_;
  Time began_{};
  Time ends_{};
  bool resting_ = false;   // everything works
  bool gathered_ = false;  // and everyone is there
  std::size_t said_ = 0;
  std::size_t relay_restarts_ = 0, cuts_ = 0, starts_ = 0;
};

}  // namespace tacet::test
