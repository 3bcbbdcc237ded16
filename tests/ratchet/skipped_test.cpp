#include "ratchet/skipped.h"

#include <doctest/doctest.h>

#include "ratchet/pair.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ratchet;

namespace {

SkippedRun keys(std::uint32_t from, std::uint32_t to, Time stored_at = kStart) {
  SkippedRun run;
  for (std::uint32_t n = from; n < to; ++n) run.push_back({n, {}, stored_at + kSkippedLifetime});
  return run;
}

HeaderKey header(Byte b) {
  HeaderKey key;
  key.data()[0] = b;
  return key;
}

}  // namespace

TEST_CASE("of six old header keys the one replaced first goes") {
  SkippedKeys s;
  for (Byte i = 0; i < 6; ++i) {
    s.append(keys(0, 3));
    s.replace_header(header(i));
  }
  s.append(keys(0, 1));
  s.enforce_limits();
  REQUIRE(s.old().size() == kMaxOldHeaderKeys);
  CHECK(s.old().front().header == header(1));
  CHECK(s.size() == 16);
}

TEST_CASE("a header key without skipped keys is not kept") {
  SkippedKeys s;
  s.replace_header(header(0));
  CHECK(s.old().empty());
  s.append(keys(4, 5));
  s.replace_header(header(1));
  s.erase({0, 0});
  CHECK(s.old().empty());
}

TEST_CASE("above two thousand keys those stored first go") {
  SkippedKeys s;
  s.append(keys(0, 700));
  s.replace_header(header(0));
  s.append(keys(0, 700));
  s.replace_header(header(1));
  s.append(keys(0, 700));
  s.enforce_limits();
  CHECK(s.size() == kMaxSkippedKeys);
  CHECK_FALSE(s.find(0, 99, kStart));
  CHECK(s.find(0, 100, kStart));

  s.append(keys(1000, 2000));
  s.enforce_limits();
  CHECK(s.size() == kMaxSkippedKeys);
  REQUIRE(s.old().size() == 1);
  CHECK(s.old().front().header == header(1));
  CHECK_FALSE(s.find(0, 399, kStart));
  CHECK(s.find(0, 400, kStart));

  s.append(keys(3000, 5500));  // more than ever come at once: the current run is cut too
  s.enforce_limits();
  CHECK(s.size() == kMaxSkippedKeys);
  CHECK(s.old().empty());
  CHECK_FALSE(s.find(SkippedKeys::kCurrent, 3499, kStart));
  CHECK(s.find(SkippedKeys::kCurrent, 3500, kStart));
}

TEST_CASE("stored keys are read back only in the form in which they are written") {
  const auto reads = [](const SkippedKeys& s, auto change) {
    SecretWriter out;
    s.write(out);
    SecretVector bytes = out.take();
    change(bytes);
    Reader reader(bytes);
    const SkippedKeys back = SkippedKeys::read(reader);
    return reader.done() && back.size() == s.size();
  };
  constexpr std::size_t kEntry = 44;  // n 4 ‖ mk 32 ‖ expires 8
  SkippedKeys s;
  s.append(keys(1, 3));
  CHECK(reads(s, [](SecretVector&) {}));
  CHECK_FALSE(reads(s, [](SecretVector& b) { b[2 + kEntry] = 1; }));  // the same number twice
  CHECK_FALSE(reads(s, [](SecretVector& b) { b[1] = 3; }));           // a key that is not there
  CHECK_FALSE(reads(s, [](SecretVector& b) { b[0] = 6; }));           // six old header keys
  SkippedKeys many;
  many.append(keys(0, 2001));
  CHECK_FALSE(reads(many, [](SecretVector&) {}));
}

TEST_CASE("keys die after seven days and are then removed") {
  SkippedKeys s;
  s.append(keys(0, 2));
  s.replace_header(header(0));
  s.append(keys(0, 2, kStart + Hours(1)));
  const Time first_death = kStart + kSkippedLifetime;
  CHECK_FALSE(s.remove_expired(first_death - Millis(1)));
  CHECK(s.old()[0].living(first_death - Millis(1)));
  CHECK_FALSE(s.old()[0].living(first_death));
  CHECK_FALSE(s.find(0, 1, first_death));
  CHECK(s.remove_expired(first_death));
  CHECK(s.old().empty());
  CHECK(s.size() == 2);
}
