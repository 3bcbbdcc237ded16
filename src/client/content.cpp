#include "client/content.h"

#include <cassert>

#include "base/text.h"
#include "client/messenger.h"

namespace tacet::client {
namespace {

enum Kind : std::uint8_t { text = 1, receipt = 2, introduction = 3, mailbox = 4, profile = 5 };
enum Tag : std::uint8_t {
  id = 1,
  sent = 2,
  expires = 3,
  burn = 4,
  body = 5,
  name = 6,
  destination = 7,
  delivered = 8,
  read = 9,
  last_known = read
};
constexpr std::uint8_t kOptional = 0x80;
constexpr std::uint8_t kRestored = 0x81;
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
  out.u8(Tag::id).blob(text.id.view());
  put_time(out, Tag::sent, text.sent_at);
  put_time(out, Tag::expires, text.expires_at);
  if (text.burn_after > Seconds(0)) {
    SecretWriter burn;
    burn.u32(static_cast<std::uint32_t>(text.burn_after.count()));
    field(out, Tag::burn, std::move(burn));
  }
  out.u8(Tag::body).blob(text.text);
}

void put_mailbox(SecretWriter& out, const std::string& name, const Destination& mailbox) {
  out.u8(Tag::name).blob(name);
  SecretWriter value;
  write(value, mailbox);
  field(out, Tag::destination, std::move(value));
}

struct Encoder {
  SecretWriter out;

  void operator()(const TextContent& text) {
    out.u8(Kind::text);
    put_text(out, text);
  }
  void operator()(const ReceiptContent& receipt) {
    assert(receipt.delivered.size() <= ReceiptContent::kMaxIds &&
           receipt.read.size() <= ReceiptContent::kMaxIds);
    out.u8(Kind::receipt);
    SecretWriter delivered;
    for (const MessageId& id : receipt.delivered) delivered.raw(id);
    if (delivered.size() > 0) field(out, Tag::delivered, std::move(delivered));
    SecretWriter read;
    for (const ReceiptContent::Read& entry : receipt.read) read.raw(entry.id).i64(to_millis(entry.at));
    if (read.size() > 0) field(out, Tag::read, std::move(read));
  }
  void operator()(const IntroductionContent& introduction) {
    out.u8(Kind::introduction);
    put_text(out, introduction.text);
    put_mailbox(out, introduction.name, introduction.mailbox);
  }
  void operator()(const MailboxContent& moved) {
    out.u8(Kind::mailbox).u8(Tag::id).blob(moved.id.view());
    put_mailbox(out, moved.name, moved.mailbox);
    if (moved.restored) out.u8(kRestored).blob(ByteView{});
  }
  void operator()(const ProfileContent& profile) {
    out.u8(Kind::profile).u8(Tag::id).blob(profile.id.view()).u8(Tag::name).blob(profile.name);
  }
  void operator()(const UnknownContent&) { assert(false && "only ever received"); }
};

// ---- reading

// The fields by tag, empty optional where there is none.
struct Fields {
  std::optional<ByteView> at[Tag::last_known + 1];
  bool restored = false;
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
    for (unsigned tag = 0; tag <= Tag::last_known; ++tag) {
      if (at[tag] && (allowed & 1U << tag) == 0) ok = false;
    }
  }
};

MessageId take_id(Fields& fields) {
  Reader in = fields.take(Tag::id);
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
  const std::string_view name = as_text(fields.at[Tag::name].value_or(ByteView{}));
  if (!fields.at[Tag::name] || name.size() > Messenger::kMaxName || !is_utf8(name)) fields.ok = false;
  return std::string(name);
}

TextContent take_text(Fields& fields) {
  TextContent out;
  out.id = take_id(fields);
  out.sent_at = take_time(fields, Tag::sent);
  out.expires_at = take_time(fields, Tag::expires);
  const auto life = out.expires_at - out.sent_at;
  if (life < Clocks::kMinExpiry || life > Clocks::kMaxExpiry) fields.ok = false;
  if (fields.at[Tag::burn]) {
    Reader in = fields.take(Tag::burn);
    out.burn_after = Seconds(in.u32());
    fields.close(in);
    if (out.burn_after < Clocks::kMinBurn || out.burn_after > Clocks::kMaxBurn) fields.ok = false;
  }
  const ByteView text = fields.at[Tag::body].value_or(ByteView{});
  if (text.empty() || text.size() > Messenger::kMaxText || !is_utf8(as_text(text))) fields.ok = false;
  if (fields.ok) out.text.assign(text.begin(), text.end());
  return out;
}

Destination take_mailbox(Fields& fields) {
  Reader in = fields.take(Tag::destination);
  Destination out = read_destination(in);
  fields.close(in);
  return out;
}

ReceiptContent take_receipt(Fields& fields) {
  ReceiptContent out;
  if (!fields.at[Tag::delivered] && !fields.at[Tag::read]) fields.ok = false;
  const auto entries = [&](Tag tag, std::size_t size) {
    const ByteView value = fields.at[tag].value_or(ByteView{});
    const std::size_t n = value.size() / size;
    if (fields.at[tag] && (value.size() % size != 0 || n == 0 || n > ReceiptContent::kMaxIds))
      fields.ok = false;
    return fields.ok ? n : 0;
  };
  Reader delivered(fields.at[Tag::delivered].value_or(ByteView{}));
  for (std::size_t n = entries(Tag::delivered, MessageId::size); n > 0; --n) {
    out.delivered.push_back(delivered.take<MessageId>());
  }
  Reader read(fields.at[Tag::read].value_or(ByteView{}));
  for (std::size_t n = entries(Tag::read, kReadSize); n > 0; --n) {
    const MessageId id = read.take<MessageId>();
    const std::int64_t at = read.i64();
    if (at < 0 || at > 253402300799000) fields.ok = false;
    out.read.push_back({id, from_millis(at)});
  }
  return out;
}

Content take_kind(std::uint8_t kind, Fields& fields) {
  switch (kind) {
    case Kind::text:
      fields.only({Tag::id, Tag::sent, Tag::expires, Tag::burn, Tag::body});
      return take_text(fields);
    case Kind::receipt:
      fields.only({Tag::delivered, Tag::read});
      return take_receipt(fields);
    case Kind::introduction:
      fields.only({Tag::id, Tag::sent, Tag::expires, Tag::burn, Tag::body, Tag::name, Tag::destination});
      return IntroductionContent{take_text(fields), take_name(fields), take_mailbox(fields)};
    case Kind::mailbox:
      fields.only({Tag::id, Tag::name, Tag::destination});
      return MailboxContent{take_id(fields), take_name(fields), take_mailbox(fields), fields.restored};
    default:
      fields.only({Tag::id, Tag::name});
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
  if (kind > Kind::profile) return unexpected(ContentError::newer);

  Fields fields;
  bool newer = false;
  for (std::uint8_t last = 0; in.left() > 0;) {
    const std::uint8_t tag = in.u8();
    const ByteView value = in.blob(kMaxField);
    if (tag <= last) in.fail();
    last = tag;
    if (in.ok() && tag == kRestored && value.empty()) fields.restored = true;
    if (!in.ok() || tag >= kOptional) continue;
    if (tag > Tag::last_known) {
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
