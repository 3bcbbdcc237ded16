#include "client/notices.h"

#include <utility>

namespace tacet::client {

NoticeView* Notices::find(Problem problem, const std::optional<ContactId>& contact) {
  for (NoticeView& notice : context_.view.notices) {
    if (notice.problem == problem && notice.contact == contact) return &notice;
  }
  return nullptr;
}

void Notices::raise(Problem problem, std::optional<ContactId> contact, std::uint32_t count) {
  if (NoticeView* notice = find(problem, contact)) {
    if (count == 0) return;
    notice->count += count;
  } else {
    context_.view.notices.push_back({next_++, problem, contact, count});
  }
  context_.redraw = true;
}

void Notices::set_count(Problem problem, std::optional<ContactId> contact, std::uint32_t count) {
  if (count == 0) return clear(problem, contact);
  NoticeView* notice = find(problem, contact);
  if (!notice) return raise(problem, contact, count);
  if (std::exchange(notice->count, count) != count) context_.redraw = true;
}

void Notices::recount(Problem problem, std::optional<ContactId> contact, std::uint32_t count) {
  if (find(problem, contact)) set_count(problem, contact, count);
}

void Notices::clear(Problem problem, std::optional<ContactId> contact) {
  const auto gone = [&](const NoticeView& n) { return n.problem == problem && n.contact == contact; };
  if (std::erase_if(context_.view.notices, gone) > 0) context_.redraw = true;
}

void Notices::forget(const ContactId& contact) {
  if (std::erase_if(context_.view.notices, [&](const NoticeView& n) { return n.contact == contact; }) > 0) {
    context_.redraw = true;
  }
}

void Notices::dismiss(std::uint64_t id) {
  if (std::erase_if(context_.view.notices, [&](const NoticeView& n) { return n.id == id; }) > 0) {
    context_.redraw = true;
  }
}

}  // namespace tacet::client
