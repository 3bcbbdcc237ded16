// ./dev bench vault, inside the browser: the real vault and the real messenger over the real storage of
// src/browser, and nothing of the interface. vault_page.js calls what is exported here; README.md says what
// is measured.
#include <emscripten.h>
#include <emscripten/heap.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "client/messenger.h"
#include "client/records.h"
#include "crypto/aead.h"
#include "crypto/random.h"
#include "posix/posix_files.h"
#include "ratchet/handshake.h"

extern "C" {

void tacet_storage_open(const char* folder);
void tacet_storage_sync(double ticket);

// clang-format off
EM_JS(void, answer, (const char* what, double ticket, int outcome), {
  Module["answer"](UTF8ToString(what), ticket, outcome);
});
// clang-format on
}

namespace {

using namespace tacet;
using namespace tacet::client;

constexpr const char* kFolder = "/bench";
constexpr std::size_t kContacts = 30;
constexpr Days kLife{6};
constexpr std::size_t kBurnsOneIn = 10;

void require(bool good) {
  if (!good) std::abort();  // a benchmark of something that does not work is worth nothing
}

double ms_of(const std::function<void()>& work) {
  const double began = emscripten_get_now();
  work();
  return emscripten_get_now() - began;
}

// What the vault hands to the files below.
class CountingFiles final : public vault::Files {
 public:
  explicit CountingFiles(std::unique_ptr<vault::Files> files) : files_(std::move(files)) {}
  Result<std::vector<std::string>, vault::FileError> list() override { return files_->list(); }
  Result<std::uint64_t, vault::FileError> size(std::string_view name) override { return files_->size(name); }
  Result<ByteVector, vault::FileError> read(std::string_view name, std::uint64_t offset,
                                            std::size_t length) override {
    return files_->read(name, offset, length);
  }
  Result<void, vault::FileError> append(std::string_view name, ByteView bytes) override {
    written += static_cast<double>(bytes.size());
    return files_->append(name, bytes);
  }
  Result<void, vault::FileError> replace(std::string_view name, ByteView bytes) override {
    written += static_cast<double>(bytes.size());
    return files_->replace(name, bytes);
  }
  Result<void, vault::FileError> remove(std::string_view name) override { return files_->remove(name); }

  double written = 0;

 private:
  std::unique_ptr<vault::Files> files_;
};

class Shelf final : public ratchet::PrekeySecrets {
 public:
  Shelf(const ratchet::IdentitySecret& owner, Time now, Random& random)
      : spk(ratchet::SignedPrekeySecret::generate(ratchet::SignedPrekeyId{1}, owner, now, random)),
        lrk(ratchet::LastResortSecret::generate(ratchet::LastResortId{1}, owner, now, random)),
        otk(ratchet::OneTimeSecret::generate(ratchet::OneTimeId{1}, owner, random)) {}
  [[nodiscard]] const ratchet::SignedPrekeySecret* find(ratchet::SignedPrekeyId) const override {
    return &spk;
  }
  [[nodiscard]] const ratchet::LastResortSecret* find(ratchet::LastResortId) const override { return &lrk; }
  [[nodiscard]] const ratchet::OneTimeSecret* find(ratchet::OneTimeId) const override { return &otk; }
  [[nodiscard]] LastResortUse last_resort_use(ratchet::LastResortId, const crypto::Hash&) const override {
    return LastResortUse::fresh;
  }

  ratchet::SignedPrekeySecret spk;
  ratchet::LastResortSecret lrk;
  ratchet::OneTimeSecret otk;
};

struct Friend {
  ContactId id;
  wire::MailboxId mailbox;
  ratchet::SessionId session_id;
  SessionRecord session;
  std::uint64_t received = 0;
};

class Bench {
 public:
  void storage_answered() {
    auto files = posix::PosixFiles::open(kFolder);
    require(files.has_value());
    files_ = std::make_unique<CountingFiles>(std::move(*files));
  }

  // ---- the messenger: makes the account, and is what unlocks

  void start() {
    Config config;
    config.link_base = "https://bench.test/";
    config.home_relay = *RelayAddress::parse("ws://127.0.0.1:9/relay");
    messenger_ = std::make_unique<Messenger>(config, random_, *files_);
    tell(Started{});
  }
  void create() {
    tell(CreateVault{passphrase()});
    for (int keys = 0; keys < 2; ++keys) give_key();
  }
  void confirm() {
    require(view().phase == Phase::recovery);
    tell(ConfirmRecoveryCode{{view().recovery_code.begin(), view().recovery_code.end()}});
  }
  // Everything after Argon2id, until the first conversation can be drawn.
  double unlock() {
    start();
    tell(Unlock{passphrase()});
    const double took = ms_of([this] { give_key(); });
    require(view().phase == Phase::open);
    require(!view().conversations.empty() && !view().conversations[0].messages.empty());
    return took;
  }
  double time_passes() {
    now_ += Millis(5);
    return ms_of([this] { tell(TimePassed{}); });
  }
  void synced(Ticket ticket, bool ok) {
    require(ok);
    if (messenger_) tell(Synced{ticket, {}});
  }
  [[nodiscard]] std::size_t messages() const {
    std::size_t count = 0;
    for (const ConversationView& conversation : view().conversations) count += conversation.messages.size();
    return count;
  }
  [[nodiscard]] const View& view() const { return messenger_->view(); }

  // ---- the vault by itself: a history, and what one message costs

  void open_vault() {
    messenger_.reset();
    auto opened = vault::open(*files_, random_, key(), now_);
    require(opened.has_value());
    vault_ = std::move(*opened);
  }
  void close_vault() { vault_.reset(); }

  void befriend() {
    vault::Batch batch;
    const auto me = ratchet::IdentitySecret::generate(random_);
    const auto& identity = me.identity();
    const Shelf shelf(me, now_, random_);
    const auto bundle =
        ratchet::Bundle::parse(identity.fingerprint(), identity.bytes().view(), shelf.spk.record().view(),
                               shelf.lrk.record().view(), shelf.otk.record().view(), now_);
    require(bundle.has_value());
    for (std::size_t i = 0; i < kContacts; ++i) {
      const auto them = ratchet::IdentitySecret::generate(random_);
      const Bytes<64> text{};
      auto initiated = ratchet::initiate(them, *bundle, text.view(), {}, now_, random_);
      require(initiated.has_value());
      auto accepted = ratchet::accept(me, shelf, initiated->wire, now_);
      require(accepted.has_value());
      Friend one;
      one.id = random_.draw<ContactId>();
      one.mailbox = random_.draw<wire::MailboxId>();
      one.session_id = accepted->session.id();
      one.session.contact = one.id;
      one.session.heard_at = now_;
      one.session.session = accepted->session.serialise();
      ContactRecord contact;
      contact.fingerprint = random_.draw<Fingerprint>();
      contact.state = ContactState::accepted;
      contact.name = "Contact " + std::to_string(i);
      contact.made_at = now_;
      put(batch, one.id, contact);
      put(batch, one.session_id, one.session);
      MailboxRecord mailbox;
      mailbox.relay = *RelayAddress::parse("ws://127.0.0.1:9/relay");
      mailbox.contact = one.id;
      mailbox.created = true;
      put(batch, one.mailbox, mailbox);
      friends_.push_back(std::move(one));
    }
    commit(batch);
  }

  // A message arrives: what the messenger writes before it acknowledges it (src/client/README.md).
  void receive() {
    // Talks come in bursts: one in eight begins somewhere else.
    if (number_ % 8 == 0) talking_ = static_cast<std::size_t>(below(kContacts));
    Friend& from = friends_[talking_];
    MessageRecord& m = last_.emplace_back(random_.draw<MessageId>(), MessageRecord{}).second;
    const MessageId& id = last_.back().first;
    m.contact = from.id;
    m.sent_at = m.received_at = now_;
    m.expires_at = now_ + kLife;
    m.burn_after = number_ % kBurnsOneIn == 0 ? Seconds(30) : Seconds(0);
    m.text.assign(40 + below(361), 'x');
    vault::Batch batch;
    put(batch, from.session_id, from.session);
    put(batch, id, m, m.expires_at);
    put(batch, id, TraceRecord{from.id, m.sent_at, m.received_at, m.expires_at, false},
        m.expires_at + Days(30));
    put(batch, id, SeenRecord{from.id, id}, now_ + Days(31));
    put(batch, id, ReceiptRecord{from.id, true, {}}, now_ + Days(30));
    put(batch, from.mailbox, CursorRecord{++from.received});
    commit(batch);
    ++number_;
  }

  // It is shown, its receipt is sealed, and leaves; what burns is gone half a minute later.
  void show() {
    auto& [id, m] = last_.back();
    Friend& from = friends_[talking_];
    m.seen = true;
    if (m.burn_after > Seconds(0)) m.burns_at = now_ + m.burn_after;
    const auto receipt = random_.draw<MessageId>();
    OutboxRecord out;
    out.contact = from.id;
    out.purpose = Purpose::receipt;
    out.session = from.session_id;
    out.order = now_;
    out.expires_at = now_ + kLife;
    out.envelope.assign(wire::kEnvelopeSizes[0], 'x');
    vault::Batch batch;
    put(batch, from.session_id, from.session);
    put(batch, id, m, m.burns_at.value_or(m.expires_at));
    put(batch, receipt, out, out.expires_at);
    batch.erases.push_back(key_of<TraceRecord>(id));
    batch.erases.push_back(key_of<ReceiptRecord>(id));
    commit(batch);
    vault::Batch gone;
    gone.erases.push_back(key_of<OutboxRecord>(receipt));
    if (last_.size() > 10) {
      const auto& [old, before] = last_.front();
      if (before.burns_at) gone.erases.push_back(key_of<MessageRecord>(old));
      last_.erase(last_.begin());
    }
    commit(gone);
  }

  void pass(double ms) {
    now_ += Millis(static_cast<std::int64_t>(ms));
    vault_->advance_clock(now_);
  }
  void sync() {
    vault_->sync_starting();
    tacet_storage_sync(0);
  }
  bool vault_synced() {
    bool again = false;
    step(ms_of([&] { again = vault_->synced(); }));
    return again;
  }
  [[nodiscard]] bool wants_tidy() const { return vault_->wants_tidy(); }
  bool tidy() {
    bool wrote = false;
    step(ms_of([&] {
      const auto done = vault_->tidy();
      require(done.has_value());
      wrote = *done;
    }));
    return wrote;
  }
  // Of what was done since it was asked last.
  double longest_step() { return steps_.empty() ? 0 : *std::max_element(steps_.begin(), steps_.end()); }
  double most_steps() {  // all but one in a thousand
    const auto at = steps_.begin() + static_cast<std::ptrdiff_t>(steps_.size() * 999 / 1000);
    if (at != steps_.end()) std::nth_element(steps_.begin(), at, steps_.end());
    const double out = at == steps_.end() ? 0 : *at;
    steps_.clear();
    return out;
  }
  [[nodiscard]] double stored() const { return static_cast<double>(vault_->stored_bytes()); }
  [[nodiscard]] double written() const { return files_->written; }
  [[nodiscard]] double committed() const { return committed_; }
  [[nodiscard]] double now() const { return static_cast<double>(to_millis(now_)); }
  void set_now(double ms) { now_ = from_millis(static_cast<std::int64_t>(ms)); }

  // The peer of unlocking: as many bytes, opened by libsodium in pieces of 64 KiB.
  double decrypt(double bytes) {
    const auto aead_key = random_.draw<crypto::AeadKey>();
    const auto nonce = random_.draw<crypto::AeadNonce>();
    const ByteVector plain(64 * 1024);
    ByteVector sealed(plain.size());
    const auto tag = crypto::aead_encrypt(aead_key, nonce, plain, {}, sealed);
    ByteVector out(plain.size());
    return ms_of([&] {
      for (double done = 0; done < bytes; done += static_cast<double>(plain.size())) {
        require(crypto::aead_decrypt(aead_key, nonce, sealed, {}, tag, out));
      }
    });
  }

 private:
  static SecretVector passphrase() { return SecretVector(12, 'p'); }
  static vault::StretchedKey key() { return {}; }

  template <class Record, class Id>
  static vault::RecordKey key_of(const Id& id) {
    return {static_cast<std::uint8_t>(Record::kKind), record_id(id)};
  }
  template <class Record, class Id>
  static void put(vault::Batch& batch, const Id& id, const Record& record, std::optional<Time> dies = {}) {
    batch.puts.push_back({key_of<Record>(id), encode_record(record), dies, always_readable(Record::kKind)});
  }
  // What is committed, as the sealed groups that have to be written once.
  void commit(const vault::Batch& batch) {
    const double before = files_->written;
    require(vault_->commit(batch).has_value());
    committed_ += files_->written - before;
  }
  void tell(Event event) {
    for (Effect& effect : messenger_->handle(std::move(event), now_)) {
      if (const auto* stretch = std::get_if<Stretch>(&effect)) stretch_ = stretch->ticket;
      if (const auto* sync = std::get_if<Sync>(&effect))
        tacet_storage_sync(static_cast<double>(sync->ticket));
    }
  }
  void give_key() { tell(Stretched{std::exchange(stretch_, 0), key()}); }
  void step(double ms) { steps_.push_back(static_cast<float>(ms)); }
  std::uint32_t below(std::uint32_t limit) {
    chance_ = chance_ * 1664525 + 1013904223;
    return (chance_ >> 8) % limit;
  }

  crypto::SystemRandom random_;
  std::unique_ptr<CountingFiles> files_;
  std::unique_ptr<Messenger> messenger_;
  std::unique_ptr<vault::Vault> vault_;
  Time now_ = from_millis(1'800'000'000'000);
  Ticket stretch_ = 0;
  std::vector<Friend> friends_;
  std::vector<std::pair<MessageId, MessageRecord>> last_;
  std::uint64_t number_ = 0;
  std::size_t talking_ = 0;
  std::uint32_t chance_ = 1;
  std::vector<float> steps_;
  double committed_ = 0;
};

Bench bench;

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE void tacet_on_storage(int state) {
  if (state == 0) bench.storage_answered();
  answer("storage", 0, state);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_synced(double ticket, int outcome) {
  if (ticket != 0) bench.synced(static_cast<Ticket>(ticket), outcome == 0);
  answer("synced", ticket, outcome);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_taken() {
  std::abort();
}

EMSCRIPTEN_KEEPALIVE void open_storage() {
  tacet_storage_open(kFolder);
}
EMSCRIPTEN_KEEPALIVE void start_messenger() {
  bench.start();
}
EMSCRIPTEN_KEEPALIVE void create() {
  bench.create();
}
EMSCRIPTEN_KEEPALIVE void confirm_code() {
  bench.confirm();
}
EMSCRIPTEN_KEEPALIVE double unlock() {
  return bench.unlock();
}
EMSCRIPTEN_KEEPALIVE double time_passes() {
  return bench.time_passes();
}
EMSCRIPTEN_KEEPALIVE double messages() {
  return static_cast<double>(bench.messages());
}
EMSCRIPTEN_KEEPALIVE int saving() {
  return bench.view().saving ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE void open_vault() {
  bench.open_vault();
}
EMSCRIPTEN_KEEPALIVE void close_vault() {
  bench.close_vault();
}
EMSCRIPTEN_KEEPALIVE void befriend() {
  bench.befriend();
}
EMSCRIPTEN_KEEPALIVE void receive() {
  bench.receive();
}
EMSCRIPTEN_KEEPALIVE void show() {
  bench.show();
}
EMSCRIPTEN_KEEPALIVE void pass(double ms) {
  bench.pass(ms);
}
EMSCRIPTEN_KEEPALIVE void sync_vault() {
  bench.sync();
}
EMSCRIPTEN_KEEPALIVE int vault_synced() {
  return bench.vault_synced() ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE int wants_tidy() {
  return bench.wants_tidy() ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE int tidy() {
  return bench.tidy() ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE double longest_step() {
  return bench.longest_step();
}
EMSCRIPTEN_KEEPALIVE double most_steps() {
  return bench.most_steps();
}
EMSCRIPTEN_KEEPALIVE double stored() {
  return bench.stored();
}
EMSCRIPTEN_KEEPALIVE double written() {
  return bench.written();
}
EMSCRIPTEN_KEEPALIVE double committed() {
  return bench.committed();
}
EMSCRIPTEN_KEEPALIVE double clock_now() {
  return bench.now();
}
EMSCRIPTEN_KEEPALIVE void set_clock(double ms) {
  bench.set_now(ms);
}
EMSCRIPTEN_KEEPALIVE double heap_bytes() {
  return static_cast<double>(emscripten_get_heap_size());
}
EMSCRIPTEN_KEEPALIVE double decrypt(double bytes) {
  return bench.decrypt(bytes);
}

}  // extern "C"

int main() {
  return 0;
}
