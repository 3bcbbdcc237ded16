// Groups: what one commit, or one piece of compaction, leaves in a segment (README.md, "Segments").
#pragma once

#include "vault/key_tree.h"

namespace tacet::vault {

// The vault's own records: nodes of the tree of keys. The client's kinds are smaller.
inline constexpr std::uint8_t kNodeKind = 255;
[[nodiscard]] RecordKey key_of(NodeAt at);
[[nodiscard]] NodeAt node_of(const RecordKey& key);

enum class State : std::uint8_t {
  value = 0,
  expiring = 1,  // a value with a time after which it is never decrypted
  erased = 2,
  expired = 3,  // its body and key are destroyed
};

struct RecordHeader {
  RecordKey key;
  State state = State::value;
  Time expires_at{};           // only in states expiring and expired
  std::uint64_t sequence = 0;  // number of the commit that wrote it
  std::uint32_t body_length = 0;
  std::optional<Leaf> leaf;  // of its body's key; nothing: readable without the tree, or there is no body
};

// Where a group stands. It opens nowhere else.
struct Place {
  VaultId vault;
  SegmentId segment;
  std::uint64_t offset = 0;
};

struct Group {
  Place place;
  std::uint64_t bodies_at = 0;  // offset in the segment
  std::uint64_t end = 0;        // offset of the next group
  Time clock{};
  std::vector<RecordHeader> headers;
};

// The lengths in a head or a tail.
struct Frame {
  std::uint32_t index_length = 0;
  std::uint32_t bodies_length = 0;
  [[nodiscard]] std::uint64_t total() const;
};

inline constexpr std::size_t kMark = 12;  // bytes of a head or a tail
inline constexpr std::string_view kHeadMagic = "TVgh";
inline constexpr std::string_view kTailMagic = "TVgt";

[[nodiscard]] std::optional<Frame> decode_head(ByteView mark);
[[nodiscard]] std::optional<Frame> decode_tail(ByteView mark);

// A group without its bodies, which stand between the two.
struct GroupFrame {
  ByteVector front;
  ByteVector back;
};
[[nodiscard]] GroupFrame frame_group(const VaultKey& key, const Place& place, Time clock,
                                     const std::vector<RecordHeader>& headers, std::size_t bodies_length,
                                     Random& random);

struct EncodedGroup {
  ByteVector bytes;
  std::uint64_t bodies_at = 0;  // offset in the segment
};

[[nodiscard]] EncodedGroup encode_group(const VaultKey& key, const Place& place, Time clock,
                                        const std::vector<RecordHeader>& headers, ByteView bodies,
                                        Random& random);

// `copy`: which of the two indexes `sealed` is. Nothing when it is not authentic at this place.
[[nodiscard]] std::optional<Group> open_index(const VaultKey& key, const Place& place, std::uint8_t copy,
                                              const Frame& frame, ByteView sealed);

// The key of a body that needs no share.
[[nodiscard]] BodyKey plain_body_key(const VaultKey& key, const RecordKey& record, std::uint64_t sequence);

[[nodiscard]] ByteVector seal_body(const VaultId& vault, const RecordKey& record, const BodyKey& key,
                                   ByteView value, Random& random);
[[nodiscard]] std::optional<SecretVector> open_body(const VaultId& vault, const RecordKey& record,
                                                    const BodyKey& key, ByteView sealed);

}  // namespace tacet::vault
