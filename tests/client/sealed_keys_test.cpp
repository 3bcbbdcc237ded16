// What a mailbox publishes for a first message, as the relay and as the invited see it.
#include "client/sealed_keys.h"

#include <algorithm>

#include "client/world.h"

using namespace tacet;
using namespace tacet::client;
using namespace tacet::test;

namespace {

constexpr Time kNow{Millis{1'800'000'000'000}};
constexpr std::array kMailboxes = {wire::MailboxId{{1}}, wire::MailboxId{{2}}};

struct Owner {
  explicit Owner(std::uint64_t seed)
      : random(seed),
        identity(ratchet::IdentitySecret::generate(random)),
        spk(ratchet::SignedPrekeySecret::generate(ratchet::SignedPrekeyId{1}, identity, kNow, random)),
        lrk(ratchet::LastResortSecret::generate(ratchet::LastResortId{2}, identity, kNow, random)),
        otk(ratchet::OneTimeSecret::generate(ratchet::OneTimeId{3}, identity, random)) {}

  static ByteVector copy(ByteView view) { return {view.begin(), view.end()}; }

  [[nodiscard]] wire::KeysPut plain(const wire::MailboxId& mailbox) const {
    wire::KeysPut put;
    put.mailbox = mailbox;
    put.identity = copy(identity.identity().bytes().view());
    put.spk = copy(spk.record().view());
    put.lrk = copy(lrk.record().view());
    put.otks.push_back(copy(otk.record().view()));
    return put;
  }

  // What the relay has of it, sealed as if by the owner of `fingerprint`.
  wire::Keys published(const wire::MailboxId& mailbox, const ratchet::Fingerprint& as) {
    wire::KeysPut put = plain(mailbox);
    seal_keys(put, as, random);
    return {put.identity, put.spk, put.lrk, put.otks.at(0)};
  }
  wire::Keys published(const wire::MailboxId& mailbox) { return published(mailbox, fingerprint()); }

  [[nodiscard]] const ratchet::Fingerprint& fingerprint() const { return identity.identity().fingerprint(); }

  SeededRandom random;
  ratchet::IdentitySecret identity;
  ratchet::SignedPrekeySecret spk;
  ratchet::LastResortSecret lrk;
  ratchet::OneTimeSecret otk;
};

// Whether any 16 bytes of `a` are also somewhere in `b`.
bool have_something_in_common(const ByteVector& a, const ByteVector& b) {
  for (auto at = a.begin(); a.end() - at >= 16; at += 16) {
    if (std::search(b.begin(), b.end(), at, at + 16) != b.end()) return true;
  }
  return false;
}

ByteVector joined(const wire::Keys& keys) {
  ByteVector out;
  for (const ByteVector* part : {&keys.identity, &keys.spk, &keys.lrk, &keys.otk}) {
    out.insert(out.end(), part->begin(), part->end());
  }
  return out;
}

}  // namespace

TEST_CASE("who knows mailbox and fingerprint opens the published keys, with and without a one-time prekey") {
  Owner ada(1);
  wire::Keys keys = ada.published(kMailboxes[0]);
  CHECK(keys.identity.size() == wire::kIdentitySize);
  CHECK(keys.spk.size() == wire::kSpkSize);
  CHECK(keys.lrk.size() == wire::kLrkSize);
  CHECK(keys.otk.size() == wire::kOtkSize);
  CHECK(open_keys(keys, kMailboxes[0], ada.fingerprint(), kNow));
  keys.otk.clear();
  CHECK(open_keys(keys, kMailboxes[0], ada.fingerprint(), kNow));
}

TEST_CASE("what two mailboxes of one person publish has nothing in common") {
  Owner ada(2);
  const ByteVector first = joined(ada.published(kMailboxes[0])),
                   second = joined(ada.published(kMailboxes[1]));
  CHECK_FALSE(have_something_in_common(first, second));
  const wire::KeysPut plain = ada.plain(kMailboxes[0]);
  for (const ByteVector* part : {&plain.identity, &plain.spk, &plain.lrk, &plain.otks[0]}) {
    CHECK_FALSE(have_something_in_common(*part, first));
    CHECK(have_something_in_common(*part, *part));
  }
}

TEST_CASE("keys of another mailbox, of another person, or moved to another place are somebody else's") {
  Owner ada(3);
  Owner eve(4);
  const auto error = [&](const wire::Keys& keys) {
    return open_keys(keys, kMailboxes[0], ada.fingerprint(), kNow).error();
  };
  CHECK(error(ada.published(kMailboxes[1])) == ratchet::Error::fingerprint_mismatch);
  CHECK(error(eve.published(kMailboxes[0])) == ratchet::Error::fingerprint_mismatch);
  // Eve may have the link: what she seals opens, and is not what the link names.
  CHECK(error(eve.published(kMailboxes[0], ada.fingerprint())) == ratchet::Error::fingerprint_mismatch);

  const wire::Keys good = ada.published(kMailboxes[0]);
  for (ByteVector wire::Keys::*part :
       {&wire::Keys::identity, &wire::Keys::spk, &wire::Keys::lrk, &wire::Keys::otk}) {
    wire::Keys flipped = good;
    (flipped.*part)[100] ^= 1;
    CHECK(error(flipped) == ratchet::Error::fingerprint_mismatch);
  }
  wire::Keys moved = good;
  std::swap(moved.lrk, moved.otk);
  CHECK(error(moved) == ratchet::Error::fingerprint_mismatch);
}
