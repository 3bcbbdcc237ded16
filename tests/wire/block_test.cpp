#include "wire/block.h"

#include <doctest/doctest.h>

#include "base/codec.h"
#include "base/text.h"

using namespace tacet;
using namespace tacet::wire;

namespace {

// Bytes that are all different from zero and from their neighbours, so that no field can hide behind another.
template <class Container>
Container pattern(Byte seed) {
  Container out;
  for (Byte& b : out.span()) b = seed = static_cast<Byte>(seed % 250 + 1);
  return out;
}

ByteVector filled(std::size_t n, Byte seed) {
  ByteVector out(n);
  for (Byte& b : out) b = seed = static_cast<Byte>(seed % 250 + 1);
  return out;
}

const MailboxId kMailbox = pattern<MailboxId>(10);

std::vector<ClientBlock> all_requests() {
  Subscribe subscribe{pattern<Nonce>(3), {}};
  for (Byte i = 0; i < 3; ++i) {
    subscribe.entries.push_back({pattern<MailboxId>(i), 1000u + i, pattern<Signature>(i)});
  }
  Subscribe most = subscribe;
  most.entries.resize(Subscribe::kMaxEntries, most.entries[0]);
  KeysPut keys{kMailbox,
               5,
               true,
               filled(kIdentitySize, 1),
               filled(kSpkSize, 2),
               filled(kLrkSize, 3),
               {filled(kOtkSize, 4)}};
  KeysPut most_keys = keys;
  most_keys.otks.resize(KeysPut::kMaxOtks, filled(kOtkSize, 9));
  KeysPut no_keys{kMailbox, {}, false, {}, {}, {}, {}};

  std::vector<ClientBlock> out = {
      {1, New{kMailbox, pattern<ReaderKey>(1), pattern<TokenHash>(2), {}}},
      {1, New{kMailbox, pattern<ReaderKey>(1), pattern<TokenHash>(2), pattern<InviteCode>(3)}},
      {1, New{kMailbox, pattern<ReaderKey>(1), pattern<TokenHash>(2), Work{0x0102030405060708}}},
      {2, Delete{kMailbox}},
      {3, subscribe},
      {4, most},
      {5, Subscribe{}},
      {6, Unsubscribe{{kMailbox, pattern<MailboxId>(3)}}},
      {7, Unsubscribe{std::vector<MailboxId>(Unsubscribe::kMaxMailboxes, kMailbox)}},
      {8, Ack{kMailbox, 0x0102030405060708}},
      {9, keys},
      {10, most_keys},
      {11, no_keys},
      {12, KeysGet{kMailbox, pattern<SendToken>(4), pattern<MessageId>(5)}},
      {0xFFFFFFFF, Ping{}},
      {13, ShareStore{kMailbox, 1, pattern<ShareHalf>(8)}},
      {14, ShareKeepOnly{kMailbox, 0}},
      {15, ShareFetch{kMailbox}},
      {16, ChunksWanted{kMailbox, pattern<SendToken>(4), {pattern<ChunkDigest>(5)}}},
      {17, ChunksWanted{kMailbox, pattern<SendToken>(4),
                        std::vector<ChunkDigest>(ChunksWanted::kMaxDigests, pattern<ChunkDigest>(6))}},
      {18, ChunkGet{pattern<ChunkDigest>(7)}},
      {19, ChunksDrop{kMailbox, {pattern<ChunkDigest>(8), pattern<ChunkDigest>(9)}}},
  };
  for (const std::size_t size : kEnvelopeSizes) {
    out.push_back({20, Send{kMailbox, pattern<SendToken>(6), pattern<MessageId>(7), 720, filled(size, 8)}});
    out.push_back(
        {21, ChunkPut{kMailbox, pattern<SendToken>(6), pattern<ChunkDigest>(7), 720, filled(size, 8)}});
  }
  return out;
}

std::vector<ServerBlock> all_answers() {
  Hello hello{pattern<Nonce>(1),
              pattern<ServerKey>(2),
              1'700'000'000'123,
              0,
              true,
              2000,
              1000,
              1 << 25,
              720,
              1 << 26,
              Admission::open,
              {}};
  Hello works = hello;
  works.admission = Admission::work;
  works.work = {16384, 6};
  Keys keys{filled(kIdentitySize, 1), filled(kSpkSize, 2), filled(kLrkSize, 3), filled(kOtkSize, 4)};
  Keys without = keys;
  without.otk.clear();
  std::vector<ServerBlock> out = {
      {0, hello},
      {0, works},
      {1, Ok{}},
      {2, Error{Code::busy, 30}},
      {0, Error{Code::malformed, 0}},
      {3, keys},
      {4, without},
      {5, Subscribed{{}}},
      {6, Subscribed{std::vector<MailboxId>(Subscribe::kMaxEntries, kMailbox)}},
      {0, LowStock{kMailbox, 19}},
      {0, QuotaReached{kMailbox}},
      {0, GoAway{5}},
      {7, Pong{-1}},
      {8, Shares{}},
      {10, ChunksMissing{std::vector<ChunkDigest>(ChunksWanted::kMaxDigests, pattern<ChunkDigest>(1))}},
      {9, Shares{std::vector<Shares::Entry>(kMaxShares, {3, pattern<ShareHalf>(9)})}},
  };
  for (const std::size_t size : kEnvelopeSizes) {
    out.push_back({0, Msg{kMailbox, 42, pattern<MessageId>(7), 1'700'000'000'000, filled(size, 8)}});
    out.push_back({11, Chunk{filled(size, 8)}});
  }
  return out;
}

// What any bytes must do: be refused, or be exactly the encoding of what they decode to.
bool refused_or_canonical(ByteView bytes) {
  if (const auto client = decode_client(bytes)) {
    const ByteVector again = encode(*client);
    if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) return false;
  }
  if (const auto server = decode_server(bytes)) {
    const ByteVector again = encode(*server);
    if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) return false;
  }
  return true;
}

// The next place to attack: every byte where the structure is, and a few hundred of the long stretches.
std::size_t next_place(std::size_t at, std::size_t size) {
  return at + (at < 64 ? 1 : 1 + size / 128);
}

// A block made by hand: these bytes, then zeros.
ByteVector block_of(const char* hex, std::size_t size = 512) {
  ByteVector out = *from_hex(hex);
  out.resize(size);
  return out;
}

BlockError client_error(ByteView block) {
  const auto decoded = decode_client(block);
  REQUIRE_FALSE(decoded);
  return decoded.error();
}

}  // namespace

TEST_CASE("every request comes back as it was sent, in a block of one of the four sizes") {
  for (const ClientBlock& block : all_requests()) {
    CAPTURE(block.request.index());
    const ByteVector bytes = encode(block);
    CHECK(std::count(std::begin(kBlockSizes), std::end(kBlockSizes), bytes.size()) == 1);
    const auto back = decode_client(bytes);
    REQUIRE(back);
    CHECK(back->request_id == block.request_id);
    CHECK(back->request.index() == block.request.index());
    CHECK(encode(*back) == bytes);
    CHECK(peek_request_id(bytes) == block.request_id);
    CHECK(decode_server(bytes).error() == BlockError::unknown_type);
  }
}

TEST_CASE("every answer comes back as it was sent, in a block of one of the four sizes") {
  for (const ServerBlock& block : all_answers()) {
    CAPTURE(block.answer.index());
    const ByteVector bytes = encode(block);
    CHECK(std::count(std::begin(kBlockSizes), std::end(kBlockSizes), bytes.size()) == 1);
    const auto back = decode_server(bytes);
    REQUIRE(back);
    CHECK(back->request_id == block.request_id);
    CHECK(back->answer.index() == block.answer.index());
    CHECK(encode(*back) == bytes);
    CHECK(decode_client(bytes).error() == BlockError::unknown_type);
  }
}

TEST_CASE("fields arrive in the struct they left from") {
  const auto block = decode_client(encode(
      ClientBlock{9, Send{kMailbox, pattern<SendToken>(6), pattern<MessageId>(7), 48, filled(4096, 8)}}));
  REQUIRE(block);
  const Send& send = std::get<Send>(block->request);
  CHECK(send.mailbox == kMailbox);
  CHECK(send.token == pattern<SendToken>(6));
  CHECK(send.message == pattern<MessageId>(7));
  CHECK(send.retention_hours == 48);
  CHECK(send.envelope == filled(4096, 8));

  const auto keys =
      decode_client(encode(ClientBlock{1, KeysPut{kMailbox, 0u, true, {}, filled(kSpkSize, 1), {}, {}}}));
  REQUIRE(keys);
  CHECK(std::get<KeysPut>(keys->request).handouts == 0u);
  CHECK(std::get<KeysPut>(keys->request).replace_otks);
  CHECK(std::get<KeysPut>(keys->request).identity.empty());
  CHECK(std::get<KeysPut>(keys->request).spk == filled(kSpkSize, 1));
}

TEST_CASE("the worked example of the README is what the code does") {
  MailboxId mailbox;
  for (Byte i = 0; i < 16; ++i) mailbox.raw[i] = i;
  CHECK(encode(ClientBlock{7, Ack{mailbox, 300}}) ==
        block_of("010607000000000102030405060708090a0b0c0d0e0f2c01000000000000"));
  CHECK(encode(ServerBlock{7, Ok{}}) == block_of("018207000000"));
}

TEST_CASE("an envelope takes the block of its own class") {
  std::size_t i = 1;
  for (const std::size_t size : kEnvelopeSizes) {
    CHECK(encode(ClientBlock{1, Send{{}, {}, {}, 1, filled(size, 1)}}).size() == kBlockSizes[i]);
    CHECK(encode(ServerBlock{0, Msg{{}, 1, {}, 0, filled(size, 1)}}).size() == kBlockSizes[i]);
    ++i;
  }
}

TEST_CASE("a block of any other size is refused") {
  ByteVector bytes = encode(ClientBlock{1, Ping{}});
  for (const std::size_t size :
       {0u, 1u, 5u, 6u, 511u, 513u, 4351u, 4353u, 16639u, 16641u, 65791u, 65793u, 1u << 20}) {
    bytes.resize(size);
    CHECK(client_error(bytes) == BlockError::wrong_size);
    CHECK(decode_server(bytes).error() == BlockError::wrong_size);
  }
}

TEST_CASE("a message in a larger block than it needs is refused") {
  ByteVector bytes = encode(ClientBlock{1, Ping{}});
  bytes.resize(4352);
  CHECK(client_error(bytes) == BlockError::malformed);
}

TEST_CASE("versions are told apart from nonsense") {
  ByteVector bytes = encode(ClientBlock{77, Ping{}});
  bytes[0] = 2;
  CHECK(client_error(bytes) == BlockError::newer_version);
  CHECK(peek_request_id(bytes) == 77);
  bytes[0] = 0;
  CHECK(client_error(bytes) == BlockError::malformed);
}

TEST_CASE("an unknown type is named as such, and its request id can be answered") {
  const ByteVector bytes = block_of("012a05000000");
  CHECK(client_error(bytes) == BlockError::unknown_type);
  CHECK(peek_request_id(bytes) == 5);
  CHECK(peek_request_id(ByteVector{1, 9, 1, 0, 0}) == 0);
}

TEST_CASE("padding that is not zero is refused wherever it is") {
  ByteVector bytes = encode(ClientBlock{1, Ping{}});
  for (const std::size_t at : {6u, 100u, 511u}) {
    bytes[at] = 1;
    CHECK(client_error(bytes) == BlockError::not_padded);
    bytes[at] = 0;
  }
}

TEST_CASE("lengths and counts have one encoding") {
  // Unsubscribe with a count of 1 written as 81 00, and of 513.
  CHECK(client_error(block_of("0104010000008100")) == BlockError::malformed);
  CHECK(client_error(block_of("0104010000008104", 16640)) == BlockError::malformed);
  CHECK(client_error(block_of("010401000000ffffffffff")) == BlockError::malformed);
  // A count that promises more than the block has.
  CHECK(client_error(block_of("0104010000008004")) == BlockError::malformed);
  // A flag of 2 in KeysPut, after its mailbox.
  CHECK(client_error(block_of("010701000000000102030405060708090a0b0c0d0e0f02")) == BlockError::malformed);
}

TEST_CASE("request ids are there where they must be, and only there") {
  CHECK(client_error(block_of("010900000000")) == BlockError::malformed);           // Ping without
  CHECK(decode_server(block_of("018200000000")).error() == BlockError::malformed);  // Ok without
  CHECK(decode_server(block_of("018901000000")).error() == BlockError::malformed);  // GoAway with
  CHECK(decode_server(block_of("01830000000001")).has_value());                     // Error may
  CHECK(decode_server(block_of("01830500000001")).has_value());
}

TEST_CASE("values out of range are refused") {
  ByteVector send = encode(ClientBlock{1, Send{{}, {}, {}, 1, filled(4096, 1)}});
  const std::size_t retention = 6 + 16 + 32 + 16;
  send[retention] = 0;
  CHECK(client_error(send) == BlockError::malformed);
  send[retention] = 0xD1, send[retention + 1] = 2;  // 721
  CHECK(client_error(send) == BlockError::malformed);
  send[retention] = 0xD0;  // 720
  CHECK(decode_client(send).has_value());
  send[retention + 2] = 0xFF, send[retention + 3] = 0x1F;  // an envelope of 4095 bytes
  CHECK(client_error(send) == BlockError::malformed);

  ByteVector error = encode(ServerBlock{1, Error{Code::unsupported, 0}});
  error[6] = 11;
  CHECK(decode_server(error).error() == BlockError::malformed);
  error[6] = 0;
  CHECK(decode_server(error).error() == BlockError::malformed);

  ByteVector made = encode(ClientBlock{1, New{}});
  made[6 + 16 + 32 + 32] = 3;  // a credential of no known kind
  CHECK(client_error(made) == BlockError::malformed);

  // Work is named where it is wanted and only there, and never more than a person could wait for.
  const auto hello_with = [](Admission admission, WorkWanted work) {
    ByteVector bytes = encode(ServerBlock{0, Hello{}});
    Writer tail;
    tail.u8(static_cast<std::uint8_t>(admission)).u32(work.memory_kib).u32(work.bits);
    const std::size_t at = 6 + 32 + 32 + 8 + 8 + 1 + 4 + 4 + 8 + 2 + 8;
    std::copy(tail.view().begin(), tail.view().end(), bytes.begin() + at);
    return decode_server(bytes).has_value();
  };
  CHECK(hello_with(Admission::open, {}));
  CHECK(hello_with(Admission::invite, {}));
  CHECK(hello_with(Admission::work, {1024, 1}));
  CHECK(hello_with(Admission::work, {WorkWanted::kMaxMemory, WorkWanted::kMaxBits}));
  CHECK_FALSE(hello_with(Admission::work, {}));
  CHECK_FALSE(hello_with(Admission::open, {1024, 1}));
  CHECK_FALSE(hello_with(Admission::work, {1023, 1}));
  CHECK_FALSE(hello_with(Admission::work, {WorkWanted::kMaxMemory + 1, 1}));
  CHECK_FALSE(hello_with(Admission::work, {1024, WorkWanted::kMaxBits + 1}));
  CHECK_FALSE(hello_with(static_cast<Admission>(3), {}));
}

TEST_CASE("a changed bit anywhere is refused or means something else that is just as canonical") {
  const auto attack = [](ByteVector bytes) {
    for (std::size_t at = 0; at < bytes.size(); at = next_place(at, bytes.size())) {
      for (std::size_t bit = at < 64 ? 0 : at % 8; bit < (at < 64 ? 8 : at % 8 + 1); ++bit) {
        bytes[at] = static_cast<Byte>(bytes[at] ^ (1 << bit));
        if (!refused_or_canonical(bytes)) return false;
        bytes[at] = static_cast<Byte>(bytes[at] ^ (1 << bit));
      }
    }
    return true;
  };
  for (const ClientBlock& block : all_requests()) {
    CAPTURE(block.request.index());
    CHECK(attack(encode(block)));
  }
  for (const ServerBlock& block : all_answers()) {
    CAPTURE(block.answer.index());
    CHECK(attack(encode(block)));
  }
}

TEST_CASE(
    "a message cut anywhere and padded again is refused or canonical, and so is one moved to another size") {
  const auto attack = [](const ByteVector& bytes) {
    for (std::size_t cut = 0; cut < bytes.size(); cut = next_place(cut, bytes.size())) {
      ByteVector shorter(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut));
      if (decode_client(shorter).has_value() && decode_server(shorter).has_value()) return false;
      shorter.resize(bytes.size());
      if (!refused_or_canonical(shorter)) return false;
    }
    for (const std::size_t size : kBlockSizes) {
      ByteVector other = bytes;
      other.resize(size);
      if (other != bytes && (decode_client(other).has_value() || decode_server(other).has_value()))
        return false;
    }
    return true;
  };
  for (const ClientBlock& block : all_requests()) {
    CAPTURE(block.request.index());
    CHECK(attack(encode(block)));
  }
  for (const ServerBlock& block : all_answers()) {
    CAPTURE(block.answer.index());
    CHECK(attack(encode(block)));
  }
}

TEST_CASE("random bytes behind a good header are refused or canonical") {
  std::uint64_t state = 0x9E3779B97F4A7C15;
  const auto next = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<Byte>(state >> 32);
  };
  for (int round = 0; round < 5000; ++round) {
    ByteVector bytes(512);
    bytes[0] = kVersion;
    bytes[1] = static_cast<Byte>((next() & 0x80) | (next() % 17));
    bytes[2] = next() & 1;
    const std::size_t used = 6 + next();
    for (std::size_t i = 6; i < used; ++i) bytes[i] = next() & 0x83;
    if (!refused_or_canonical(bytes)) FAIL("round " << round);
  }
}

TEST_CASE("a subscription proof is the concatenation of its parts") {
  const ByteVector proof =
      subscribe_proof("relay.example", pattern<Nonce>(1), pattern<Nonce>(2), pattern<MailboxId>(3));
  Writer expected;
  expected.raw(std::string_view("tacet-authrelay.example")).raw(pattern<Nonce>(1)).raw(pattern<Nonce>(2));
  expected.raw(pattern<MailboxId>(3));
  CHECK(proof == expected.take());
}
