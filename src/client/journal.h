// The one way to the disk: collects what belongs together, commits it at the end of the event, asks for a
// Sync, and holds back what must not happen before it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>

#include "client/context.h"
#include "client/event.h"
#include "client/records.h"

namespace tacet::client {

class Journal {
 public:
  // `in_memory`: nothing to wait for, a commit is as good as durable.
  Journal(Context& context, vault::Vault& vault, bool in_memory)
      : context_(context), vault_(vault), in_memory_(in_memory) {}

  template <class Record, class Id>
  void put(const Id& id, const Record& record, std::optional<Time> dies = {}) {
    const vault::RecordKey key = key_of<Record>(id);
    pending_[key] = vault::Put{key, encode_record(record), dies, always_readable(Record::kKind)};
  }
  template <class Record, class Id>
  void erase(const Id& id) {
    pending_[key_of<Record>(id)] = std::nullopt;
  }
  template <class Record, class Id>
  [[nodiscard]] std::optional<Record> read(const Id& id) const {
    const auto found = pending_.find(key_of<Record>(id));
    if (found != pending_.end()) {
      return found->second ? decode_record<Record>(found->second->value) : std::nullopt;
    }
    const auto value = vault_.read(key_of<Record>(id));
    return value ? decode_record<Record>(*value) : std::nullopt;
  }
  // Erases what has expired of a kind.
  template <class Record>
  void sweep() {
    for (const vault::RecordKey& key : vault_.expired(static_cast<std::uint8_t>(Record::kKind))) {
      pending_[key] = std::nullopt;
    }
  }
  // Every record of a kind that is not over, the latest written last, without reading any.
  template <class Record>
  [[nodiscard]] std::vector<vault::RecordInfo> list() {
    std::vector<vault::RecordInfo> out = vault_.records(static_cast<std::uint8_t>(Record::kKind));
    const auto over = [this](const vault::RecordInfo& info) {
      return info.expires_at && *info.expires_at <= vault_.now();
    };
    out.erase(std::remove_if(out.begin(), out.end(), over), out.end());
    return out;
  }
  // A record that list() has named; nothing, and counted, when it is there and cannot be read.
  template <class Record, class Id>
  [[nodiscard]] std::optional<Record> load_one(const Id& id) {
    const auto found = pending_.find(key_of<Record>(id));
    if (found != pending_.end()) return read<Record>(id);
    const auto value = vault_.read(key_of<Record>(id));
    if (!value && (value.error() == vault::Error::not_found || value.error() == vault::Error::expired)) {
      return std::nullopt;
    }
    std::optional<Record> record = value ? decode_record<Record>(*value) : std::nullopt;
    if (!record) ++unreadable_;
    return record;
  }
  // Calls use(id, record&, dies) for every record of a kind. Erases what has expired without reading it and
  // counts what cannot be read. What would be over at `claimed` is neither read nor erased.
  template <class Record, class Id, class Use>
  void load(Use use, Time claimed = Time::min()) {
    for (const vault::RecordInfo& info : vault_.records(static_cast<std::uint8_t>(Record::kKind))) {
      const Id id = id_of<Id>(info.key.id);
      if (info.expires_at && *info.expires_at <= vault_.now()) {
        erase<Record>(id);
        continue;
      }
      if (info.expires_at && *info.expires_at <= claimed) continue;
      const auto value = vault_.read(info.key);
      std::optional<Record> record = value ? decode_record<Record>(*value) : std::nullopt;
      if (record) {
        use(id, *record, info.expires_at);
      } else {
        ++unreadable_;
      }
    }
  }

  // What is kept of one kind, read or not, with what is not committed yet.
  [[nodiscard]] std::vector<vault::RecordInfo> records(Kind kind) const;
  [[nodiscard]] std::optional<SecretVector> value(const vault::RecordKey& key) const;

  // Runs when everything put so far is durable.
  void then(std::function<void()> action) { waiting_.push_back(std::move(action)); }
  // Commits and syncs even when nothing was put: for the clock's mark.
  void touch() { touched_ = true; }

  void flush();  // at the end of every event
  void synced(const Synced& event);
  // One bounded piece of the vault's own work, now and then: what burnt leaves the disk also when nothing
  // else happens.
  void tidy();

  [[nodiscard]] bool idle() const {
    return pending_.empty() && waiting_.empty() && written_.empty() && !in_flight_ && !dirty_;
  }
  [[nodiscard]] std::optional<Problem> problem() const { return problem_; }
  [[nodiscard]] Time due() const;  // uptime
  [[nodiscard]] std::uint32_t unreadable() const { return unreadable_; }

 private:
  using Actions = std::vector<std::function<void()>>;

  template <class Record, class Id>
  [[nodiscard]] static vault::RecordKey key_of(const Id& id) {
    return {static_cast<std::uint8_t>(Record::kKind), record_id(id)};
  }
  [[nodiscard]] bool commit();
  void start_sync();
  void failed(Problem problem);
  void run(const Actions& actions);

  Context& context_;
  vault::Vault& vault_;
  bool in_memory_;
  std::map<vault::RecordKey, std::optional<vault::Put>> pending_;  // nothing: an erase
  bool touched_ = false;
  Actions waiting_;  // for the commit
  Actions written_;  // for a sync that is still to be started
  Actions syncing_;  // for the one in flight
  bool dirty_ = false;
  bool in_flight_ = false;
  Ticket ticket_ = 0;
  std::optional<Problem> problem_;
  Time retry_at_{};  // uptime
  Time tidy_at_{};   // uptime
  std::uint32_t unreadable_ = 0;
};

}  // namespace tacet::client
