#include "vault/group.h"

#include "base/codec.h"
#include "crypto/sealed.h"
#include "vault/derive.h"

namespace tacet::vault {
namespace {

constexpr std::string_view kIndexLabel = "vault/index";
constexpr std::string_view kBodyLabel = "vault/body";
constexpr std::string_view kPlainLabel = "vault/plain";
constexpr std::size_t kHeaderBytes = 58;

ByteVector index_ad(const Place& place, std::uint8_t copy, const Frame& frame) {
  Writer out;
  out.raw(place.vault).raw(place.segment).u64(place.offset).u8(copy);
  out.u32(frame.index_length).u32(frame.bodies_length);
  return out.take();
}

ByteVector body_ad(const VaultId& vault, const RecordKey& record) {
  Writer out;
  out.raw(vault).u8(record.kind).raw(record.id);
  return out.take();
}

bool consistent(const RecordHeader& header) {
  const bool has_body = header.state == State::value || header.state == State::expiring;
  const bool has_expiry = header.state == State::expiring || header.state == State::expired;
  return has_body == (header.body_length >= crypto::kSealOverhead) && has_body == (header.body_length != 0) &&
         (has_body || !header.leaf) && (has_expiry || header.expires_at == Time{});
}

RecordHeader read_header(Reader& in) {
  RecordHeader header;
  header.key.kind = in.u8();
  header.key.id = in.take<Bytes<32>>();
  const std::uint8_t state = in.u8();
  if (state > static_cast<std::uint8_t>(State::expired)) in.fail();
  header.state = static_cast<State>(state);
  header.expires_at = from_millis(in.i64());
  header.sequence = in.u64();
  header.body_length = in.u32();
  const std::uint32_t leaf = in.u32();
  if (leaf != 0) header.leaf = leaf - 1;
  if (in.ok() && !consistent(header)) in.fail();
  return header;
}

}  // namespace

RecordKey key_of(NodeAt at) {
  RecordKey key;
  key.kind = kNodeKind;
  key.id.raw[0] = at.depth;
  for (std::size_t i = 0; i < 4; ++i) key.id.raw[1 + i] = static_cast<Byte>(at.index >> (8 * i));
  return key;
}

NodeAt node_of(const RecordKey& key) {
  Reader in(key.id.view());
  const std::uint8_t depth = in.u8();
  return {depth, in.u32()};
}

std::uint64_t Frame::total() const {
  return 2 * kMark + 2 * std::uint64_t{index_length} + bodies_length;
}

std::optional<Frame> decode_head(ByteView mark) {
  Reader in(mark);
  if (as_text(in.raw(kHeadMagic.size())) != kHeadMagic) return std::nullopt;
  Frame frame;
  frame.index_length = in.u32();
  frame.bodies_length = in.u32();
  if (!in.done()) return std::nullopt;
  return frame;
}

std::optional<Frame> decode_tail(ByteView mark) {
  Reader in(mark);
  Frame frame;
  frame.index_length = in.u32();
  frame.bodies_length = in.u32();
  if (as_text(in.raw(kTailMagic.size())) != kTailMagic || !in.done()) return std::nullopt;
  return frame;
}

GroupFrame frame_group(const VaultKey& key, const Place& place, Time clock,
                       const std::vector<RecordHeader>& headers, std::size_t bodies_length, Random& random) {
  SecretWriter index;
  index.i64(to_millis(clock)).u32(static_cast<std::uint32_t>(headers.size()));
  for (const RecordHeader& header : headers) {
    index.u8(header.key.kind).raw(header.key.id).u8(static_cast<std::uint8_t>(header.state));
    index.i64(to_millis(header.expires_at)).u64(header.sequence);
    index.u32(header.body_length).u32(header.leaf ? *header.leaf + 1 : 0);
  }
  Frame frame;
  frame.index_length = static_cast<std::uint32_t>(index.size() + crypto::kSealOverhead);
  frame.bodies_length = static_cast<std::uint32_t>(bodies_length);

  Writer front;
  front.raw(kHeadMagic).u32(frame.index_length).u32(frame.bodies_length);
  front.raw(crypto::seal(key, kIndexLabel, index_ad(place, 0, frame), index.view(), random));
  Writer back;
  back.raw(crypto::seal(key, kIndexLabel, index_ad(place, 1, frame), index.view(), random));
  back.u32(frame.index_length).u32(frame.bodies_length).raw(kTailMagic);
  return {front.take(), back.take()};
}

EncodedGroup encode_group(const VaultKey& key, const Place& place, Time clock,
                          const std::vector<RecordHeader>& headers, ByteView bodies, Random& random) {
  GroupFrame frame = frame_group(key, place, clock, headers, bodies.size(), random);
  EncodedGroup out{std::move(frame.front), 0};
  out.bodies_at = place.offset + out.bytes.size();
  out.bytes.insert(out.bytes.end(), bodies.begin(), bodies.end());
  out.bytes.insert(out.bytes.end(), frame.back.begin(), frame.back.end());
  return out;
}

std::optional<Group> open_index(const VaultKey& key, const Place& place, std::uint8_t copy,
                                const Frame& frame, ByteView sealed) {
  const auto plain = crypto::open(key, kIndexLabel, index_ad(place, copy, frame), sealed);
  if (!plain) return std::nullopt;
  Reader in(*plain);
  Group group;
  group.place = place;
  group.bodies_at = place.offset + kMark + frame.index_length;
  group.end = place.offset + frame.total();
  group.clock = from_millis(in.i64());
  const std::size_t count = in.u32();
  if (in.left() != count * kHeaderBytes) return std::nullopt;
  group.headers.reserve(count);
  std::uint64_t bodies = 0;
  for (std::size_t i = 0; i < count; ++i) {
    group.headers.push_back(read_header(in));
    bodies += group.headers.back().body_length;
  }
  if (!in.done() || bodies != frame.bodies_length) return std::nullopt;
  return group;
}

BodyKey plain_body_key(const VaultKey& key, const RecordKey& record, std::uint64_t sequence) {
  Writer which;
  which.u8(record.kind).raw(record.id).u64(sequence);
  return derive<BodyKey>(key, kPlainLabel, which.view());
}

ByteVector seal_body(const VaultId& vault, const RecordKey& record, const BodyKey& key, ByteView value,
                     Random& random) {
  return crypto::seal(key, kBodyLabel, body_ad(vault, record), value, random);
}

std::optional<SecretVector> open_body(const VaultId& vault, const RecordKey& record, const BodyKey& key,
                                      ByteView sealed) {
  auto value = crypto::open(key, kBodyLabel, body_ad(vault, record), sealed);
  if (!value) return std::nullopt;
  return std::move(*value);
}

}  // namespace tacet::vault
