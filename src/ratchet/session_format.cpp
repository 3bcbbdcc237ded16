// The stored form of a session, described in README.md.
#include "ratchet/session.h"
#include "ratchet/stored.h"

namespace tacet::ratchet {

namespace {

// One bit for each optional field, in the order in which the fields follow.
enum Present : std::uint16_t {
  has_own_kem = 1 << 0,
  has_peer_dh = 1 << 1,
  has_peer_kem = 1 << 2,
  has_ciphertext = 1 << 3,
  has_send_chain = 1 << 4,
  has_receive_chain = 1 << 5,
  has_send_header = 1 << 6,
  has_receive_header = 1 << 7,
  has_answered = 1 << 8,
  is_pending = 1 << 9,
  all_bits = (1 << 10) - 1,
};

std::uint16_t present_bits(const SessionState& s) {
  unsigned bits = 0;
  if (s.own_kem) bits |= has_own_kem;
  if (s.peer_dh) bits |= has_peer_dh;
  if (s.peer_kem) bits |= has_peer_kem;
  if (s.ciphertext) bits |= has_ciphertext;
  if (s.send_chain) bits |= has_send_chain;
  if (s.receive_chain) bits |= has_receive_chain;
  if (s.send_header) bits |= has_send_header;
  if (s.receive_header) bits |= has_receive_header;
  if (s.answered) bits |= has_answered;
  if (s.pending) bits |= is_pending;
  return static_cast<std::uint16_t>(bits);
}

template <class Container>
void write_optional(SecretWriter& out, const std::optional<Container>& field) {
  if (field) out.raw(*field);
}

template <class Container>
void read_optional(Reader& in, bool present, std::optional<Container>& field) {
  if (present) field = in.take<Container>();
}

// What send() and receive() rely on without asking again.
bool consistent(const SessionState& s) {
  const bool sending = s.send_chain.has_value();
  const bool receiving = s.receive_chain.has_value();
  return sending == s.send_header.has_value() && sending == s.own_kem.has_value() &&
         receiving == s.receive_header.has_value() && receiving == s.peer_kem.has_value() &&
         (!receiving || s.peer_dh) && (!sending || s.peer_dh) && (!s.ciphertext || sending) &&
         (!s.pending || receiving) && s.sent < kNumberLimit && s.received <= kNumberLimit &&
         s.previous < kNumberLimit;
}

}  // namespace

SecretVector Session::serialise() const {
  const SessionState& s = state_;
  SecretWriter out = begin_stored(StoredKind::session);
  out.u16(present_bits(s))
      .raw(s.id)
      .raw(s.root)
      .raw(s.own_dh)
      .raw(s.own_dh_public)
      .raw(s.next_send_header)
      .raw(s.next_receive_header)
      .u32(s.sent)
      .u32(s.received)
      .u32(s.previous)
      .i64(to_millis(s.created));
  if (s.own_kem) out.raw(s.own_kem->seed).raw(s.own_kem->key);
  write_optional(out, s.peer_dh);
  write_optional(out, s.peer_kem);
  write_optional(out, s.ciphertext);
  write_optional(out, s.send_chain);
  write_optional(out, s.receive_chain);
  write_optional(out, s.send_header);
  write_optional(out, s.receive_header);
  if (s.answered) out.i64(to_millis(*s.answered));
  skipped_.write(out);
  return out.take();
}

Result<Session, Error> Session::parse(ByteView bytes) {
  auto opened = open_stored(bytes, StoredKind::session);
  if (!opened) return unexpected(opened.error());
  Reader& in = *opened;
  SessionState s;
  const std::uint16_t bits = in.u16();
  if ((bits & ~all_bits) != 0) return unexpected(Error::bad_state);
  s.id = in.take<SessionId>();
  s.root = in.take<RootKey>();
  s.own_dh = in.take<crypto::X25519Secret>();
  s.own_dh_public = in.take<crypto::X25519Public>();
  s.next_send_header = in.take<HeaderKey>();
  s.next_receive_header = in.take<HeaderKey>();
  s.sent = in.u32();
  s.received = in.u32();
  s.previous = in.u32();
  s.created = from_millis(in.i64());
  if ((bits & has_own_kem) != 0) {
    s.own_kem.emplace();
    s.own_kem->seed = in.take<crypto::MlKemSeed>();
    s.own_kem->key = in.take<crypto::MlKemPublic>();
  }
  read_optional(in, (bits & has_peer_dh) != 0, s.peer_dh);
  read_optional(in, (bits & has_peer_kem) != 0, s.peer_kem);
  read_optional(in, (bits & has_ciphertext) != 0, s.ciphertext);
  read_optional(in, (bits & has_send_chain) != 0, s.send_chain);
  read_optional(in, (bits & has_receive_chain) != 0, s.receive_chain);
  read_optional(in, (bits & has_send_header) != 0, s.send_header);
  read_optional(in, (bits & has_receive_header) != 0, s.receive_header);
  if ((bits & has_answered) != 0) s.answered = from_millis(in.i64());
  s.pending = (bits & is_pending) != 0;

  Session session(std::move(s));
  session.skipped_ = SkippedKeys::read(in);
  if (!in.done() || !consistent(session.state_)) return unexpected(Error::bad_state);
  return session;
}

}  // namespace tacet::ratchet
