#include "script.h"

#include "live.h"

namespace tacet::relay::testing {

ByteVector contents(const wire::MessageId& message, std::size_t size) {
  ByteVector out(size);
  std::uint64_t state = 0;
  std::memcpy(&state, message.data(), sizeof state);
  std::mt19937_64 random(state);
  for (std::size_t at = 0; at < size; at += sizeof state) {
    state = random();
    std::memcpy(out.data() + at, &state, std::min(size - at, sizeof state));
  }
  return out;
}

Script::Script(const std::string& name, std::size_t mailboxes, std::uint64_t seed) : random_(seed) {
  for (std::size_t i = 0; i < mailboxes; ++i) names_.push_back(name + "/" + std::to_string(i));
}

wire::MailboxId Script::mailbox(std::size_t i) const {
  return named<wire::MailboxId>(names_[i]);
}

wire::New Script::make(std::size_t i) const {
  return {mailbox(i),
          {crypto::ed25519_public(reader_seed(names_[i])).raw},
          wire::token_hash(named<wire::SendToken>(names_[i])),
          {}};
}

wire::Request Script::next(const Model& known, Time now) {
  const std::size_t i = below(names_.size());
  const std::uint64_t kind = below(100);
  if (kind < 8 && !sent_.empty()) return sent_[below(sent_.size())];
  if (kind < 64) {
    const std::uint64_t size = below(10);
    wire::Send request = send(i, size < 8 ? 4096 : size < 9 ? 16384 : 65536);
    if (below(50) == 0) request.token = fresh<wire::SendToken>();  // not the mailbox's
    return request;
  }
  if (kind < 75) {
    const auto held = known.held(mailbox(i), now);
    if (held.empty()) return send(i, 4096);
    return wire::Ack{mailbox(i), held[below(held.size())].number};
  }
  return kind < 92 ? keys(i) : share(i);
}

ByteVector Script::bytes(std::size_t size) {
  return contents(fresh<wire::MessageId>(), size);
}

wire::Send Script::send(std::size_t i, std::size_t size) {
  static constexpr std::uint16_t kHours[] = {1, 2, 24, 720};
  wire::Send request{
      mailbox(i), named<wire::SendToken>(names_[i]), fresh<wire::MessageId>(), kHours[below(4)], {}};
  request.envelope = contents(request.message, size);
  if (sent_.size() < 32) {
    sent_.push_back(request);
  } else {
    sent_[below(32)] = request;
  }
  return request;
}

wire::Request Script::keys(std::size_t i) {
  if (below(2) == 0) {
    wire::KeysPut request{mailbox(i), {}, below(10) == 0, {}, {}, {}, {}};
    if (below(4) == 0) request.handouts = below(2) == 0 ? wire::KeysPut::kUnlimited : below(20);
    if (below(4) != 0) {
      request.identity = bytes(wire::kIdentitySize);
      request.spk = bytes(wire::kSpkSize);
      request.lrk = bytes(wire::kLrkSize);
    }
    for (std::uint64_t n = below(8); n > 0; --n) request.otks.push_back(bytes(wire::kOtkSize));
    return request;
  }
  if (!asked_.empty() && below(4) == 0) {
    const auto& [mailbox_index, asked] = asked_[below(asked_.size())];
    return wire::KeysGet{mailbox(mailbox_index), named<wire::SendToken>(names_[mailbox_index]), asked};
  }
  const auto asked = fresh<wire::MessageId>();
  if (asked_.size() < 32) {
    asked_.emplace_back(i, asked);
  } else {
    asked_[below(32)] = {i, asked};
  }
  return wire::KeysGet{mailbox(i), named<wire::SendToken>(names_[i]), asked};
}

wire::Request Script::share(std::size_t i) {
  switch (below(3)) {
    case 0:
      return wire::ShareStore{mailbox(i), 1 + below(6), fresh<wire::ShareHalf>()};
    case 1:
      return wire::ShareKeepOnly{mailbox(i), below(7)};
    default:
      return wire::ShareFetch{mailbox(i)};
  }
}

}  // namespace tacet::relay::testing
