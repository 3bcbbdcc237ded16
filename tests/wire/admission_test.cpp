#include <doctest/doctest.h>

#include "base/text.h"
#include "wire/chunk.h"
#include "wire/invite_code.h"
#include "wire/token.h"
#include "wire/work.h"

using namespace tacet;
using namespace tacet::wire;

namespace {

MailboxId mailbox_number(Byte n) {
  MailboxId out;
  out.raw[0] = n;
  return out;
}

std::uint64_t first_good(const ServerKey& relay, const MailboxId& mailbox, const WorkWanted& wanted) {
  std::uint64_t counter = 0;
  while (*work_bits(relay, mailbox, {counter}, wanted) < wanted.bits) ++counter;
  return counter;
}

}  // namespace

TEST_CASE("work found for one mailbox at one relay is the same anywhere, and no work for another") {
  const WorkWanted wanted{1024, 4};
  const ServerKey relay, other_relay{{1}};
  const std::uint64_t counter = first_good(relay, mailbox_number(0), wanted);
  CHECK(*work_bits(relay, mailbox_number(0), {counter}, wanted) >= 4);
  // One in sixteen others would do by chance; all of these at once do not.
  unsigned good_elsewhere = 0;
  for (Byte n = 1; n <= 12; ++n) {
    if (*work_bits(relay, mailbox_number(n), {counter}, wanted) >= 4) ++good_elsewhere;
  }
  CHECK(good_elsewhere < 12);
  CHECK(*work_bits(relay, mailbox_number(0), {counter}, wanted) !=
        *work_bits(other_relay, mailbox_number(0), {counter + 1}, wanted));
}

TEST_CASE("the bits of work are counted from the first byte on") {
  // argon2id(password = counter as u64, salt = BLAKE2b-256("tacet-work" + 48 zero bytes)[:16], t = 1, m = 1
  // MiB)
  const WorkWanted wanted{1024, 1};
  const std::uint32_t by_npm_libsodium[] = {0, 0, 4, 1, 1, 1, 0, 3, 0, 3, 0, 1};
  std::uint64_t counter = 0;
  for (const std::uint32_t bits : by_npm_libsodium) CHECK(*work_bits({}, {}, {counter++}, wanted) == bits);
}

TEST_CASE("the progress of work is how likely it is to be done by now") {
  const WorkWanted wanted{1024, 6};
  CHECK(work_progress(0, wanted) == 0);
  CHECK(work_progress(64, wanted) == doctest::Approx(0.635).epsilon(0.01));
  CHECK(work_progress(1000, wanted) > 0.999);
  CHECK(work_progress(1000, wanted) <= 1);
}

TEST_CASE("an invite code survives being read out and typed, and a mistyped length does not pass") {
  InviteCode code;
  for (Byte i = 0; i < 16; ++i) code.span()[i] = static_cast<Byte>(i * 17);
  // base64.b32encode(bytes(i * 17 for i in range(16))), in Crockford's alphabet
  const std::string text = text_of(code);
  CHECK(text == "008J-4CT4-ANK7-F24S-NAXW-SQFE-ZW");
  CHECK(*invite_code_in(text) == code);
  CHECK(*invite_code_in("  oo8j 4ct4 ank7 f24s naxw sqfe zw\n") == code);
  CHECK(text_of(InviteCode{}) == "0000-0000-0000-0000-0000-0000-00");
  CHECK(*invite_code_in("oOoO-0000-0000-0000-0000-0000-00") == InviteCode{});
  CHECK_FALSE(invite_code_in(""));
  CHECK_FALSE(invite_code_in(text.substr(0, text.size() - 1)));
  CHECK_FALSE(invite_code_in(text + "0"));
  CHECK_FALSE(invite_code_in("0000-0000-0000-0000-0000-0000-01"));  // a spare bit
  CHECK_FALSE(invite_code_in("U000-0000-0000-0000-0000-0000-00"));
}

TEST_CASE("a chunk is known by its label and body, an invite by its label and code") {
  // hashlib.blake2b(b"tacet-chunk" + b"abc", digest_size=32)
  CHECK(to_hex(chunk_digest(ByteVector{'a', 'b', 'c'}).view()) ==
        "1b61d8465f0cf3d82ede1d6b1ccebf9248f075c2ca231028f630f927347e8b8a");
  // hashlib.blake2b(b"tacet-invite" + bytes(16), digest_size=32)
  CHECK(to_hex(invite_hash(InviteCode{}).view()) ==
        "ed40c996c87f6f03c8dee89ab604c54d5e3fac6aeff05a6c8bd659ad67c81043");
}
