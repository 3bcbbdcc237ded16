// What a store of a relay does, in memory and in the plainest way: the contract of relay/store/store.h as a
// program.
#pragma once

#include <map>

#include "relay/store/store.h"
#include "wire/token.h"

namespace tacet::relay::testing {

template <class T>
using Outcome = Result<T, wire::Code>;

class StoreModel {
 public:
  explicit StoreModel(Quota quota) : quota_(quota) {}
  Time now;

  Outcome<void> create(const wire::New& request, Making making) {
    if (find(request.mailbox) == nullptr) {
      if (making == Making::none) return unexpected(wire::Code::refused);
      if (making == Making::invited && !pay(request.credential)) return unexpected(wire::Code::not_admitted);
    }
    Mailbox fresh;
    fresh.reader = request.reader;
    fresh.token_hash = request.token_hash;
    const auto box = boxes_.try_emplace(request.mailbox, std::move(fresh)).first;
    if (box->second.reader == request.reader && box->second.token_hash == request.token_hash) return {};
    return unexpected(wire::Code::refused);
  }

  void remove(const wire::MailboxId& mailbox) { boxes_.erase(mailbox); }

  std::optional<Owner> owner(const wire::MailboxId& mailbox) {
    Mailbox* box = find(mailbox);
    if (box == nullptr) return std::nullopt;
    return Owner{box->reader, box->low_stock()};
  }

  Outcome<Sent> send(const wire::Send& request) {
    Mailbox* box = open(request.mailbox, request.token);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    const auto seen = box->seen.find(request.message);
    if (seen != box->seen.end() && seen->second > now) return Sent{false};
    std::uint64_t bytes = request.envelope.size();
    for (const Held& held : box->held) bytes += held.msg.envelope.size();
    if (box->held.size() >= quota_.envelopes || bytes > quota_.bytes) {
      if (box->refused == Refused::none) box->refused = Refused::untold;
      return unexpected(wire::Code::quota);
    }
    if (box->refused == Refused::told) box->refused = Refused::none;
    const Time due = now + Hours(request.retention_hours);
    box->held.push_back(
        {{request.mailbox, box->next_number++, request.message, to_millis(now), request.envelope}, due});
    box->seen[request.message] = due;
    return Sent{true};
  }

  void acknowledge(const wire::MailboxId& mailbox, std::uint64_t number) {
    if (Mailbox* box = find(mailbox)) {
      std::erase_if(box->held, [&](const Held& held) { return held.msg.number <= number; });
    }
  }

  Page fetch(const wire::MailboxId& mailbox, std::uint64_t after, std::size_t max_count,
             std::size_t max_bytes) {
    Page page;
    Mailbox* box = find(mailbox);
    if (box == nullptr) return page;
    page.quota_reached = box->refused == Refused::untold;
    std::size_t bytes = 0;
    for (const Held& held : box->held) {
      if (held.msg.number <= after || held.due <= now) continue;
      bytes += held.msg.envelope.size();
      if (!page.envelopes.empty() && (page.envelopes.size() >= max_count || bytes > max_bytes)) {
        page.more = true;
        break;
      }
      page.envelopes.push_back(held);
    }
    return page;
  }

  void quota_told(const wire::MailboxId& mailbox) {
    Mailbox* box = find(mailbox);
    if (box != nullptr && box->refused == Refused::untold) box->refused = Refused::told;
  }

  Outcome<void> put_keys(const wire::KeysPut& request) {
    Mailbox* box = find(request.mailbox);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    std::vector<ByteVector> otks = request.replace_otks ? std::vector<ByteVector>() : box->otks;
    for (const ByteVector& otk : request.otks) {
      if (box->spent.count(otk) == 0 && std::find(otks.begin(), otks.end(), otk) == otks.end())
        otks.push_back(otk);
    }
    if (otks.size() > kMaxStoredOtks) return unexpected(wire::Code::quota);
    box->otks = otks;
    for (const auto part : {&wire::Keys::identity, &wire::Keys::spk, &wire::Keys::lrk}) {
      const ByteVector& given = part == &wire::Keys::identity ? request.identity
                                : part == &wire::Keys::spk    ? request.spk
                                                              : request.lrk;
      if (!given.empty()) box->keys.*part = given;
    }
    if (request.handouts) box->handouts = *request.handouts;
    return {};
  }

  Outcome<HandedOut> get_keys(const wire::KeysGet& request) {
    Mailbox* box = open(request.mailbox, request.token);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    const auto again = box->answered.find(request.asked);
    if (again != box->answered.end() && again->second.second > now) return HandedOut{again->second.first, {}};
    if (!box->publishes()) return unexpected(wire::Code::no_keys);
    if (box->handouts == 0) return unexpected(wire::Code::used_up);
    HandedOut out{box->keys, {}};
    if (!box->otks.empty()) {
      out.keys.otk = box->otks.front();
      box->spent[box->otks.front()] = now + Hours(30 * 24);
      box->otks.erase(box->otks.begin());
    }
    if (box->handouts != wire::KeysPut::kUnlimited) --box->handouts;
    box->answered[request.asked] = {out.keys, now + Hours(24)};
    out.low_stock = box->low_stock();
    return out;
  }

  Outcome<void> store_share(const wire::ShareStore& request) {
    Mailbox* box = find(request.mailbox);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    const auto kept = box->shares.find(request.number);
    if (kept != box->shares.end()) {
      if (!(kept->second == request.half)) return unexpected(wire::Code::refused);
      return {};
    }
    if (box->shares.size() >= wire::kMaxShares) return unexpected(wire::Code::quota);
    box->shares.emplace(request.number, request.half);
    return {};
  }

  Outcome<void> keep_only_share(const wire::ShareKeepOnly& request) {
    Mailbox* box = find(request.mailbox);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    std::erase_if(box->shares, [&](const auto& share) { return share.first != request.number; });
    return {};
  }

  Outcome<wire::Shares> shares(const wire::MailboxId& mailbox) {
    Mailbox* box = find(mailbox);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    wire::Shares out;
    for (const auto& [number, half] : box->shares) out.entries.push_back({number, half});
    return out;
  }

  Outcome<void> add_invite(const Invite& invite) {
    const bool same = invites_.try_emplace(invite.label, invite).first->second.code == invite.code;
    return same ? Outcome<void>() : unexpected(wire::Code::refused);
  }
  std::vector<Invite> invites() const {
    std::vector<Invite> out;
    for (const auto& [label, invite] : invites_) out.push_back(invite);
    return out;
  }
  Outcome<void> remove_invite(const std::string& label) {
    return invites_.erase(label) > 0 ? Outcome<void>() : unexpected(wire::Code::no_access);
  }

  Outcome<void> put_chunk(const wire::ChunkPut& request) {
    Mailbox* box = open(request.mailbox, request.token);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    const Time due = now + Hours(request.retention_hours);
    const auto held = box->chunks.find(request.digest);
    if (held != box->chunks.end()) {
      held->second.due = std::max(held->second.due, due);
      return {};
    }
    std::uint64_t bytes = request.body.size();
    for (const auto& [digest, chunk] : box->chunks) bytes += chunk.body.size();
    if (bytes > quota_.chunk_bytes) return unexpected(wire::Code::quota);
    box->chunks[request.digest] = {request.body, due};
    return {};
  }
  Outcome<wire::ChunksMissing> wanted_chunks(const wire::ChunksWanted& request) {
    Mailbox* box = open(request.mailbox, request.token);
    if (box == nullptr) return unexpected(wire::Code::no_access);
    wire::ChunksMissing out;
    for (const wire::ChunkDigest& digest : request.digests) {
      const auto held = box->chunks.find(digest);
      if (held == box->chunks.end() || held->second.due <= now) out.digests.push_back(digest);
    }
    return out;
  }
  void drop_chunks(const wire::ChunksDrop& request) {
    Mailbox* box = find(request.mailbox);
    if (box == nullptr) return;
    for (const wire::ChunkDigest& digest : request.digests) box->chunks.erase(digest);
  }
  Outcome<wire::Chunk> get_chunk(const wire::ChunkDigest& digest) const {
    for (const auto& [id, box] : boxes_) {
      const auto held = box.chunks.find(digest);
      if (held != box.chunks.end() && held->second.due > now) return wire::Chunk{held->second.body};
    }
    return unexpected(wire::Code::no_access);
  }

  void tidy() {
    const auto over = [this](const auto& entry) { return entry.second <= now; };
    for (auto& [id, box] : boxes_) {
      std::erase_if(box.held, [this](const Held& held) { return held.due <= now; });
      std::erase_if(box.seen, over);
      std::erase_if(box.spent, over);
      std::erase_if(box.chunks, [this](const auto& entry) { return entry.second.due <= now; });
      std::erase_if(box.answered, [this](const auto& entry) { return entry.second.second <= now; });
    }
  }

 private:
  enum class Refused { none, untold, told };
  struct Mailbox {
    wire::ReaderKey reader;
    wire::TokenHash token_hash;
    std::uint64_t next_number = 1;
    Refused refused = Refused::none;
    std::vector<Held> held;
    std::map<wire::MessageId, Time> seen;
    wire::Keys keys;
    std::uint32_t handouts = wire::KeysPut::kUnlimited;
    std::vector<ByteVector> otks;  // the oldest first
    std::map<ByteVector, Time> spent;
    std::map<wire::MessageId, std::pair<wire::Keys, Time>> answered;
    std::map<std::uint64_t, wire::ShareHalf> shares;
    struct Chunk {
      ByteVector body;
      Time due;
    };
    std::map<wire::ChunkDigest, Chunk> chunks;

    [[nodiscard]] bool publishes() const {
      return !keys.identity.empty() && !keys.spk.empty() && !keys.lrk.empty();
    }
    [[nodiscard]] std::optional<std::uint16_t> low_stock() const {
      if (keys.identity.empty() || otks.size() >= std::min<std::size_t>(kLowStock, handouts))
        return std::nullopt;
      return static_cast<std::uint16_t>(otks.size());
    }
  };

  Mailbox* find(const wire::MailboxId& id) {
    const auto found = boxes_.find(id);
    return found == boxes_.end() ? nullptr : &found->second;
  }
  Mailbox* open(const wire::MailboxId& id, const wire::SendToken& token) {
    Mailbox* box = find(id);
    return box != nullptr && box->token_hash == wire::token_hash(token) ? box : nullptr;
  }

  // Takes a mailbox from the invite with this code, if it is good for one.
  bool pay(const wire::Credential& credential) {
    const auto* code = std::get_if<wire::InviteCode>(&credential);
    if (code == nullptr) return false;
    for (auto& [label, invite] : invites_) {
      if (!(invite.code == wire::invite_hash(*code))) continue;
      if (invite.mailboxes == 0 || (invite.until && *invite.until <= now)) return false;
      --invite.mailboxes;
      return true;
    }
    return false;
  }

  Quota quota_;
  std::map<wire::MailboxId, Mailbox> boxes_;
  std::map<std::string, Invite> invites_;
};

}  // namespace tacet::relay::testing
