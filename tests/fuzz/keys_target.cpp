// Identities and prekeys: public records, and the stored form of the secrets behind them.
#include "fuzz/targets.h"
#include "ratchet/prekeys.h"
#include "support/scripted_random.h"

namespace tacet::fuzz {

namespace {

using namespace ratchet;

constexpr Time kNow{Millis{1'800'000'000'000}};

const IdentitySecret& owner() {
  static const IdentitySecret secret = [] {
    test::ScriptedRandom random{test::Seed{}};
    return IdentitySecret::generate(random);
  }();
  return secret;
}

template <class Secret>
void stored(ByteView input) {
  if (const auto secret = Secret::parse(input)) require_equal(secret->serialise(), input);
}

// The record with a signature that holds, as a hostile owner makes it.
template <class Record>
Record properly_signed(ByteView input) {
  Record record;
  overlay(record.span(), input);
  constexpr std::size_t kBody = Record::size - 64;
  Bytes<5 + kBody + 32> covered;
  SpanWriter(covered.span())
      .raw("S1/pk")
      .raw(record.view().first(kBody))
      .raw(owner().identity().fingerprint());
  SpanWriter(record.span().last(64)).raw(owner().sign(covered.view()));
  return record;
}

}  // namespace

void identity(ByteView input) {
  if (const auto parsed = Identity::parse(input)) {
    require_equal(parsed->bytes(), input);
    require(safety_number(parsed->fingerprint(), owner().identity().fingerprint()).size() == 71);
  }
  IdentityBytes altered = owner().identity().bytes();
  overlay(altered.span(), input);
  // The last bytes of the signature aside, every byte is covered by the signature or is it.
  require(Identity::parse(altered.view()).has_value() == (altered == owner().identity().bytes()));
  stored<IdentitySecret>(input);
}

void prekeys(ByteView input) {
  if (input.empty()) return;
  const ByteView body = input.subspan(1);
  const Identity& id = owner().identity();
  switch (input[0] % 4) {
    case 0: {
      const auto record = properly_signed<SignedPrekey::Record>(body);
      const auto parsed = SignedPrekey::parse(record.view(), id, kNow);
      if (parsed) require_equal(parsed->record(), record.view());
      require(!parsed || record.raw[0] == 0x11);
      break;
    }
    case 1: {
      const auto record = properly_signed<LastResortPrekey::Record>(body);
      const auto parsed = LastResortPrekey::parse(record.view(), id, kNow);
      require(!parsed || record.raw[0] == 0x12);
      if (parsed) static_cast<void>(crypto::xwing_encapsulate(parsed->kem_key(), {}));
      break;
    }
    case 2: {
      const auto record = properly_signed<OneTimePrekey::Record>(body);
      const auto parsed = OneTimePrekey::parse(record.view(), id);
      require(!parsed || record.raw[0] == 0x13);
      if (parsed) static_cast<void>(crypto::xwing_encapsulate(parsed->kem_key(), {}));
      break;
    }
    default:
      require(!SignedPrekey::parse(body, id, kNow) && !LastResortPrekey::parse(body, id, kNow) &&
              !OneTimePrekey::parse(body, id));  // nobody signs by chance
      stored<SignedPrekeySecret>(body);
      stored<LastResortSecret>(body);
      stored<OneTimeSecret>(body);
  }
}

}  // namespace tacet::fuzz
