// Backups: what is in the file, what becomes of it elsewhere, and how the others notice.
#include "client/backup.h"

#include "client/world.h"
#include "crypto/hash.h"

using namespace tacet;
using namespace tacet::test;

using Texts = std::vector<std::string>;

namespace {

struct Pair {
  explicit Pair(std::uint64_t seed) : world(seed), ada(world.person("Ada")), bob(world.person("Bob")) {
    ada.set_up();
    bob.set_up();
    world.befriend(ada, bob);
  }
  ByteVector back_up(bool history = true, std::string_view with = "correct horse") {
    ada.tell(MakeBackup{secret(with), history});
    REQUIRE(world.run_until([&] { return ada.view().work.state != WorkView::State::working; }));
    REQUIRE(ada.view().work.state == WorkView::State::done);
    return ada.backup;
  }
  void lose_ada() {
    ada.close();
    ada.disk = Disk();
  }
  // Ada, on a new disk.
  void restore(const ByteVector& file, std::string_view with = "correct horse",
               std::string_view passphrase = "") {
    ada.start();
    ada.tell(RestoreBackup{file, secret(with), secret(passphrase)});
    REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
    ada.tell(ConfirmRecoveryCode{std::string(as_text(ada.view().recovery_code))});
    REQUIRE(ada.view().phase == Phase::open);
  }
  [[nodiscard]] bool heard(const Person& person, const std::string& text) {
    return world.run_until([&] {
      const Texts all = person.texts(false);
      return std::find(all.begin(), all.end(), text) != all.end();
    });
  }
  World world;
  Person& ada;
  Person& bob;
};

std::vector<vault::BackupRecord> records_of(const ByteVector& file) {
  auto reader = vault::BackupReader::parse(file);
  REQUIRE(reader);
  const crypto::Hash key = crypto::blake2b(secret("correct horse"), reader->stretching().salt);
  REQUIRE(reader->unlock(*vault::StretchedKey::from(key.view())));
  std::vector<vault::BackupRecord> out;
  while (reader->more()) {
    auto records = reader->next();
    REQUIRE(records);
    out.insert(out.end(), records->begin(), records->end());
  }
  return out;
}

std::size_t count(const std::vector<vault::BackupRecord>& records, Kind kind) {
  return static_cast<std::size_t>(std::count_if(records.begin(), records.end(), [&](const auto& record) {
    return record.key.kind == static_cast<std::uint8_t>(kind);
  }));
}

std::optional<Problem> refusal(Pair& p, const ByteVector& file, std::string_view typed,
                               std::string_view passphrase = "") {
  Person& carol = p.world.person("Carol");
  carol.start();
  carol.tell(RestoreBackup{file, secret(typed), secret(passphrase)});
  REQUIRE(p.world.run_until([&] { return carol.view().phase == Phase::welcome; }));
  CHECK(carol.disk.files.empty());
  return carol.view().problem;
}

}  // namespace

TEST_CASE("who loses the device restores a backup elsewhere, and both talk on as before") {
  Pair p(200);
  p.ada.tell(MarkVerified{p.ada.talk()->contact, true});
  p.ada.say("before");
  REQUIRE(p.heard(p.bob, "before"));
  p.bob.say("answer");
  REQUIRE(p.heard(p.ada, "answer"));
  p.ada.look();
  p.world.run_for(Seconds(30));
  const ByteVector file = p.back_up();
  const Fingerprint who = p.ada.view().my_fingerprint;
  p.ada.say("after the backup");
  REQUIRE(p.heard(p.bob, "after the backup"));
  p.world.run_for(Seconds(30));
  p.lose_ada();
  p.bob.say("on its way");  // sealed for a session that nobody has any more
  p.world.run_for(Minutes(5));

  p.restore(file);
  CHECK(p.ada.view().my_fingerprint == who);
  CHECK(p.ada.view().my_name == "Ada");
  CHECK(p.ada.talk()->verified);
  CHECK(p.ada.has_notice(Problem::restored_here));
  REQUIRE(p.heard(p.ada, "on its way"));
  CHECK(p.ada.texts(false) == Texts{"it is Bob", "answer", "on its way"});
  CHECK(p.ada.texts(true) == Texts{"before"});
  CHECK_FALSE(p.ada.has_notice(Problem::restored_here));
  CHECK_FALSE(p.ada.has_notice(Problem::envelope_unreadable));
  CHECK(p.bob.has_notice(Problem::contact_restored));
  CHECK_FALSE(p.bob.has_notice(Problem::session_broken));
  CHECK_FALSE(p.bob.has_notice(Problem::identity_changed));

  p.ada.say("here again");
  p.bob.say("good");
  REQUIRE(p.heard(p.bob, "here again"));
  REQUIRE(p.heard(p.ada, "good"));
  CHECK(p.bob.texts(false) == Texts{"before", "after the backup", "here again"});
  const auto all_delivered = [](const Person& person) {
    const auto& all = person.talk()->messages;
    return std::all_of(all.begin(), all.end(), [](const MessageView& message) {
      return !message.mine || message.delivery >= Delivery::delivered;
    });
  };
  CHECK(p.world.run_until([&] { return all_delivered(p.ada) && all_delivered(p.bob); }));
}

TEST_CASE("a backup holds no session, no prekey and nothing that is on its way") {
  Pair p(201);
  p.world.stop();
  p.ada.say("waits");
  p.world.run_for(Seconds(5));
  const auto records = records_of(p.back_up());
  for (const auto& record : records) {
    const auto kind = static_cast<Kind>(record.key.kind);
    const bool fits = kind == Kind::backup || kind == Kind::account || kind == Kind::contact ||
                      kind == Kind::mailbox || kind == Kind::blocked || kind == Kind::former ||
                      kind == Kind::invitation || kind == Kind::seen || kind == Kind::message ||
                      kind == Kind::trace;
    CHECK(fits);
  }
  CHECK(count(records, Kind::account) == 1);
  CHECK(count(records, Kind::contact) == 1);
  CHECK(count(records, Kind::message) == 2);
  CHECK(count(records_of(p.back_up(false)), Kind::message) == 0);
}

TEST_CASE("a backup made with the recovery code opens with it, and asks for a passphrase") {
  World world(202);
  Person& ada = world.person("Ada");
  ada.start();
  ada.tell(CreateVault{secret("correct horse")});
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
  const std::string code(as_text(ada.view().recovery_code));
  ada.tell(ConfirmRecoveryCode{code});
  ada.tell(MakeBackup{secret(code), true});
  REQUIRE(world.run_until([&] { return ada.view().work.state == WorkView::State::done; }));
  const ByteVector file = ada.backup;
  ada.close();
  ada.disk = Disk();
  ada.start();
  ada.tell(RestoreBackup{file, secret(code), {}});
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::welcome; }));
  CHECK(ada.view().problem == Problem::backup_needs_passphrase);
  ada.tell(RestoreBackup{file, secret(code), secret("new horse")});
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
  CHECK(as_text(ada.view().recovery_code) != code);
  ada.tell(ConfirmRecoveryCode{std::string(as_text(ada.view().recovery_code))});
  world.run_for(Seconds(5));
  ada.close();
  ada.start();
  ada.unlock("new horse");
  CHECK(world.run_until([&] { return ada.open(); }));
}

TEST_CASE("what is wrong with a backup is told apart, and nothing is made of it") {
  Pair p(203);
  const ByteVector file = p.back_up();
  CHECK(refusal(p, file, "wrong horse") == Problem::backup_wrong_passphrase);
  CHECK(refusal(p, file, "correct horse", "short") == Problem::passphrase_too_short);
  CHECK(refusal(p, {file.begin(), file.end() - 1}, "correct horse") == Problem::backup_truncated);
  CHECK(refusal(p, ByteVector(500, 'x'), "correct horse") == Problem::backup_not_one);
  ByteVector flipped = file;
  flipped[flipped.size() / 2] ^= 1;
  CHECK(refusal(p, flipped, "correct horse") == Problem::backup_damaged);
  Person& full = p.world.person("Carol");
  full.start();
  full.disk.refuses = vault::FileError::no_space;
  full.tell(RestoreBackup{file, secret("correct horse"), {}});
  REQUIRE(p.world.run_until([&] { return full.view().phase == Phase::welcome; }));
  CHECK(full.view().problem == Problem::storage_full);
  CHECK(full.disk.files.empty());
}

TEST_CASE("a wrong passphrase makes no backup") {
  Pair p(204);
  p.ada.tell(MakeBackup{secret("wrong horse"), true});
  REQUIRE(p.world.run_until([&] { return p.ada.view().work.state == WorkView::State::failed; }));
  CHECK(p.ada.view().work.problem == Problem::wrong_passphrase);
  CHECK(p.ada.backup.empty());
}

TEST_CASE("what ends after the backup is not in the restored vault, and what was read burns on") {
  Pair p(205);
  p.bob.say("short", Clocks{Minutes(10), Seconds(0)});
  p.bob.say("burning", Clocks{Days(1), Minutes(30)});
  p.bob.say("long", Clocks{Days(1), Seconds(0)});
  REQUIRE(p.heard(p.ada, "long"));
  p.ada.look();
  p.world.run_for(Seconds(30));
  const ByteVector file = p.back_up();
  p.lose_ada();
  p.world.run_for(Minutes(15));
  p.restore(file);
  CHECK(p.ada.texts(false) == Texts{"it is Bob", "burning", "long"});
  p.world.run_for(Minutes(20));
  CHECK(p.ada.texts(false) == Texts{"it is Bob", "long"});
}

TEST_CASE("cut off anywhere, a restore leaves no vault or the restored one") {
  for (const Crash kind : {Crash::drops, Crash::keeps, Crash::tears}) {
    Pair p(206);
    p.ada.say("before");
    p.world.run_for(Seconds(30));
    const ByteVector file = p.back_up();
    const Fingerprint who = p.ada.view().my_fingerprint;
    p.lose_ada();
    std::size_t restored = 0;
    std::size_t absent = 0;
    for (std::size_t step = 0; step < 14; ++step) {
      INFO("step ", step);
      Person& spare = p.world.person("Ada");
      spare.start();
      bool died = false;
      spare.crash_kind = kind;
      spare.crash_at = spare.effects_done + step;
      spare.after_crash = [&] { died = true; };
      spare.tell(RestoreBackup{file, secret("correct horse"), {}});
      (void)p.world.run_until([&] { return died || spare.view().phase == Phase::recovery; }, Seconds(20));
      p.world.run_for(Millis(1));
      if (!died) spare.crash(kind);
      spare.crash_at.reset();
      spare.start();
      if (spare.view().phase == Phase::welcome) {
        ++absent;
        continue;
      }
      ++restored;
      REQUIRE(spare.view().phase == Phase::locked);
      spare.unlock();
      REQUIRE(p.world.run_until([&] { return spare.view().phase == Phase::recovery; }));
      CHECK(spare.view().my_fingerprint == who);
      CHECK(spare.texts(true) == Texts{"before"});
      spare.close();
    }
    CHECK(absent > 3);
    CHECK(restored > (kind == Crash::drops ? 0 : 1));
  }
}

TEST_CASE("an old backup finds a contact whose session was renewed since") {
  Pair p(207);
  const ByteVector file = p.back_up();
  for (int i = 0; i < 2; ++i) p.world.sleep(Days(50));  // long enough for a new session
  p.ada.say("newer");
  REQUIRE(p.heard(p.bob, "newer"));
  p.lose_ada();
  p.bob.say("on its way");
  p.world.run_for(Minutes(1));
  p.restore(file);
  REQUIRE(p.heard(p.ada, "on its way"));
  p.ada.say("here again");
  REQUIRE(p.heard(p.bob, "here again"));
  p.bob.say("good");
  REQUIRE(p.heard(p.ada, "good"));
  CHECK_FALSE(p.bob.has_notice(Problem::session_broken));
}

TEST_CASE("both come back from a backup at once and talk on") {
  Pair p(208);
  const ByteVector adas = p.back_up();
  p.bob.tell(MakeBackup{secret("correct horse"), true});
  REQUIRE(p.world.run_until([&] { return p.bob.view().work.state == WorkView::State::done; }));
  const ByteVector bobs = p.bob.backup;
  p.lose_ada();
  p.bob.close();
  p.bob.disk = Disk();
  p.world.run_for(Minutes(1));
  p.restore(adas);
  p.bob.start();
  p.bob.tell(RestoreBackup{bobs, secret("correct horse"), {}});
  REQUIRE(p.world.run_until([&] { return p.bob.view().phase == Phase::recovery; }));
  p.bob.tell(ConfirmRecoveryCode{std::string(as_text(p.bob.view().recovery_code))});
  // Whoever came first has fetched prekeys that the other no longer has, and tries again.
  p.ada.say("from Ada");
  p.bob.say("from Bob");
  CHECK(p.world.run_until([&] { return p.heard(p.bob, "from Ada") && p.heard(p.ada, "from Bob"); }));
}

TEST_CASE("a request that was answered after the backup is found again through a new invitation") {
  World world(209);
  Person& ada = world.person("Ada");
  Person& bob = world.person("Bob");
  ada.set_up();
  bob.set_up();
  ada.open(bob.invite());
  ada.introduce("it is Ada");
  world.run_for(Seconds(10));
  ada.tell(MakeBackup{secret("correct horse"), true});
  REQUIRE(world.run_until([&] { return ada.view().work.state == WorkView::State::done; }));
  bob.accept();
  REQUIRE(world.run_until([&] { return ada.talk()->state == ContactState::accepted; }));
  world.run_for(Minutes(1));
  ada.close();
  ada.disk = Disk();
  ada.start();
  ada.tell(RestoreBackup{ada.backup, secret("correct horse"), {}});
  REQUIRE(world.run_until([&] { return ada.view().phase == Phase::recovery; }));
  ada.tell(ConfirmRecoveryCode{std::string(as_text(ada.view().recovery_code))});
  REQUIRE(world.run_until([&] { return ada.talk()->problem.has_value(); }));
  CHECK(ada.talk()->problem == Problem::mailbox_gone);

  ada.tell(OpenInvitation{bob.invite()});
  CHECK_FALSE(ada.view().opening.has_value());
  REQUIRE(world.run_until([&] { return ada.talk()->state == ContactState::accepted; }));
  CHECK_FALSE(ada.talk()->problem.has_value());
  CHECK(bob.view().conversations.size() == 1);
  ada.say("found");
  bob.say("at last");
  CHECK(world.run_until([&] {
    return bob.texts(false) == Texts{"it is Ada", "found"} && ada.texts(false) == Texts{"at last"};
  }));
}

TEST_CASE("while the old device still runs, nothing is lost between the two") {
  Pair p(210);
  const ByteVector file = p.back_up();
  Person& heir = p.world.person("Ada");
  heir.start();
  heir.tell(RestoreBackup{file, secret("correct horse"), {}});
  REQUIRE(p.world.run_until([&] { return heir.view().phase == Phase::recovery; }));
  heir.tell(ConfirmRecoveryCode{std::string(as_text(heir.view().recovery_code))});
  p.world.run_for(Minutes(2));
  p.ada.say("from the old one");
  REQUIRE(p.heard(p.bob, "from the old one"));
  for (int i = 0; i < 5; ++i) {
    p.bob.say("said " + std::to_string(i));
    p.world.run_for(Minutes(1));
  }
  p.world.run_for(Hours(1));
  p.ada.close();
  REQUIRE(p.world.run_until(
      [&] {
        return heir.texts(false) == Texts{"it is Bob", "said 0", "said 1", "said 2", "said 3", "said 4"};
      },
      Hours(14)));
  heir.say("from the new one");
  REQUIRE(p.heard(p.bob, "from the new one"));
}

TEST_CASE("what was read and has burnt before a backup does not come back when its receipts were lost") {
  Pair p(211);
  p.bob.say("burnt", Clocks{Days(5), Seconds(5)});
  REQUIRE(p.heard(p.ada, "burnt"));
  p.world.stop();  // no receipt leaves
  p.ada.look();
  p.world.run_for(Minutes(1));
  CHECK(p.ada.texts(false) == Texts{"it is Bob"});
  const ByteVector file = p.back_up(false);
  p.lose_ada();
  p.world.restart();
  p.world.run_for(Minutes(10));
  p.restore(file);
  p.bob.say("new");
  REQUIRE(p.heard(p.ada, "new"));
  p.world.run_for(Hours(13));
  CHECK(p.ada.texts(false) == Texts{"new"});
  const auto& all = p.bob.talk()->messages;
  CHECK(std::all_of(all.begin(), all.end(), [](const MessageView& message) {
    return !message.mine || message.delivery >= Delivery::delivered;
  }));
}
