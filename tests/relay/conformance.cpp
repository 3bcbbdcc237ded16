#include "conformance.h"

#include <future>
#include <random>

#include "base/text.h"
#include "store_fixture.h"
#include "store_model.h"
#include "wire/chunk.h"

namespace tacet::relay::testing {
namespace {

// ---- answers as text, so that they can be compared and read

std::string short_hash(ByteView bytes) {
  return bytes.empty() ? "-" : to_hex(crypto::blake2b(bytes).view().first(4));
}
std::string say(std::optional<std::uint16_t> left) {
  return left ? "low " + std::to_string(*left) : "enough";
}
std::string say(const Sent& sent) {
  return sent.stored ? "stored" : "repeat";
}
std::string say(const HandedOut& out) {
  const wire::Keys& keys = out.keys;
  return "keys " + short_hash(keys.identity) + " " + short_hash(keys.spk) + " " + short_hash(keys.lrk) +
         " otk " + short_hash(keys.otk) + " " + say(out.low_stock);
}
std::string say(const wire::Shares& shares) {
  std::string out = "shares";
  for (const auto& entry : shares.entries) {
    out += " " + std::to_string(entry.number) + ":" + short_hash(entry.half.view());
  }
  return out;
}
std::string say(const std::vector<std::optional<Owner>>& owners) {
  std::string out = "owners";
  for (const auto& owner : owners) {
    out += owner ? " " + short_hash(owner->reader.view()) + " " + say(owner->low_stock) : " nobody";
  }
  return out;
}
std::string say(const std::vector<Invite>& invites) {
  std::string out = "invites";
  for (const Invite& invite : invites) {
    out += " " + invite.label + ":" + short_hash(invite.code.view()) + ":" + std::to_string(invite.mailboxes);
    if (invite.until) out += ":" + std::to_string(to_millis(*invite.until));
  }
  return out;
}
std::string say(const wire::ChunksMissing& missing) {
  std::string out = "missing";
  for (const wire::ChunkDigest& digest : missing.digests) out += " " + short_hash(digest.view());
  return out;
}
std::string say(const wire::Chunk& chunk) {
  return "chunk " + short_hash(chunk.body);
}
std::string say(const Page& page) {
  std::string out = "page";
  for (const Held& held : page.envelopes) {
    out += " " + std::to_string(held.msg.number) + ":" + short_hash(held.msg.mailbox.view()) + ":" +
           short_hash(held.msg.message.view()) + ":" + short_hash(held.msg.envelope) + ":" +
           std::to_string(held.msg.stored_at_ms) + ":" + std::to_string(to_millis(held.due));
  }
  return out + (page.more ? " more" : "") + (page.quota_reached ? " quota reached" : "");
}
template <class T>
std::string say(const Outcome<T>& result) {
  if (!result) return "error " + std::to_string(static_cast<int>(result.error()));
  if constexpr (std::is_void_v<T>) {
    return "ok";
  } else {
    return say(*result);
  }
}

// ---- random operations

using Owners = std::vector<std::optional<Owner>>;

class Run {
 public:
  Run(ConformanceSubject& subject, std::uint64_t seed)
      : subject_(subject), random_(seed), model_(kConformanceQuota) {}

  std::string operations(std::size_t count) {
    for (std::size_t done = 0; done < count && complaint_.empty();) {
      model_.now = subject_.now();
      // Some at once, so that stores that gather them have something to gather.
      const std::size_t burst = one_in(3) ? 1 : 1 + below(20);
      for (std::size_t i = 0; i < burst; ++i) operate();
      // What has no answer (quota_told) is done when what comes behind it is answered.
      subject_.store().owners({}, expect<Owners>("owners of nobody", Owners()));
      // Not everything says when it is done, but nothing is done before what came earlier.
      subject_.store().owners(
          {}, expect<std::vector<std::optional<Owner>>>("owners", std::vector<std::optional<Owner>>()));
      done += burst;
      wait();
      for (std::size_t i = below(4); i > 0; --i) fetch();
      wait();
      if (one_in(6)) pass();
      if (one_in(40)) subject_.reopen();
    }
    return complaint_;
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  T any_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

  std::string mailbox_name() { return "mailbox " + std::to_string(below(5)); }
  wire::MailboxId mailbox() { return named<wire::MailboxId>(mailbox_name()); }
  wire::MessageId message() { return named<wire::MessageId>("message " + std::to_string(below(30))); }

  wire::SendToken token_of(const std::string& name) {
    return named<wire::SendToken>(one_in(15) ? "wrong" : name);
  }

  wire::New new_mailbox() {
    const std::string name = mailbox_name();
    return {named<wire::MailboxId>(name), named<wire::ReaderKey>(one_in(15) ? "wrong" : name),
            wire::token_hash(token_of(name)),
            one_in(3) ? wire::Credential(invite_code()) : wire::Credential()};
  }

  std::size_t small() { return below(4); }
  wire::InviteCode invite_code() { return named<wire::InviteCode>("code " + std::to_string(small())); }
  std::string label() { return "label " + std::to_string(small()); }

  Invite new_invite() {
    Invite out{label(), wire::invite_hash(invite_code()), static_cast<std::uint32_t>(small()), {}};
    if (one_in(2)) out.until = model_.now + Hours(small());
    // Two labels for one code are the operator's mistake, which the program that makes codes cannot make.
    for (const Invite& other : model_.invites()) {
      if (other.code == out.code) out.label = other.label;
    }
    return out;
  }

  ByteVector chunk_body() {
    return envelope("chunk " + std::to_string(below(8)), any_of<std::size_t>({4096, 4096, 16384}));
  }
  wire::ChunkPut new_chunk() {
    const std::string name = mailbox_name();
    ByteVector body = chunk_body();
    return {named<wire::MailboxId>(name), token_of(name), wire::chunk_digest(body),
            any_of<std::uint16_t>({1, 2, 24, 720}), std::move(body)};
  }
  std::vector<wire::ChunkDigest> some_digests() {
    std::vector<wire::ChunkDigest> out(small());
    for (auto& digest : out) digest = wire::chunk_digest(chunk_body());
    return out;
  }

  wire::Send new_send() {
    const std::string name = mailbox_name();
    wire::Send out{named<wire::MailboxId>(name),
                   token_of(name),
                   message(),
                   any_of<std::uint16_t>({1, 2, 24, 100, 720}),
                   {}};
    out.envelope = envelope(std::to_string(random_()), any_of<std::size_t>({4096, 4096, 4096, 16384}));
    return out;
  }

  ByteVector record(std::size_t size) { return ByteVector(size, static_cast<Byte>(1 + below(200))); }

  wire::KeysPut new_keys() {
    wire::KeysPut out;
    out.mailbox = mailbox();
    if (one_in(3)) out.handouts = any_of<std::uint32_t>({0, 1, 3, 30, wire::KeysPut::kUnlimited});
    out.replace_otks = one_in(6);
    if (!one_in(3)) out.identity = record(wire::kIdentitySize);
    if (!one_in(3)) out.spk = record(wire::kSpkSize);
    if (!one_in(3)) out.lrk = record(wire::kLrkSize);
    const std::size_t first = below(240);
    const std::size_t count = below(wire::KeysPut::kMaxOtks + 1);
    for (std::size_t i = first; i < first + count; ++i)
      out.otks.emplace_back(wire::kOtkSize, static_cast<Byte>(i));
    return out;
  }

  // What the store answers has to be what the model answered.
  template <class T>
  Done<T> expect(const std::string& what, const Outcome<T>& result) {
    auto answer = std::make_shared<std::promise<std::string>>();
    waiting_.push_back({what, say(result), answer->get_future()});
    return [answer](const Outcome<T>& got) { answer->set_value(say(got)); };
  }

  void operate() {
    Store& store = subject_.store();
    const std::size_t kind = below(112);
    if (kind < 12) {
      const wire::New request = new_mailbox();
      const Making making = any_of({Making::free, Making::free, Making::invited, Making::none});
      store.create(request, making, expect<void>("create", model_.create(request, making)));
    } else if (kind < 14) {
      const wire::MailboxId id = mailbox();
      model_.remove(id);
      store.remove(id, expect<void>("remove", {}));
    } else if (kind < 20) {
      std::vector<wire::MailboxId> ids;
      Owners owners;
      for (std::size_t i = below(4); i > 0; --i) owners.push_back(model_.owner(ids.emplace_back(mailbox())));
      store.owners(ids, expect<Owners>("owners", owners));
    } else if (kind < 60) {
      const wire::Send request = new_send();
      store.send(request, expect<Sent>("send", model_.send(request)));
    } else if (kind < 70) {
      const wire::MailboxId id = mailbox();
      const std::uint64_t number = one_in(20) ? UINT64_MAX : below(2 + sent_ / 10);
      model_.acknowledge(id, number);
      store.acknowledge(id, number, expect<void>("acknowledge", {}));
    } else if (kind < 76) {
      const wire::KeysPut request = new_keys();
      store.put_keys(request, expect<void>("put_keys", model_.put_keys(request)));
    } else if (kind < 88) {
      const std::string name = mailbox_name();
      const wire::KeysGet request{named<wire::MailboxId>(name), token_of(name), message()};
      store.get_keys(request, expect<HandedOut>("get_keys", model_.get_keys(request)));
    } else if (kind < 92) {
      const wire::ShareStore request{mailbox(),
                                     any_of<std::uint64_t>({1, 2, 3, 300, UINT64_MAX, UINT64_MAX - 1}),
                                     named<wire::ShareHalf>(one_in(5) ? "other half" : "half")};
      store.store_share(request, expect<void>("store_share", model_.store_share(request)));
    } else if (kind < 94) {
      const wire::ShareKeepOnly request{mailbox(), any_of<std::uint64_t>({0, 1, 2, UINT64_MAX})};
      store.keep_only_share(request, expect<void>("keep_only_share", model_.keep_only_share(request)));
    } else if (kind < 97) {
      const wire::MailboxId id = mailbox();
      store.shares(id, expect<wire::Shares>("shares", model_.shares(id)));
    } else if (kind < 102) {
      const wire::ChunkPut request = new_chunk();
      store.put_chunk(request, expect<void>("put_chunk", model_.put_chunk(request)));
    } else if (kind < 104) {
      const std::string name = mailbox_name();
      const wire::ChunksWanted request{named<wire::MailboxId>(name), token_of(name), some_digests()};
      store.wanted_chunks(request,
                          expect<wire::ChunksMissing>("wanted_chunks", model_.wanted_chunks(request)));
    } else if (kind < 106) {
      const wire::ChunksDrop request{mailbox(), some_digests()};
      model_.drop_chunks(request);
      store.drop_chunks(request, expect<void>("drop_chunks", {}));
    } else if (kind < 108) {
      const Invite invite = new_invite();
      store.add_invite(invite, expect<void>("add_invite", model_.add_invite(invite)));
    } else if (kind < 109) {
      const std::string which = label();
      store.remove_invite(which, expect<void>("remove_invite", model_.remove_invite(which)));
    } else if (kind < 110) {
      store.invites(expect<std::vector<Invite>>("invites", model_.invites()));
    } else {
      const wire::MailboxId id = mailbox();
      model_.quota_told(id);
      store.quota_told(id);
    }
    ++sent_;
  }

  void fetch() {
    const wire::MailboxId id = mailbox();
    const std::uint64_t after = one_in(2) ? 0 : below(2 + sent_ / 10);
    const std::size_t count = 1 + below(8);
    const std::size_t bytes = any_of<std::size_t>({1, 8192, 20480, 1 << 20});
    subject_.store().fetch(id, after, count, bytes,
                           expect<Page>("fetch", model_.fetch(id, after, count, bytes)));
    const wire::ChunkDigest digest = wire::chunk_digest(chunk_body());
    subject_.store().get_chunk(digest, expect<wire::Chunk>("get_chunk", model_.get_chunk(digest)));
  }

  void pass() {
    subject_.pass(any_of<Millis>({Millis(1), Hours(1) - Millis(1), Hours(1), Hours(1), Hours(2), Hours(23),
                                  Hours(24), Hours(24 * 9), Hours(24 * 31)}) +
                  Millis(below(2)));
    model_.now = subject_.now();
    // Nothing that is due is shown, whether it was tidied away or not.
    for (int i = 0; i < 3; ++i) fetch();
    wait();
    subject_.tidy();
    model_.tidy();
  }

  void wait() {
    for (Waiting& waiting : waiting_) {
      ++answers_;
      const bool came = waiting.answer.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
      const std::string got = came ? waiting.answer.get() : "no answer at all";
      if (got == waiting.expected || !complaint_.empty()) continue;
      complaint_ = "answer " + std::to_string(answers_) + ", to " + waiting.what + ": the model says «" +
                   waiting.expected + "», the store «" + got + "»";
    }
    waiting_.clear();
  }

  struct Waiting {
    std::string what, expected;
    std::future<std::string> answer;
  };

  ConformanceSubject& subject_;
  std::mt19937_64 random_;
  StoreModel model_;
  std::vector<Waiting> waiting_;
  std::size_t sent_ = 0;
  std::size_t answers_ = 0;
  std::string complaint_;
};

}  // namespace

std::string conformance_run(ConformanceSubject& subject, std::uint64_t seed, std::size_t operations) {
  return Run(subject, seed).operations(operations);
}

ConformancePlan conformance_plan(std::size_t operations) {
  const char* seed = std::getenv("TACET_SEED");
  const char* count = std::getenv("TACET_OPERATIONS");
  return {seed != nullptr ? std::strtoull(seed, nullptr, 10) : std::random_device()(),
          count != nullptr ? std::strtoull(count, nullptr, 10) : operations};
}

}  // namespace tacet::relay::testing
