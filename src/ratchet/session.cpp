#include "ratchet/session.h"

#include "ratchet/decision.h"

namespace tacet::ratchet {

namespace {

constexpr Days kSessionLifetime{90};
constexpr Days kUnansweredLifetime{30};

struct Opened {
  OpenedBy by;
  HeaderBytes header;
};

// Section 6, step 2: every old header key with a living skipped key, then HKr, then NHKr.
std::optional<Opened> find_header_key(const WireView& wire, const SessionState& state,
                                      const SkippedKeys& skipped, Time now) {
  for (std::size_t i = 0; i < skipped.old().size(); ++i) {
    const SkippedKeys::Old& old = skipped.old()[i];
    if (!old.living(now)) continue;
    if (const auto header = open_header(old.header, state.id, wire)) {
      return Opened{{OpenedBy::Kind::old_header, i}, *header};
    }
  }
  if (state.receive_header) {
    if (const auto header = open_header(*state.receive_header, state.id, wire)) {
      return Opened{{OpenedBy::Kind::current_header}, *header};
    }
  }
  if (const auto header = open_header(state.next_receive_header, state.id, wire)) {
    return Opened{{OpenedBy::Kind::next_header}, *header};
  }
  return std::nullopt;
}

// The keys of the chain's messages `from` (which `chain` stands at) up to and without `to`.
SkippedRun skip(ChainKey& chain, std::uint32_t from, std::uint32_t to, Time now) {
  SkippedRun keys;
  if (from >= to) return keys;
  keys.reserve(to - from);
  for (std::uint32_t n = from; n < to; ++n) keys.push_back({n, advance(chain, n), now + kSkippedLifetime});
  return keys;
}

// The lazy send half of section 5. The caller has checked that peer_kem is canonical; peer_dh agreed when it
// arrived.
Result<void, Error> make_send_half(SessionState& s, Random& random) {
  s.own_dh = random.draw<crypto::X25519Secret>();
  s.own_kem = OwnKem::generate(random);
  const auto encapsulation_seed = random.draw<crypto::MlKemEncapsulationSeed>();
  s.own_dh_public = crypto::x25519_public(s.own_dh);

  const auto kem = crypto::mlkem768_encapsulate(*s.peer_kem, encapsulation_seed);
  const auto dh = crypto::x25519(s.own_dh, *s.peer_dh);
  if (!kem || !dh) return unexpected(Error::bad_peer_key);
  s.ciphertext = kem->ciphertext;
  const StepKeys keys =
      step(s.root, *dh, kem->shared, {s.own_dh_public, *s.peer_dh, s.own_kem->key, s.peer_kem, s.ciphertext});
  s.root = keys.root;
  s.send_chain = keys.chain;
  s.send_header = s.next_send_header;
  s.next_send_header = keys.next_header;
  s.previous = s.sent;
  s.sent = 0;
  s.pending = false;
  return {};
}

// The receive half of a step, section 6, step 5.
Result<void, Error> make_receive_half(SessionState& s, const Header& header) {
  const auto dh = crypto::x25519(s.own_dh, header.dh);
  if (!dh) return unexpected(Error::bad_key);
  crypto::MlKemShared shared;  // 0^32 without an own kem
  std::optional<crypto::MlKemPublic> own_key;
  if (s.own_kem) {
    const auto opened = s.own_kem->decapsulate(*header.ciphertext);
    if (!opened) return unexpected(Error::bad_key);
    shared = *opened;
    own_key = s.own_kem->key;
  }
  const StepKeys keys =
      step(s.root, *dh, shared, {header.dh, s.own_dh_public, header.kem, own_key, header.ciphertext});
  s.root = keys.root;
  s.receive_chain = keys.chain;
  s.receive_header = s.next_receive_header;
  s.next_receive_header = keys.next_header;
  s.peer_dh = header.dh;
  s.peer_kem = header.kem;
  s.received = 0;
  s.pending = true;
  return {};
}

}  // namespace

Result<ByteVector, Error> Session::send(MessageClass size, ByteView data, Random& random) {
  if (data.size() > max_data(size)) return unexpected(Error::too_long);
  if (!can_send()) return unexpected(Error::cannot_send_yet);
  if (!state_.pending && state_.sent == kNumberLimit - 1) return unexpected(Error::chain_exhausted);
  if (state_.pending && !crypto::mlkem768_is_canonical(*state_.peer_kem))
    return unexpected(Error::bad_peer_key);

  SessionState next = state_;
  if (next.pending) {
    if (const auto half = make_send_half(next, random); !half) return unexpected(half.error());
  }
  const auto nonce = random.draw<HeaderNonce>();
  const Header header{next.previous, next.sent, next.own_dh_public, next.own_kem->key, next.ciphertext};
  const MessageKey key = advance(*next.send_chain, next.sent);
  ++next.sent;
  ByteVector wire = seal_message(size, nonce, *next.send_header, header, key, next.id, data);
  state_ = std::move(next);
  return wire;
}

Result<SecretVector, Refusal> Session::receive(ByteView bytes, Time now) {
  if (!class_of(bytes.size())) return unexpected(Refusal{Error::wrong_size, {}});
  const WireView wire(bytes);
  const auto opened = find_header_key(wire, state_, skipped_, now);
  if (!opened) return unexpected(Refusal{Error::not_ours, {}});

  const auto damage = [](Error error) { return unexpected(Refusal{error, {}}); };
  const auto fork = [&](Error error) {
    if (opened->by.kind == OpenedBy::Kind::old_header || error == Error::replay)
      return unexpected(Refusal{error, {}});
    return unexpected(Refusal{error, crypto::blake2b(wire.header)});
  };

  const auto header = Header::parse(opened->header);
  if (!header) return fork(Error::malformed);
  const auto decision = decide(opened->by, *header, state_, skipped_, now);
  if (!decision) return fork(decision.error());

  std::optional<SecretVector> data;
  if (decision->kind == Decision::Kind::stored) {
    data = open_contents(skipped_.at(decision->place), state_.id, wire);
    if (!data) return damage(Error::damaged);
    skipped_.erase(decision->place);
  } else {
    const bool stepping = decision->kind == Decision::Kind::step;
    SessionState next = state_;
    SkippedRun old_chain;
    if (stepping) {
      if (decision->finish_old_chain) {
        old_chain = skip(*next.receive_chain, next.received, header->previous, now);
      }
      if (const auto half = make_receive_half(next, *header); !half) return fork(half.error());
    }
    const SkippedRun overtaken = skip(*next.receive_chain, next.received, header->number, now);
    const MessageKey key = advance(*next.receive_chain, header->number);
    next.received = header->number + 1;
    data = open_contents(key, next.id, wire);
    if (!data) return stepping ? fork(Error::damaged) : damage(Error::damaged);

    if (stepping) {
      skipped_.append(old_chain);
      if (state_.receive_header) skipped_.replace_header(*state_.receive_header);
    }
    skipped_.append(overtaken);
    state_ = std::move(next);
  }
  skipped_.enforce_limits();
  if (!state_.answered) state_.answered = now;
  return std::move(*data);
}

bool Session::maintain(Time now) {
  return skipped_.remove_expired(now);
}

bool Session::needs_handshake(Time now) const {
  return now >= state_.created + kSessionLifetime ||
         (!state_.answered && now >= state_.created + kUnansweredLifetime);
}

}  // namespace tacet::ratchet
