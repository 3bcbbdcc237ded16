// A town of thirty, three relays, one liar: what every screen showed, against what really happened.
#include <cstdlib>

#include "world/town.h"

using namespace tacet;
using namespace tacet::test;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

bool complains(const Town& town, const char* of) {
  for (const std::string& complaint : town.oracle.complaints()) {
    if (complaint.find(of) != std::string::npos) return true;
  }
  return false;
}

// A few people, honest relays, a day: everything is well unless a test breaks something.
Plan hamlet(std::uint64_t seed) {
  Plan plan;
  plan.seed = seed;
  plan.people = 6;
  plan.friends = 3;
  plan.messages = 150;
  plan.span = Hours(12);
  plan.rest = Hours(27);
  plan.lies = false;
  return plan;
}

}  // namespace

TEST_CASE("a town with a lying relay: what was said is shown once, in time, and every substitution is said") {
  Plan plan;
  plan.messages = static_cast<std::size_t>(from_environment("TACET_MESSAGES", 1000));
  plan.span = Hours(16) + plan.messages * Millis(Days(1)) / 6000;
  plan.seed = from_environment("TACET_SEED", 1);
  Town town(plan);
  town.live();
  town.finish();
  MESSAGE(town.summary());
  for (const std::string& complaint : town.oracle.complaints()) FAIL_CHECK(complaint);
  CHECK(town.oracle.figures().shown > plan.messages / 2);
  CHECK(town.oracle.figures().substitutions > 0);
}

TEST_CASE("a seed is a run: the same again is the same to the last figure") {
  const auto run = [](std::uint64_t seed) {
    Plan plan = hamlet(seed);
    plan.lies = true;
    Town town(plan);
    town.live();
    town.finish();
    for (const std::string& complaint : town.oracle.complaints()) FAIL_CHECK(complaint);
    return town.summary();
  };
  const std::string once = run(7);
  CHECK(run(7) == once);
  CHECK(run(8) != once);
}

TEST_CASE("the oracle sees a message that a screen shows twice, altered, or where it does not belong") {
  const auto run = [](const std::function<void(const Person&, View&)>& glasses) {
    auto town = std::make_unique<Town>(hamlet(20));
    town->oracle.glasses = glasses;
    town->live();
    return town;
  };
  CHECK(run([](const Person&, View&) {})->oracle.complaints().empty());
  const auto twice = run([](const Person&, View& view) {
    for (ConversationView& talk : view.conversations) {
      if (talk.messages.size() == 3) talk.messages.push_back(talk.messages.front());
    }
  });
  CHECK(complains(*twice, "twice in one conversation"));
  const auto altered = run([](const Person&, View& view) {
    for (ConversationView& talk : view.conversations) {
      if (talk.messages.size() == 3) talk.messages.back().text.push_back('!');
    }
  });
  CHECK(complains(*altered, "altered on the screen"));
  const auto elsewhere = run([](const Person&, View& view) {
    if (view.conversations.size() > 1)
      std::swap(view.conversations[0].messages, view.conversations[1].messages);
  });
  CHECK(complains(*elsewhere, "where it does not belong"));
  const auto again =
      run([kept = std::map<const Person*, MessageView>()](const Person& person, View& view) mutable {
        // What had its time comes back.
        for (ConversationView& talk : view.conversations) {
          for (const MessageView& message : talk.messages) {
            if (message.kind == MessageKind::text && !message.mine) kept.emplace(&person, message);
          }
          const auto old = kept.find(&person);
          if (old == kept.end() || talk.messages.empty()) continue;
          const auto same = [&](const MessageView& m) { return m.id == old->second.id; };
          if (std::none_of(talk.messages.begin(), talk.messages.end(), same))
            talk.messages.push_back(old->second);
        }
      });
  CHECK_FALSE(again->oracle.complaints().empty());
}

TEST_CASE("the oracle sees a vault that loses what was synced") {
  Town town(hamlet(20));
  town.world.at(town.world.now() + Hours(6), [&] {
    for (std::size_t i = 0; i < town.size(); ++i) town.person(i).disk.forgets_syncs = true;
  });
  town.live();
  town.finish();
  CHECK_FALSE(town.oracle.complaints().empty());
}

TEST_CASE("the oracle sees what is shown past its time, and would not with its clock switched off") {
  for (const bool checks : {true, false}) {
    Town town(hamlet(20));
    town.oracle.checks_time = checks;
    // Devices whose clocks are slow show everything too long.
    for (std::size_t i = 0; i < town.size(); ++i) town.person(i).clock_error = -Hours(3);
    town.live();
    CHECK(complains(town, "past its time") == checks);
  }
}

TEST_CASE("the oracle sees an honest relay swallow, and what nobody was told") {
  Town swallowed(hamlet(20));
  swallowed.world.at(swallowed.world.now() + Hours(6), [&] {
    swallowed.world.relay(Town::kRelays[1]).swallows = [](const wire::Send&) { return true; };
  });
  swallowed.live();
  swallowed.finish();
  CHECK(complains(swallowed, "never shown"));

  Plan lying = hamlet(20);
  lying.lies = true;
  lying.span = Hours(36);
  Town silent(lying);
  silent.oracle.glasses = [](const Person&, View& view) { view.notices.clear(); };
  silent.live();
  silent.finish();
  CHECK(complains(silent, "was never told"));
}
