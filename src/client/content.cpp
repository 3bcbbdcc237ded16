#include "client/content.h"

#include <cassert>

#include "base/text.h"
#include "client/messenger.h"

namespace tacet::client {
namespace {

enum Kind : std::uint8_t { kText = 1, kReceipt = 2, kIntroduction = 3, kMailbox = 4, kProfile = 5 };
enum Tag : std::uint8_t {
  kId = 1,
  kSent = 2,
  kExpires = 3,
  kBurn = 4,
  kBody = 5,
  kName = 6,
  kDestination = 7,
  kDelivered = 8,
  kRead = 9,
  kLastKnown = kRead
};
constexpr std::uint8_t kOptional = 0x80;
constexpr std::size_t kMaxField = 65536;
constexpr std::size_t kReadSize = 24;

// ---- writing

void field(SecretWriter& out, Tag tag, SecretWriter&& value) {
  out.u8(tag).blob(value.take());
}

void put_time(SecretWriter& out, Tag tag, Time time) {
  SecretWriter value;
  value.i64(to_millis(time));
  field(out, tag, std::move(value));
}

void put_text(SecretWriter& out, const TextContent& text) {
  out.u8(kId).blob(text.id.view());
  put_time(out, kSent, text.sent_at);
  put_time(out, kExpires, text.expires_at);
  if (text.burn_after > Seconds(0)) {
    SecretWriter burn;
    burn.u32(static_cast<std::uint32_t>(text.burn_after.count()));
    field(out, kBurn, std::move(burn));
  }
  out.u8(kBody).blob(text.text);
}

void put_mailbox(SecretWriter& out, const std::string& name, const Destination& mailbox) {
  out.u8(kName).blob(name);
  SecretWriter value;
  write(value, mailbox);
  field(out, kDestination, std::move(value));
}

struct Encoder {
  SecretWriter out;

  void operator()(const TextContent& text) {
    out.u8(kText);
    put_text(out, text);
  }
  void operator()(const ReceiptContent& receipt) {
    assert(receipt.delivered.size() <= ReceiptContent::kMaxIds &&
           receipt.read.size() <= ReceiptContent::kMaxIds);
    out.u8(kReceipt);
    SecretWriter delivered;
    for (const MessageId& id : receipt.delivered) delivered.raw(id);
    if (delivered.size() > 0) field(out, kDelivered, std::move(delivered));
    SecretWriter read;
    for (const ReceiptContent::Read& entry : receipt.read) read.raw(entry.id).i64(to_millis(entry.at));
    if (read.size() > 0) field(out, kRead, std::move(read));
  }
  void operator()(const IntroductionContent& introduction) {
    out.u8(kIntroduction);
    put_text(out, introduction.text);
    put_mailbox(out, introduction.name, introduction.mailbox);
  }
  void operator()(const MailboxContent& moved) {
    out.u8(kMailbox).u8(kId).blob(moved.id.view());
    put_mailbox(out, moved.name, moved.mailbox);
  }
  void operator()(const ProfileContent& profile) {
    out.u8(kProfile).u8(kId).blob(profile.id.view()).u8(kName).blob(profile.name);
  }
  void operator()(const UnknownContent&) { assert(false && "only ever received"); }
};

// ---- reading

// The fields by tag, empty optional where there is none.
struct Fields {
  std::optional<ByteView> at[kLastKnown + 1];
  bool ok = true;

  // Present exactly when `needed`: the reader of its value, which must be read to its end.
  Reader take(Tag tag) {
    if (!at[tag]) ok = false;
    return Reader(at[tag].value_or(ByteView{}));
  }
  void close(const Reader& reader) { ok = ok && reader.done(); }
  void only(std::initializer_list<Tag> tags) {
    unsigned allowed = 0;
    for (const Tag tag : tags) allowed |= 1U << tag;
    for (unsigned tag = 0; tag <= kLastKnown; ++tag) {
      if (at[tag] && (allowed & 1U << tag) == 0) ok = false;
    }
  }
};

MessageId take_id(Fields& fields) {
  Reader in = fields.take(kId);
  const MessageId id = in.take<MessageId>();
  fields.close(in);
  return id;
}

Time take_time(Fields& fields, Tag tag) {
  Reader in = fields.take(tag);
  const std::int64_t ms = in.i64();
  fields.close(in);
  constexpr std::int64_t kLatest = 253402300799000;  // the end of year 9999
  if (ms < 0 || ms > kLatest) fields.ok = false;
  return from_millis(fields.ok ? ms : 0);
}

std::string take_name(Fields& fields) {
  const std::string_view name = as_text(fields.at[kName].value_or(ByteView{}));
  if (!fields.at[kName] || name.size() > Messenger::kMaxName || !is_utf8(name)) fields.ok = false;
  return std::string(name);
}

TextContent take_text(Fields& fields) {
  TextContent out;
  out.id = take_id(fields);
  out.sent_at = take_time(fields, kSent);
  out.expires_at = take_time(fields, kExpires);
  const auto life = out.expires_at - out.sent_at;
  if (life < Clocks::kMinExpiry || life > Clocks::kMaxExpiry) fields.ok = false;
  if (fields.at[kBurn]) {
    Reader in = fields.take(kBurn);
    out.burn_after = Seconds(in.u32());
    fields.close(in);
    if (out.burn_after < Clocks::kMinBurn || out.burn_after > Clocks::kMaxBurn) fields.ok = false;
  }
  const ByteView text = fields.at[kBody].value_or(ByteView{});
  if (text.empty() || text.size() > Messenger::kMaxText || !is_utf8(as_text(text))) fields.ok = false;
  if (fields.ok) out.text.assign(text.begin(), text.end());
  return out;
}

Destination take_mailbox(Fields& fields) {
  Reader in = fields.take(kDestination);
  Destination out = read_destination(in);
  fields.close(in);
  return out;
}

ReceiptContent take_receipt(Fields& fields) {
  ReceiptContent out;
  if (!fields.at[kDelivered] && !fields.at[kRead]) fields.ok = false;
  const auto entries = [&](Tag tag, std::size_t size) {
    const ByteView value = fields.at[tag].value_or(ByteView{});
    const std::size_t n = value.size() / size;
    if (fields.at[tag] && (value.size() % size != 0 || n == 0 || n > ReceiptContent::kMaxIds))
      fields.ok = false;
    return fields.ok ? n : 0;
  };
  Reader delivered(fields.at[kDelivered].value_or(ByteView{}));
  for (std::size_t n = entries(kDelivered, MessageId::size); n > 0; --n) {
    out.delivered.push_back(delivered.take<MessageId>());
  }
  Reader read(fields.at[kRead].value_or(ByteView{}));
  for (std::size_t n = entries(kRead, kReadSize); n > 0; --n) {
    const MessageId id = read.take<MessageId>();
    const std::int64_t at = read.i64();
    if (at < 0 || at > 253402300799000) fields.ok = false;
    out.read.push_back({id, from_millis(at)});
  }
  return out;
}

Content take_kind(std::uint8_t kind, Fields& fields) {
  switch (kind) {
    case kText:
      fields.only({kId, kSent, kExpires, kBurn, kBody});
      return take_text(fields);
    case kReceipt:
      fields.only({kDelivered, kRead});
      return take_receipt(fields);
    case kIntroduction:
      fields.only({kId, kSent, kExpires, kBurn, kBody, kName, kDestination});
      return IntroductionContent{take_text(fields), take_name(fields), take_mailbox(fields)};
    case kMailbox:
      fields.only({kId, kName, kDestination});
      return MailboxContent{take_id(fields), take_name(fields), take_mailbox(fields)};
    default:
      fields.only({kId, kName});
      return ProfileContent{take_id(fields), take_name(fields)};
  }
}

}  // namespace

void write(SecretWriter& out, const Destination& destination) {
  out.blob(destination.relay.url()).raw(destination.mailbox).raw(destination.token);
}

Destination read_destination(Reader& in) {
  Destination out;
  const std::string url = in.text(RelayAddress::kMaxLength);
  const auto relay = RelayAddress::parse(url);
  // One address, one text: otherwise two spellings of a relay would be two relays.
  if (!relay || relay->url() != url) in.fail();
  out.mailbox = in.take<wire::MailboxId>();
  out.token = in.take<wire::SendToken>();
  if (in.ok()) out.relay = *relay;
  return out;
}

SecretVector encode(const Content& content) {
  Encoder encoder;
  std::visit(encoder, content);
  return encoder.out.take();
}

Result<Content, ContentError> decode_content(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t kind = in.u8();
  if (!in.ok() || kind == 0) return unexpected(ContentError::malformed);
  if (kind >= kOptional) return UnknownContent{};
  if (kind > kProfile) return unexpected(ContentError::newer);

  Fields fields;
  bool newer = false;
  for (std::uint8_t last = 0; in.left() > 0;) {
    const std::uint8_t tag = in.u8();
    const ByteView value = in.blob(kMaxField);
    if (tag <= last) in.fail();
    last = tag;
    if (!in.ok() || tag >= kOptional) continue;
    if (tag > kLastKnown) {
      newer = true;
    } else {
      fields.at[tag] = value;
    }
  }
  if (!in.done()) return unexpected(ContentError::malformed);
  if (newer) return unexpected(ContentError::newer);
  Content out = take_kind(kind, fields);
  if (!fields.ok) return unexpected(ContentError::malformed);
  return out;
}

}  // namespace tacet::client
