#include "wire/token.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace tacet;
using namespace tacet::wire;

TEST_CASE("a token's hash is BLAKE2b-256 of a label and the token") {
  SendToken token;
  for (Byte i = 0; i < 32; ++i) token.span()[i] = i;
  // hashlib.blake2b(b"tacet-token" + bytes(range(32)), digest_size=32)
  CHECK(to_hex(token_hash(token).view()) ==
        "689c59614c12e3fbe9642674cf3cce3f87aa65edbc448246ae3d9efd302eee61");
}
