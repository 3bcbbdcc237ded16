#include "wire/block.h"

#include <cassert>

#include "wire/fields.h"

namespace tacet::wire {
namespace {

constexpr std::size_t kHeader = 6;

template <class Message>
constexpr Byte kType = 0;
template <>
constexpr Byte kType<New> = 0x01;
template <>
constexpr Byte kType<Delete> = 0x02;
template <>
constexpr Byte kType<Subscribe> = 0x03;
template <>
constexpr Byte kType<Unsubscribe> = 0x04;
template <>
constexpr Byte kType<Send> = 0x05;
template <>
constexpr Byte kType<Ack> = 0x06;
template <>
constexpr Byte kType<KeysPut> = 0x07;
template <>
constexpr Byte kType<KeysGet> = 0x08;
template <>
constexpr Byte kType<Ping> = 0x09;
template <>
constexpr Byte kType<ShareStore> = 0x0A;
template <>
constexpr Byte kType<ShareKeepOnly> = 0x0B;
template <>
constexpr Byte kType<ShareFetch> = 0x0C;
template <>
constexpr Byte kType<ChunkPut> = 0x0D;
template <>
constexpr Byte kType<ChunksWanted> = 0x0E;
template <>
constexpr Byte kType<ChunkGet> = 0x0F;
template <>
constexpr Byte kType<ChunksDrop> = 0x10;
template <>
constexpr Byte kType<Hello> = 0x81;
template <>
constexpr Byte kType<Ok> = 0x82;
template <>
constexpr Byte kType<Error> = 0x83;
template <>
constexpr Byte kType<Msg> = 0x84;
template <>
constexpr Byte kType<Keys> = 0x85;
template <>
constexpr Byte kType<Subscribed> = 0x86;
template <>
constexpr Byte kType<LowStock> = 0x87;
template <>
constexpr Byte kType<QuotaReached> = 0x88;
template <>
constexpr Byte kType<GoAway> = 0x89;
template <>
constexpr Byte kType<Pong> = 0x8A;
template <>
constexpr Byte kType<Shares> = 0x8B;
template <>
constexpr Byte kType<Chunk> = 0x8C;
template <>
constexpr Byte kType<ChunksMissing> = 0x8D;

// Said by the relay unasked, so answering no request.
template <class Message>
constexpr bool kUnasked =
    std::same_as<Message, Hello> || std::same_as<Message, Msg> || std::same_as<Message, LowStock> ||
    std::same_as<Message, QuotaReached> || std::same_as<Message, GoAway>;

template <class Message>
bool id_fits(std::uint32_t id) {
  if (std::same_as<Message, Error>) return true;
  return (id == 0) == kUnasked<Message>;
}

// The size of the smallest block for that many bytes; 0 when there is none.
std::size_t block_size_for(std::size_t used) {
  for (const std::size_t size : kBlockSizes) {
    if (used <= size) return size;
  }
  return 0;
}

template <class Variant>
ByteVector encode_any(std::uint32_t id, const Variant& message) {
  Writer out;
  std::visit(
      [&](const auto& m) {
        using Message = std::remove_cvref_t<decltype(m)>;
        assert(id_fits<Message>(id));
        out.u8(kVersion).u8(kType<Message>).u32(id);
        Put put(out);
        fields(put, m);
      },
      message);
  const std::size_t size = block_size_for(out.size());
  assert(size != 0);
  out.zeros(size - out.size());
  return out.take();
}

// Reads the message into the variant if the type is this one's.
template <class Message, class Variant>
bool read_if(Byte type, std::uint32_t id, Reader& in, Variant& out) {
  if (type != kType<Message>) return false;
  Message& message = out.template emplace<Message>();
  Get get(in);
  fields(get, message);
  if (!id_fits<Message>(id)) in.fail();
  return true;
}

template <class... Messages>
bool read_any(Byte type, std::uint32_t id, Reader& in, std::variant<Messages...>& out) {
  return (read_if<Messages>(type, id, in, out) || ...);
}

template <class Variant>
Result<std::uint32_t, BlockError> decode_any(ByteView block, Variant& out) {
  if (block_size_for(block.size()) != block.size()) return unexpected(BlockError::wrong_size);
  Reader in(block);
  const std::uint8_t version = in.u8();
  if (version > kVersion) return unexpected(BlockError::newer_version);
  if (version != kVersion) return unexpected(BlockError::malformed);
  const Byte type = in.u8();
  const std::uint32_t id = in.u32();
  if (!read_any(type, id, in, out)) return unexpected(BlockError::unknown_type);
  if (!in.ok() || block_size_for(block.size() - in.left()) != block.size()) {
    return unexpected(BlockError::malformed);
  }
  if (!in.rest_is_zero()) return unexpected(BlockError::not_padded);
  return id;
}

}  // namespace

ByteVector encode(const ClientBlock& block) {
  return encode_any(block.request_id, block.request);
}

ByteVector encode(const ServerBlock& block) {
  return encode_any(block.request_id, block.answer);
}

Result<ClientBlock, BlockError> decode_client(ByteView block) {
  ClientBlock out;
  const auto id = decode_any(block, out.request);
  if (!id) return unexpected(id.error());
  out.request_id = *id;
  return out;
}

Result<ServerBlock, BlockError> decode_server(ByteView block) {
  ServerBlock out;
  const auto id = decode_any(block, out.answer);
  if (!id) return unexpected(id.error());
  out.request_id = *id;
  return out;
}

std::uint32_t peek_request_id(ByteView block) {
  if (block.size() < kHeader) return 0;
  return Reader(block.subspan(2)).u32();
}

ByteVector subscribe_proof(std::string_view host, const Nonce& server, const Nonce& client,
                           const MailboxId& mailbox) {
  Writer out;
  out.raw(std::string_view("tacet-auth")).raw(host).raw(server).raw(client).raw(mailbox);
  return out.take();
}

}  // namespace tacet::wire
