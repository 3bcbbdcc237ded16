// The fields of each message, once, for both directions: `a` is a Put that writes them or a Get that reads
// them. The order and bounds are README.md's tables. Private to block.cpp.
#pragma once

#include <cassert>
#include <concepts>
#include <type_traits>

#include "base/codec.h"
#include "wire/messages.h"

namespace tacet::wire {

[[nodiscard]] inline bool is_envelope_size(std::size_t n) {
  for (const std::size_t size : kEnvelopeSizes) {
    if (n == size) return true;
  }
  return false;
}

class Put {
 public:
  explicit Put(Writer& out) : out_(out) {}

  void number(bool v) { out_.flag(v); }
  void number(std::uint16_t v) { out_.u16(v); }
  void number(std::uint32_t v) { out_.u32(v); }
  void number(std::uint64_t v) { out_.u64(v); }
  void number(std::int64_t v) { out_.i64(v); }
  void between(std::uint16_t v, [[maybe_unused]] std::uint16_t min, [[maybe_unused]] std::uint16_t max) {
    assert(v >= min && v <= max);
    out_.u16(v);
  }
  void positive(std::uint64_t v) {
    assert(v > 0);
    out_.u64(v);
  }
  void within(std::uint32_t v, [[maybe_unused]] std::uint32_t min, [[maybe_unused]] std::uint32_t max) {
    assert(v >= min && v <= max);
    out_.u32(v);
  }
  template <class Enum>
  void one_of(Enum v, Enum /*first*/, Enum /*last*/) {
    out_.u8(static_cast<std::uint8_t>(v));
  }
  void credential(const Credential& v) {
    out_.u8(static_cast<std::uint8_t>(v.index()));
    if (const auto* code = std::get_if<InviteCode>(&v)) out_.raw(*code);
    if (const auto* work = std::get_if<Work>(&v)) out_.u64(work->counter);
  }
  template <class Fixed>
  void bytes(const Fixed& v) {
    out_.raw(v);
  }
  void envelope(const ByteVector& v) {
    assert(is_envelope_size(v.size()));
    out_.blob(v);
  }
  void record(const ByteVector& v, [[maybe_unused]] std::size_t size, [[maybe_unused]] bool required) {
    assert(v.size() == size || (v.empty() && !required));
    out_.blob(v);
  }
  void exactly(const ByteVector& v, [[maybe_unused]] std::size_t size) {
    assert(v.size() == size);
    out_.raw(v);
  }
  void optional(const std::optional<std::uint32_t>& v) {
    out_.flag(v.has_value());
    if (v) out_.u32(*v);
  }
  template <class Entry, class Each>
  void list(const std::vector<Entry>& v, [[maybe_unused]] std::size_t max, std::size_t /*entry_size*/,
            Each each) {
    assert(v.size() <= max);
    out_.length(static_cast<std::uint32_t>(v.size()));
    for (const Entry& entry : v) each(entry);
  }

 private:
  Writer& out_;
};

class Get {
 public:
  explicit Get(Reader& in) : in_(in) {}

  void number(bool& v) { v = in_.flag(); }
  void number(std::uint16_t& v) { v = in_.u16(); }
  void number(std::uint32_t& v) { v = in_.u32(); }
  void number(std::uint64_t& v) { v = in_.u64(); }
  void number(std::int64_t& v) { v = in_.i64(); }
  void between(std::uint16_t& v, std::uint16_t min, std::uint16_t max) {
    v = in_.u16();
    if (v < min || v > max) in_.fail();
  }
  void positive(std::uint64_t& v) {
    v = in_.u64();
    if (v == 0) in_.fail();
  }
  void within(std::uint32_t& v, std::uint32_t min, std::uint32_t max) {
    v = in_.u32();
    if (v < min || v > max) in_.fail();
  }
  template <class Enum>
  void one_of(Enum& v, Enum first, Enum last) {
    const std::uint8_t raw = in_.u8();
    if (raw < static_cast<std::uint8_t>(first) || raw > static_cast<std::uint8_t>(last)) {
      in_.fail();
      return;
    }
    v = static_cast<Enum>(raw);
  }
  void credential(Credential& v) {
    switch (in_.u8()) {
      case 0:
        v = std::monostate{};
        break;
      case 1:
        v = in_.take<InviteCode>();
        break;
      case 2:
        v = Work{in_.u64()};
        break;
      default:
        in_.fail();
    }
  }
  template <class Fixed>
  void bytes(Fixed& v) {
    v = in_.take<Fixed>();
  }
  void envelope(ByteVector& v) {
    const ByteView raw = in_.blob(in_.left());
    if (!is_envelope_size(raw.size())) in_.fail();
    if (in_.ok()) v.assign(raw.begin(), raw.end());
  }
  void record(ByteVector& v, std::size_t size, bool required) {
    const ByteView raw = in_.blob(size);
    if (raw.size() != size && (required || !raw.empty())) in_.fail();
    v.assign(raw.begin(), raw.end());
  }
  void exactly(ByteVector& v, std::size_t size) {
    const ByteView raw = in_.raw(size);
    v.assign(raw.begin(), raw.end());
  }
  void optional(std::optional<std::uint32_t>& v) {
    if (in_.flag()) v = in_.u32();
  }
  // `entry_size` bounds what is allocated by what is really there.
  template <class Entry, class Each>
  void list(std::vector<Entry>& v, std::size_t max, std::size_t entry_size, Each each) {
    const std::uint32_t count = in_.length(static_cast<std::uint32_t>(max));
    if (count * entry_size > in_.left()) in_.fail();
    if (!in_.ok()) return;
    v.resize(count);
    for (Entry& entry : v) each(entry);
  }

 private:
  Reader& in_;
};

template <class T, class Message>
concept Is = std::same_as<std::remove_const_t<T>, Message>;

// ---- from the client

void fields(auto& a, Is<New> auto& m) {
  a.bytes(m.mailbox);
  a.bytes(m.reader);
  a.bytes(m.token_hash);
  a.credential(m.credential);
}

void fields(auto& a, Is<Delete> auto& m) {
  a.bytes(m.mailbox);
}

void fields(auto& a, Is<Subscribe> auto& m) {
  a.bytes(m.client_nonce);
  a.list(m.entries, Subscribe::kMaxEntries, 88, [&a](auto& entry) {
    a.bytes(entry.mailbox);
    a.number(entry.after);
    a.bytes(entry.signature);
  });
}

void fields(auto& a, Is<Unsubscribe> auto& m) {
  a.list(m.mailboxes, Unsubscribe::kMaxMailboxes, 16, [&a](auto& mailbox) { a.bytes(mailbox); });
}

void fields(auto& a, Is<Send> auto& m) {
  a.bytes(m.mailbox);
  a.bytes(m.token);
  a.bytes(m.message);
  a.between(m.retention_hours, 1, kMaxRetentionHours);
  a.envelope(m.envelope);
}

void fields(auto& a, Is<Ack> auto& m) {
  a.bytes(m.mailbox);
  a.number(m.number);
}

void fields(auto& a, Is<KeysPut> auto& m) {
  a.bytes(m.mailbox);
  a.optional(m.handouts);
  a.number(m.replace_otks);
  a.record(m.identity, kIdentitySize, false);
  a.record(m.spk, kSpkSize, false);
  a.record(m.lrk, kLrkSize, false);
  a.list(m.otks, KeysPut::kMaxOtks, kOtkSize, [&a](auto& otk) { a.exactly(otk, kOtkSize); });
}

void fields(auto& a, Is<KeysGet> auto& m) {
  a.bytes(m.mailbox);
  a.bytes(m.token);
  a.bytes(m.asked);
}

void fields(auto& /*a*/, Is<Ping> auto& /*m*/) {}

void fields(auto& a, Is<ShareStore> auto& m) {
  a.bytes(m.mailbox);
  a.positive(m.number);
  a.bytes(m.half);
}

void fields(auto& a, Is<ShareKeepOnly> auto& m) {
  a.bytes(m.mailbox);
  a.number(m.number);
}

void fields(auto& a, Is<ShareFetch> auto& m) {
  a.bytes(m.mailbox);
}

void fields(auto& a, Is<ChunkPut> auto& m) {
  a.bytes(m.mailbox);
  a.bytes(m.token);
  a.bytes(m.digest);
  a.between(m.retention_hours, 1, kMaxRetentionHours);
  a.envelope(m.body);
}

void fields(auto& a, Is<ChunksWanted> auto& m) {
  a.bytes(m.mailbox);
  a.bytes(m.token);
  a.list(m.digests, ChunksWanted::kMaxDigests, 32, [&a](auto& digest) { a.bytes(digest); });
}

void fields(auto& a, Is<ChunkGet> auto& m) {
  a.bytes(m.digest);
}

void fields(auto& a, Is<ChunksDrop> auto& m) {
  a.bytes(m.mailbox);
  a.list(m.digests, ChunksWanted::kMaxDigests, 32, [&a](auto& digest) { a.bytes(digest); });
}

// ---- from the relay

void fields(auto& a, Is<Hello> auto& m) {
  a.bytes(m.server_nonce);
  a.bytes(m.server_key);
  a.number(m.clock_ms);
  a.number(m.retires_at_ms);
  a.number(m.accepts_new);
  a.number(m.max_mailboxes_per_connection);
  a.number(m.quota_envelopes);
  a.number(m.quota_bytes);
  a.number(m.max_retention_hours);
  a.number(m.quota_chunk_bytes);
  a.one_of(m.admission, Admission::open, Admission::work);
  const bool works = m.admission == Admission::work;
  a.within(m.work.memory_kib, works ? WorkWanted::kMinMemory : 0, works ? WorkWanted::kMaxMemory : 0);
  a.within(m.work.bits, works ? 1 : 0, works ? WorkWanted::kMaxBits : 0);
}

void fields(auto& /*a*/, Is<Ok> auto& /*m*/) {}

void fields(auto& a, Is<Error> auto& m) {
  a.one_of(m.code, Code::malformed, Code::not_admitted);
  a.number(m.retry_after_s);
}

void fields(auto& a, Is<Msg> auto& m) {
  a.bytes(m.mailbox);
  a.number(m.number);
  a.bytes(m.message);
  a.number(m.stored_at_ms);
  a.envelope(m.envelope);
}

void fields(auto& a, Is<Keys> auto& m) {
  a.record(m.identity, kIdentitySize, true);
  a.record(m.spk, kSpkSize, true);
  a.record(m.lrk, kLrkSize, true);
  a.record(m.otk, kOtkSize, false);
}

void fields(auto& a, Is<Subscribed> auto& m) {
  a.list(m.refused, Subscribe::kMaxEntries, 16, [&a](auto& mailbox) { a.bytes(mailbox); });
}

void fields(auto& a, Is<LowStock> auto& m) {
  a.bytes(m.mailbox);
  a.number(m.left);
}

void fields(auto& a, Is<QuotaReached> auto& m) {
  a.bytes(m.mailbox);
}

void fields(auto& a, Is<GoAway> auto& m) {
  a.number(m.reconnect_after_s);
}

void fields(auto& a, Is<Pong> auto& m) {
  a.number(m.clock_ms);
}

void fields(auto& a, Is<Shares> auto& m) {
  a.list(m.entries, kMaxShares, 40, [&a](auto& entry) {
    a.positive(entry.number);
    a.bytes(entry.half);
  });
}

void fields(auto& a, Is<Chunk> auto& m) {
  a.envelope(m.body);
}

void fields(auto& a, Is<ChunksMissing> auto& m) {
  a.list(m.digests, ChunksWanted::kMaxDigests, 32, [&a](auto& digest) { a.bytes(digest); });
}

}  // namespace tacet::wire
