#include "client/sessions.h"

#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr std::size_t kForksOfABreak = 3;
constexpr Days kSilence{7};
constexpr Days kSupersededKept{30};

}  // namespace

void Sessions::load() {
  p_.journal.load<SessionRecord, ratchet::SessionId>(
      [&](const ratchet::SessionId& id, SessionRecord& record, std::optional<Time>) {
        auto session = ratchet::Session::parse(record.session);
        if (!session || !p_.contacts.find(record.contact)) return p_.journal.erase<SessionRecord>(id);
        record.session = {};
        Entry entry{record, std::move(*session)};
        if (entry.session.maintain(p_.clock.now())) save(entry);
        sessions_[record.contact].push_back(std::move(entry));
      });
}

void Sessions::save(const Entry& entry) {
  SessionRecord record = entry.record;
  record.session = entry.session.serialise();
  p_.journal.put(entry.session.id(), record);
}

bool Sessions::replaces(const Entry& entry, const ratchet::SessionId& other) {
  const auto& all = entry.record.replaces;
  return std::find(all.begin(), all.end(), other) != all.end();
}

std::size_t Sessions::sender(const Entries& entries) {
  const auto replaced = [&](const Entry& entry) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& other) { return replaces(other, entry.session.id()); });
  };
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (replaced(entries[i])) continue;
    if (!best || entries[i].session.id() < entries[*best].session.id()) best = i;
  }
  return best.value_or(0);  // a ring of replacements cannot be made by honest sides; any answer will do
}

std::optional<Sessions::Sealed> Sessions::seal(const ContactId& contact, ByteView content) {
  const auto found = sessions_.find(contact);
  const auto size = ratchet::class_for(content.size());
  if (found == sessions_.end() || !size) return std::nullopt;
  Entry& entry = found->second[sender(found->second)];
  ratchet::Session copy = entry.session;
  auto envelope = copy.send(*size, content, p_.context.random);
  if (!envelope) {
    break_off(entry);
    return std::nullopt;
  }
  entry.session = std::move(copy);
  entry.record.sent = true;
  save(entry);
  return Sealed{std::move(*envelope), entry.session.id()};
}

std::optional<SecretVector> Sessions::open(const ContactId& contact, ByteView wire) {
  const auto found = sessions_.find(contact);
  if (found == sessions_.end()) return std::nullopt;
  for (Entry& entry : found->second) {
    const bool answered = entry.session.answered().has_value();
    auto data = entry.session.receive(wire, p_.clock.now());
    if (data) {
      entry.record.forks.clear();
      entry.record.sent = entry.record.unreadable = false;
      entry.record.heard_at = p_.clock.now();
      save(entry);
      if (!answered) {
        p_.outbox.answered(entry.session.id());
        p_.renewal.heard_on(contact, entry.session.id());
      }
      return std::move(*data);
    }
    if (data.error().fork) count_fork(entry, *data.error().fork);
  }
  return std::nullopt;
}

void Sessions::adopt(const ContactId& contact, ratchet::Session session,
                     std::vector<ratchet::SessionId> replaces) {
  Entry entry{{}, std::move(session)};
  entry.record.contact = contact;
  entry.record.replaces = std::move(replaces);
  entry.record.heard_at = p_.clock.now();
  Entries& entries = sessions_[contact];
  entries.push_back(std::move(entry));
  save(entries.back());
  choose(contact, entries);
}

void Sessions::overrule(const ContactId& contact, const ratchet::SessionId& by,
                        const ratchet::SessionId& loser) {
  Entries& entries = sessions_[contact];
  for (Entry& entry : entries) {
    if (entry.session.id() != by || replaces(entry, loser)) continue;
    entry.record.replaces.push_back(loser);
    save(entry);
  }
  choose(contact, entries);
}

void Sessions::let_both(const ContactId& contact, const ratchet::SessionId& by,
                        const ratchet::SessionId& loser) {
  Entries& entries = sessions_[contact];
  for (Entry& entry : entries) {
    if (entry.session.id() != by || std::erase(entry.record.replaces, loser) == 0) continue;
    save(entry);
  }
  choose(contact, entries);
}

std::vector<ratchet::SessionId> Sessions::ids(const ContactId& contact) const {
  std::vector<ratchet::SessionId> out;
  const auto found = sessions_.find(contact);
  if (found == sessions_.end()) return out;
  for (const Entry& entry : found->second) out.push_back(entry.session.id());
  return out;
}

void Sessions::choose(const ContactId& contact, Entries& entries) {
  const std::size_t chosen = sender(entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = entries[i];
    if ((i == chosen) != entry.record.superseded_at.has_value()) continue;
    entry.record.superseded_at = i == chosen ? std::nullopt : std::optional(p_.clock.now());
    save(entry);
  }
  ContactRecord* record = p_.contacts.find(contact);
  if (record && record->sid != entries[chosen].session.id()) {
    record->sid = entries[chosen].session.id();
    p_.contacts.save(contact);
  }
  p_.renewal.look_again();
}

void Sessions::unreadable(const ContactId& contact) {
  const auto found = sessions_.find(contact);
  if (found == sessions_.end()) return;
  Entry& entry = found->second[sender(found->second)];
  if (entry.record.unreadable) return;
  entry.record.unreadable = true;
  save(entry);
  p_.renewal.look_again();
}

void Sessions::count_fork(Entry& entry, const crypto::Hash& fork) {
  auto& forks = entry.record.forks;
  if (entry.record.broken || std::find(forks.begin(), forks.end(), fork) != forks.end()) return;
  forks.push_back(fork);
  if (forks.size() >= kForksOfABreak) return break_off(entry);
  save(entry);
}

void Sessions::break_off(Entry& entry) {
  if (entry.record.broken) return;
  entry.record.broken = true;
  save(entry);
  if (!entry.record.superseded_at) p_.notices.raise(Problem::session_broken, entry.record.contact);
  p_.renewal.look_again();
}

bool Sessions::heard_since(const ContactId& contact, Time time) const {
  const auto found = sessions_.find(contact);
  return found != sessions_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const Entry& entry) {
           return entry.session.answered() && entry.record.heard_at > time;
         });
}

Sessions::Health Sessions::health(const ContactId& contact) const {
  const auto found = sessions_.find(contact);
  if (found == sessions_.end()) return Health::none;
  const Entry& entry = found->second[sender(found->second)];
  const SessionRecord& record = entry.record;
  const bool silent = record.sent && record.unreadable && p_.clock.now() >= record.heard_at + kSilence;
  if (record.broken || silent) return Health::broken;
  return entry.session.needs_handshake(p_.clock.now()) ? Health::old : Health::good;
}

void Sessions::forget(const ContactId& contact) {
  const auto found = sessions_.find(contact);
  if (found == sessions_.end()) return;
  for (const Entry& entry : found->second) p_.journal.erase<SessionRecord>(entry.session.id());
  sessions_.erase(found);
}

void Sessions::maintain() {
  const Time now = p_.clock.now();
  for (auto& [contact, entries] : sessions_) {
    std::erase_if(entries, [&](const Entry& entry) {
      const bool over = entry.record.superseded_at && now >= *entry.record.superseded_at + kSupersededKept;
      if (over) p_.journal.erase<SessionRecord>(entry.session.id());
      return over;
    });
    for (Entry& entry : entries) {
      if (entry.session.maintain(now)) save(entry);
      const bool loud = health(contact) == Health::broken && !entry.record.superseded_at;
      if (loud) break_off(entry);
    }
  }
  p_.renewal.look_again();
}

}  // namespace tacet::client
