#include "client/world.h"

#include "crypto/hash.h"

namespace tacet::test {
namespace {

constexpr Millis kSyncTime{5};

}  // namespace

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void SeededRandom::fill(MutableByteView out) {
  for (Byte& b : out) b = static_cast<Byte>(next());
}

// ---- Disk

void Blob::append(ByteView bytes) {
  if (bytes_->size() != size_) assign(view());
  bytes_->insert(bytes_->end(), bytes.begin(), bytes.end());
  size_ = bytes_->size();
}

void Blob::assign(ByteView bytes) {
  bytes_ = std::make_shared<ByteVector>(bytes.begin(), bytes.end());
  size_ = bytes_->size();
}

Result<std::vector<std::string>, vault::FileError> Disk::list() {
  std::vector<std::string> out;
  for (const auto& [name, bytes] : files) out.push_back(name);
  return out;
}

Result<std::uint64_t, vault::FileError> Disk::size(std::string_view name) {
  const auto found = files.find(name);
  if (found == files.end()) return unexpected(vault::FileError::not_found);
  return found->second.size();
}

Result<ByteVector, vault::FileError> Disk::read(std::string_view name, std::uint64_t offset,
                                                std::size_t length) {
  const auto found = files.find(name);
  if (found == files.end()) return unexpected(vault::FileError::not_found);
  const ByteView bytes = found->second.view();
  const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes.size()));
  const ByteView part = bytes.subspan(from, std::min(length, bytes.size() - from));
  return ByteVector(part.begin(), part.end());
}

Result<void, vault::FileError> Disk::append(std::string_view name, ByteView bytes) {
  if (refuses) return unexpected(*refuses);
  files[std::string(name)].append(bytes);
  return {};
}

Result<void, vault::FileError> Disk::replace(std::string_view name, ByteView bytes) {
  if (refuses) return unexpected(*refuses);
  files[std::string(name)].assign(bytes);
  return {};
}

Result<void, vault::FileError> Disk::remove(std::string_view name) {
  if (refuses) return unexpected(*refuses);
  if (const auto found = files.find(name); found != files.end()) files.erase(found);
  return {};
}

void Disk::crash_torn(SeededRandom& random) {
  Content left;
  for (auto& [name, blob] : files) {
    const auto before = durable.find(name);
    if (before != durable.end() && blob.grown_from(before->second)) {
      blob.cut(before->second.size() + random.below(blob.size() - before->second.size() + 1));
      left[name] = blob;
    } else if (random.below(2) == 0) {
      left[name] = blob;
    } else if (before != durable.end()) {
      left[name] = before->second;
    }
  }
  for (const auto& [name, blob] : durable) {
    if (!files.contains(name) && random.below(2) == 0) left[name] = blob;  // removed, or not yet
  }
  files = durable = left;
}

// ---- Person

Person::Person(World& world, std::string who, std::uint64_t seed, RelayAddress home)
    : name(std::move(who)), world_(world), random_(seed), home_(std::move(home)) {}

void Person::start() {
  ++life_;
  dying_ = false;
  wake_ = Time::max();
  Config config;
  config.home_relay = home_;
  config.link_base = "https://tacet.test/";
  config.stretching.memory_kib = vault::Stretching::kFloorKib;
  config.stretching.passes = vault::Stretching::kFloorPasses;
  messenger_ = std::make_unique<Messenger>(std::move(config), random_, disk);
  tell(Started{});
}

void Person::hang_up_all() {
  for (const Wire& wire : wires_) {
    world_.relay(wire.relay.c_str()).disconnect(wire.number);
    world_.owners_.erase(wire.number);
  }
  wires_.clear();
}

void Person::crash(Crash kind) {
  if (running() && world_.watcher) world_.watcher->before_event(*this);
  ++life_;
  ++world_.crashes;
  if (world_.watcher) world_.watcher->gone(*this, false);
  messenger_.reset();
  hang_up_all();
  if (kind == Crash::drops) disk.crash();
  if (kind == Crash::keeps) disk.crash_kindly();
  if (kind == Crash::tears) disk.crash_torn(world_.random());
}

void Person::close() {
  if (running() && world_.watcher) {
    world_.watcher->before_event(*this);
    world_.watcher->gone(*this, true);
  }
  ++life_;
  messenger_.reset();
  hang_up_all();
  disk.crash_kindly();
}

void Person::unlock(std::string_view passphrase) {
  tell(Unlock{secret(passphrase)});
}

std::unique_ptr<vault::Vault> Person::open_vault() {
  REQUIRE_FALSE(running());
  const auto stretching = vault::stretching_of(disk);
  REQUIRE(stretching);
  const crypto::Hash key = crypto::blake2b(secret("correct horse"), stretching->salt);
  auto opened = vault::open(disk, random_, *vault::StretchedKey::from(key.view()), world_.now());
  REQUIRE(opened);
  return std::move(*opened);
}

void Person::tell(Event event) {
  if (!running()) return;
  if (world_.watcher) world_.watcher->before_event(*this);
  ++world_.events;
  const std::uint64_t life = life_;
  Effects effects = messenger_->handle(std::move(event), world_.now() + clock_error);
  for (Effect& effect : effects) {
    if (life != life_) return;
    if (crash_at && effects_done++ == *crash_at) {
      crash_at.reset();
      // Dead from here on, but not while the messenger is on the stack.
      ++life_;
      dying_ = true;
      const std::uint64_t dead = life_;
      world_.at(world_.now(), [this, dead] {
        if (dead != life_) return;
        crash(crash_kind);
        if (after_crash) return after_crash();
        start();
        unlock();
      });
      return;
    }
    carry_out(std::move(effect));
  }
}

void Person::carry_out(Effect effect) {
  const std::uint64_t life = life_;
  const auto later = [this, life](Millis delay, Event event) {
    auto shared = std::make_shared<Event>(std::move(event));
    world_.at(world_.now() + delay, [this, life, shared] {
      if (life == life_) tell(std::move(*shared));
    });
  };
  if (auto* stretch = std::get_if<Stretch>(&effect)) {
    const crypto::Hash key = crypto::blake2b(stretch->passphrase, stretch->stretching.salt);
    auto stretched = short_of_memory ? std::nullopt : vault::StretchedKey::from(key.view());
    later(Millis(300), Stretched{stretch->ticket, std::move(stretched)});
  } else if (auto* sync = std::get_if<Sync>(&effect)) {
    auto snapshot = std::make_shared<Disk::Content>(disk.files);
    auto failure = disk.refuses;
    if (sync_failures_percent > 0 && world_.random().below(100) < sync_failures_percent)
      failure = vault::FileError::failed;
    world_.at(world_.now() + kSyncTime,
              [this, life, snapshot, failure, begun = world_.events, ticket = sync->ticket] {
                if (life != life_) return;
                const auto refused = disk.refuses ? disk.refuses : failure;
                if (!refused) {
                  if (!disk.forgets_syncs) disk.durable = *snapshot;
                  if (world_.watcher) world_.watcher->synced(*this, begun);
                }
                tell(Synced{ticket, refused});
              });
  } else if (auto* connect = std::get_if<Connect>(&effect)) {
    const std::string url = connect->address.url();
    if (world_.is_cut(*this, url)) return;  // no answer, ever
    ModelRelay& relay = world_.relay(url.c_str());
    if (!relay.up) return later(Millis(10), Disconnected{connect->connection});
    const auto number = world_.next_connection_++;
    wires_.push_back({url, number, connect->connection, {}, false});
    world_.owners_[number] = this;
    later(Millis(5), Connected{connect->connection});
    world_.at(world_.now() + Millis(6), [this, life, url, number] {
      if (life == life_ && world_.owners_.contains(number))
        world_.relay(url.c_str()).connect(number, world_.now());
    });
  } else if (auto* transmit = std::get_if<Transmit>(&effect)) {
    for (const Wire& wire : wires_) {
      if (wire.id == transmit->connection && !wire.hangs)
        world_.to_relay(wire.relay, wire.number, std::move(transmit->block));
    }
  } else if (auto* hangup = std::get_if<Hangup>(&effect)) {
    std::erase_if(wires_, [&](const Wire& wire) {
      if (wire.id != hangup->connection) return false;
      world_.relay(wire.relay.c_str()).disconnect(wire.number);
      world_.owners_.erase(wire.number);
      return true;
    });
  } else if (auto* save = std::get_if<SaveBackup>(&effect)) {
    backup = std::move(save->file);
  } else if (const auto* ask = std::get_if<AskSecurityKey>(&effect)) {
    SecurityKeyAnswered answer{ask->ticket, security_key, {}, Problem::security_key_refused};
    if (ask->make && security_key)
      answer.credential = ByteVector(as_bytes(name).begin(), as_bytes(name).end());
    later(Seconds(2), std::move(answer));
  } else if (auto* keep = std::get_if<KeepSecurityKey>(&effect)) {
    credential = std::move(keep->credential);
  } else if (auto* wake = std::get_if<WakeAt>(&effect)) {
    wake_ = wake->at;
    world_.at(std::max(wake->at - clock_error, world_.now()), [this, life, at = wake->at] {
      if (life == life_ && wake_ == at) tell(TimePassed{});
    });
  } else if (std::holds_alternative<Attention>(effect)) {
    ++attention;
  } else if (std::holds_alternative<Redraw>(effect)) {
    if (world_.watcher) world_.watcher->drawn(*this);
  }
}

void Person::set_up() {
  start();
  tell(CreateVault{secret("correct horse")});
  REQUIRE(world_.run_until([&] { return view().phase == Phase::recovery; }));
  tell(ConfirmRecoveryCode{std::string(as_text(view().recovery_code))});
  tell(SetMyName{name});
  REQUIRE(view().phase == Phase::open);
}

std::string Person::invite(std::uint32_t uses) {
  tell(MakeInvitation{"from " + name, uses, Days(7)});
  REQUIRE(world_.run_until([&] { return view().invitations.at(0).ready; }));
  return view().invitations.at(0).link;
}

void Person::open(const std::string& link) {
  tell(OpenInvitation{link});
  REQUIRE(world_.run_until([&] { return view().opening->state != OpeningView::State::fetching; }));
}

void Person::introduce(const std::string& text) {
  REQUIRE(view().opening->state == OpeningView::State::ready);
  tell(Introduce{text});
}

void Person::accept() {
  const auto request = [&]() -> const ConversationView* {
    for (const auto& conversation : view().conversations) {
      if (conversation.state == ContactState::request_received) return &conversation;
    }
    return nullptr;
  };
  REQUIRE(world_.run_until([&] { return request() != nullptr; }));
  tell(AcceptRequest{request()->contact});
}

void Person::say(const std::string& text, std::optional<Clocks> clocks) {
  REQUIRE(talk());
  tell(SendText{talk()->contact, text, clocks});
}

void Person::look() {
  if (!talk()) return;
  Shown shown{talk()->contact, {}};
  for (const MessageView& message : talk()->messages) {
    if (!message.mine) shown.messages.push_back(message.id);
  }
  tell(std::move(shown));
}

const ConversationView* Person::talk(std::size_t i) const {
  const auto& all = view().conversations;
  return i < all.size() ? &all[i] : nullptr;
}

std::vector<std::string> Person::texts(bool mine) const {
  std::vector<std::string> out;
  for (const auto& conversation : view().conversations) {
    for (const MessageView& message : conversation.messages) {
      if (message.mine != mine) continue;
      const bool expired = message.kind == MessageKind::expired_unread;
      out.push_back(expired ? "†" : std::string(as_text(message.text)));
    }
  }
  return out;
}

std::uint32_t Person::notice_count(Problem problem) const {
  for (const NoticeView& notice : view().notices) {
    if (notice.problem == problem) return std::max(notice.count, 1U);
  }
  return 0;
}

bool Person::has_notice(Problem problem) const {
  return notice_count(problem) > 0;
}

// ---- World

World::World(std::uint64_t seed) : seed_(seed), random_(seed) {
  MESSAGE("seed ", seed_);
}

Person& World::person(const std::string& name, const char* relay_url) {
  relay(relay_url);
  people_.push_back(std::make_unique<Person>(*this, name, random_.next(), *RelayAddress::parse(relay_url)));
  return *people_.back();
}

ModelRelay& World::relay(const char* url) {
  const auto found = relays_.find(url);
  if (found != relays_.end()) return *found->second;
  return add_relay(
      url, std::make_unique<ModelRelay>(*RelayAddress::parse(url), random_,
                                        [this](ModelRelay::Connection connection, const ByteVector& block) {
                                          send_block(connection, block);
                                        }));
}

ModelRelay& World::add_relay(const char* url, std::unique_ptr<ModelRelay> relay) {
  return *(relays_[url] = std::move(relay));
}

void World::at(Time time, std::function<void()> action) {
  queue_.emplace(std::max(time, now_), std::move(action));
}

Person* World::owner(ModelRelay::Connection connection) {
  const auto found = owners_.find(connection);
  return found == owners_.end() ? nullptr : found->second;
}

void World::send_block(ModelRelay::Connection connection, const ByteVector& block,
                       std::function<void(Person&)> arrived) {
  const auto wire_of = [connection](Person& person) -> Person::Wire* {
    for (Person::Wire& wire : person.wires_) {
      if (wire.number == connection) return &wire;
    }
    return nullptr;
  };
  Person* person = owner(connection);
  Person::Wire* wire = person ? wire_of(*person) : nullptr;
  if (!wire || wire->hangs) return;
  wire->last = std::max(wire->last, now_ + latency());
  at(wire->last, [this, wire_of, connection, block, arrived = std::move(arrived)] {
    Person* who = owner(connection);
    const Person::Wire* alive = who ? wire_of(*who) : nullptr;
    if (!alive || alive->hangs || !who->running()) return;
    if (arrived) arrived(*who);
    if (watcher) watcher->block(*who, block);
    who->tell(BlockArrived{alive->id, block});
  });
}

void World::to_relay(const std::string& url, ModelRelay::Connection connection, ByteVector block) {
  at(now_ + Millis(10), [this, url, connection, block = std::move(block)] {
    ModelRelay& target = relay(url.c_str());
    if (target.up && owner(connection)) target.arrived(connection, block, now_);
  });
}

void World::cut(Person& person, const std::string& url, Millis duration) {
  cuts_[{&person, url}] = now_ + duration;
  for (Person::Wire& wire : person.wires_) {
    if (wire.relay == url) wire.hangs = true;
  }
}

void World::mend() {
  cuts_.clear();
}

bool World::is_cut(const Person& person, const std::string& url) const {
  const auto found = cuts_.find({&person, url});
  return found != cuts_.end() && now_ < found->second;
}

void World::stop(const char* url) {
  ModelRelay& target = relay(url);
  target.up = false;
  for (const auto connection : target.connections()) break_connection(connection);
}

void World::restart(const char* url) {
  relay(url).up = true;
}

void World::break_connection(ModelRelay::Connection connection) {
  for (const auto& [url, relay] : relays_) relay->disconnect(connection);
  for (const auto& person : people_) {
    const auto found = std::find_if(person->wires_.begin(), person->wires_.end(),
                                    [&](const auto& wire) { return wire.number == connection; });
    if (found == person->wires_.end()) continue;
    const ConnectionId id = found->id;
    person->wires_.erase(found);
    owners_.erase(connection);
    return person->tell(Disconnected{id});
  }
}

void World::run_for(Millis duration) {
  const Time end = now_ + duration;
  while (!queue_.empty() && queue_.begin()->first <= end) {
    now_ = std::max(now_, queue_.begin()->first);
    const auto action = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    action();
  }
  now_ = end;
}

bool World::run_until(const std::function<bool()>& done, Millis limit) {
  const Time end = now_ + limit;
  while (!done()) {
    if (queue_.empty() || queue_.begin()->first > end) {
      now_ = end;
      return done();
    }
    now_ = std::max(now_, queue_.begin()->first);
    const auto action = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    action();
  }
  return true;
}

void World::sleep(Millis duration) {
  for (const auto& person : people_) person->close();
  run_for(duration);
  for (const auto& person : people_) {
    person->start();
    person->unlock();
    REQUIRE(run_until([&] { return person->view().phase == Phase::open; }));
  }
  run_for(Minutes(1));
}

void World::befriend(Person& inviter, Person& guest) {
  guest.open(inviter.invite());
  guest.introduce("it is " + guest.name);
  inviter.accept();
  REQUIRE(run_until([&] { return guest.talk() && guest.talk()->state == ContactState::accepted; }));
  run_for(Seconds(5));
}

}  // namespace tacet::test
