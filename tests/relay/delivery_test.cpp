#include "relay/delivery.h"

#include <doctest/doctest.h>

using namespace tacet;
using namespace tacet::relay;

namespace {

const wire::MailboxId kA{{1}};
const wire::MailboxId kB{{2}};

}  // namespace

TEST_CASE("mailboxes take turns, and a turn is over until there is news") {
  Delivery d;
  d.subscribe(kA, 7);
  d.subscribe(kB, 0);
  const auto first = d.take_turn();
  REQUIRE(first);
  CHECK(first->mailbox == kA);
  CHECK(first->after == 7);
  d.arrived(kA);
  CHECK(d.take_turn()->mailbox == kB);
  CHECK(d.take_turn()->mailbox == kA);
  CHECK_FALSE(d.take_turn());
  d.arrived(kB);
  d.arrived(kB);
  CHECK(d.take_turn()->mailbox == kB);
  CHECK_FALSE(d.take_turn());
}

TEST_CASE("a full window waits for an acknowledgement, and a large envelope is always allowed alone") {
  Delivery d;
  d.subscribe(kA, 0);
  CHECK(d.take_turn());
  for (std::uint64_t i = 1; i <= kWindowEnvelopes; ++i) d.pushed(kA, i, 4096);
  d.arrived(kA);
  CHECK_FALSE(d.take_turn());
  CHECK(d.acknowledged(kA, 1) == 1);
  CHECK(d.take_turn()->after == kWindowEnvelopes);

  d.subscribe(kB, 0);
  CHECK(d.take_turn());
  d.pushed(kB, 1, kWindowBytes);
  d.arrived(kB);
  CHECK_FALSE(d.take_turn());
  d.acknowledged(kB, 1);
  CHECK(d.take_turn()->max_count > 0);
}

TEST_CASE("nothing beyond what was pushed can be acknowledged") {
  Delivery d;
  d.subscribe(kA, 5);
  CHECK(d.acknowledged(kA, 100) == 5);
  CHECK(d.acknowledged(kA, 3) == 3);
  d.pushed(kA, 9, 1);
  CHECK(d.acknowledged(kA, 100) == 9);
}

TEST_CASE("an answer for an earlier subscription does not count for a later one") {
  Delivery d;
  d.subscribe(kA, 5);
  const auto wanted = *d.take_turn();
  CHECK(d.current(wanted));
  d.subscribe(kA, 0);
  CHECK_FALSE(d.current(wanted));
  CHECK(d.take_turn()->after == 0);
  d.unsubscribe(kA);
  d.arrived(kA);
  CHECK_FALSE(d.take_turn());
}

TEST_CASE("news that comes while a window fills up is not forgotten when credit comes back") {
  Delivery d;
  d.subscribe(kA, 0);
  REQUIRE(d.take_turn());
  for (std::uint64_t n = 1; n <= kWindowEnvelopes - 1; ++n) d.pushed(kA, n, 100);
  d.arrived(kA);                        // stands in line with credit for one
  d.pushed(kA, kWindowEnvelopes, 100);  // which the page before has used
  CHECK_FALSE(d.take_turn());
  CHECK(d.acknowledged(kA, 1) == 1);
  const auto again = d.take_turn();
  REQUIRE(again);
  CHECK(again->after == kWindowEnvelopes);
  CHECK(again->max_count == 1);
}
