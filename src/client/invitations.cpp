#include "client/invitations.h"

#include "base/text.h"
#include "client/invitation.h"
#include "client/parts.h"

namespace tacet::client {
namespace {

constexpr Seconds kShortest = Minutes(1);
constexpr Seconds kLongest = Days(30);

}  // namespace

void Invitations::load() {
  std::vector<std::pair<InvitationId, InvitationRecord>> found;
  p_.journal.load<InvitationRecord, InvitationId>(
      [&](const InvitationId& id, const InvitationRecord& record, std::optional<Time>) {
        if (p_.mailboxes.find(id)) found.emplace_back(id, record);
      });
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.second.made_at < b.second.made_at; });
  for (const auto& [id, record] : found) {
    records_[id] = record;
    if (!record.closed) show(id, record);
  }
}

void Invitations::make(const MakeInvitation& wish) {
  InvitationRecord record;
  record.label = clip_utf8(wish.label, Invitation::kMaxLabel);
  if (!is_utf8(record.label)) record.label.clear();
  record.unlimited = wish.uses == 0;
  record.uses_left = wish.uses;
  record.made_at = p_.clock.stamp();
  record.expires_at = p_.clock.claimed() + std::clamp(wish.lifetime, kShortest, kLongest);
  const InvitationId id = p_.mailboxes.make({});
  records_[id] = record;
  p_.journal.put(id, record);
  show(id, record);
}

void Invitations::show(const InvitationId& id, const InvitationRecord& record) {
  const Destination where = p_.mailboxes.destination(id);
  const Invitation invitation{where.relay,       where.mailbox, where.token, p_.account.fingerprint(),
                              record.expires_at, record.label};
  InvitationView out;
  out.id = id;
  out.label = record.label;
  out.link = invitation.link(p_.context.config.link_base);
  out.uses_left = record.uses_left;
  out.unlimited = record.unlimited;
  out.ready = p_.mailboxes.find(id)->stocked;
  out.made_at = record.made_at;
  out.expires_at = record.expires_at;
  auto& views = p_.context.view.invitations;
  views.insert(views.begin(), std::move(out));
  p_.context.redraw = true;
}

void Invitations::hide(const InvitationId& id) {
  std::erase_if(p_.context.view.invitations, [&](const InvitationView& view) { return view.id == id; });
  p_.context.redraw = true;
}

InvitationView* Invitations::view(const InvitationId& id) {
  for (InvitationView& view : p_.context.view.invitations) {
    if (view.id == id) return &view;
  }
  return nullptr;
}

void Invitations::revoke(const InvitationId& id) {
  if (records_.erase(id) == 0) return;
  p_.journal.erase<InvitationRecord>(id);
  p_.mailboxes.close(id);
  hide(id);
}

bool Invitations::open_to_strangers(const InvitationId& id) const {
  const auto found = records_.find(id);
  return found != records_.end() && (found->second.unlimited || found->second.uses_left > 0);
}

std::optional<std::uint32_t> Invitations::uses_left(const InvitationId& id) const {
  const auto found = records_.find(id);
  if (found == records_.end() || found->second.unlimited) return std::nullopt;
  return found->second.uses_left;
}

void Invitations::used(const InvitationId& id) {
  const auto found = records_.find(id);
  if (found == records_.end() || found->second.unlimited || found->second.uses_left == 0) return;
  --found->second.uses_left;
  p_.journal.put(id, found->second);
  if (InvitationView* shown = view(id)) shown->uses_left = found->second.uses_left;
  p_.context.redraw = true;
}

void Invitations::published(const InvitationId& id) {
  InvitationView* shown = view(id);
  if (!shown || shown->ready) return;
  shown->ready = true;
  p_.context.redraw = true;
}

void Invitations::set_problem(const InvitationId& id, std::optional<Problem> problem) {
  InvitationView* shown = view(id);
  if (!shown || shown->problem == problem) return;
  shown->problem = problem;
  p_.context.redraw = true;
}

void Invitations::deleted(const InvitationId& id) {
  if (records_.erase(id) == 0) return;
  p_.journal.erase<InvitationRecord>(id);
  hide(id);
}

bool Invitations::in_use(const InvitationId& id) const {
  for (const auto& [contact, record] : p_.contacts.all()) {
    const bool moved = record.state == ContactState::accepted && record.mine_known;
    if (record.via == id && !moved) return true;
  }
  return false;
}

void Invitations::review() {
  for (auto& [id, record] : records_) {
    const bool expired = p_.clock.now() >= record.expires_at;
    if (expired && !record.closed) {
      record.closed = true;
      p_.journal.put(id, record);
      hide(id);
    }
    const bool used_up = !record.unlimited && record.uses_left == 0;
    if ((expired || used_up) && !in_use(id)) p_.mailboxes.close(id);
  }
}

Time Invitations::due() const {
  Time out = kNever;
  for (const auto& [id, record] : records_) {
    if (!record.closed) out = std::min(out, record.expires_at);
  }
  return out;
}

}  // namespace tacet::client
