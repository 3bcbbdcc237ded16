#include "client/account.h"

#include "base/text.h"
#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Bytes<32> kOnly{};  // the id of a record that there is once

}  // namespace

void Account::create() {
  identity_ = ratchet::IdentitySecret::generate(p_.context.random);
  record_.identity = identity_->serialise();
  save();
  show();
}

bool Account::load() {
  const auto record = p_.journal.read<AccountRecord>(kOnly);
  if (!record) return false;
  auto identity = ratchet::IdentitySecret::parse(record->identity);
  if (!identity) return false;
  record_ = *record;
  identity_ = std::move(*identity);
  p_.journal.load<BlockedRecord, Fingerprint>(
      [&](const Fingerprint& id, const BlockedRecord&, std::optional<Time>) { blocked_.insert(id); });
  show();
  return true;
}

void Account::save() {
  p_.journal.put(kOnly, record_);
}

void Account::set_name(std::string name) {
  name = clip_utf8(name, Messenger::kMaxName);
  if (!is_utf8(name) || name == record_.name) return;
  record_.name = std::move(name);
  save();
  show();
}

void Account::show() {
  fingerprint_ = fingerprint_of(identity_->identity());
  p_.context.view.my_name = record_.name;
  p_.context.view.my_fingerprint = fingerprint_;
  p_.context.redraw = true;
}

void Account::block(const Fingerprint& fingerprint) {
  blocked_.insert(fingerprint);
  p_.journal.put(fingerprint, BlockedRecord{});
}

void Account::unblock(const Fingerprint& fingerprint) {
  if (blocked_.erase(fingerprint) > 0) p_.journal.erase<BlockedRecord>(fingerprint);
}

}  // namespace tacet::client
