// Who we are: the identity, the name we show, and whom we have blocked.
#pragma once

#include <optional>
#include <set>

#include "client/records.h"
#include "ratchet/identity.h"

namespace tacet::client {

struct Parts;

[[nodiscard]] inline Fingerprint fingerprint_of(const ratchet::Identity& identity) {
  return {identity.fingerprint().raw};
}
[[nodiscard]] inline ratchet::Fingerprint ratchet_fingerprint(const Fingerprint& fingerprint) {
  return {fingerprint.raw};
}

class Account {
 public:
  explicit Account(Parts& parts) : p_(parts) {}

  void create();              // a new identity
  [[nodiscard]] bool load();  // false: there is none that can be read
  void set_name(std::string name);
  void save();

  void block(const Fingerprint& fingerprint);
  void unblock(const Fingerprint& fingerprint);
  [[nodiscard]] bool blocked(const Fingerprint& fingerprint) const { return blocked_.contains(fingerprint); }

  [[nodiscard]] const ratchet::IdentitySecret& identity() const { return *identity_; }
  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }
  [[nodiscard]] const std::string& name() const { return record_.name; }
  [[nodiscard]] AccountRecord& record() { return record_; }

 private:
  void show();

  Parts& p_;
  AccountRecord record_;
  std::optional<ratchet::IdentitySecret> identity_;
  Fingerprint fingerprint_;
  std::set<Fingerprint> blocked_;
};

}  // namespace tacet::client
