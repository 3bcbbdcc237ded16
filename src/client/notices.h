// What the person should be told and may dismiss. One notice per problem and contact.
#pragma once

#include "client/context.h"

namespace tacet::client {

class Notices {
 public:
  explicit Notices(Context& context) : context_(context) {}

  // Adds `count` to the notice that is there, or makes one.
  void raise(Problem problem, std::optional<ContactId> contact = {}, std::uint32_t count = 0);
  // The notice with exactly this count; 0 removes it.
  void set_count(Problem problem, std::optional<ContactId> contact, std::uint32_t count);
  // The same for a notice that is still there: what was dismissed does not come back for being less.
  void recount(Problem problem, std::optional<ContactId> contact, std::uint32_t count);
  void clear(Problem problem, std::optional<ContactId> contact = {});
  void forget(const ContactId& contact);
  void dismiss(std::uint64_t id);

 private:
  [[nodiscard]] NoticeView* find(Problem problem, const std::optional<ContactId>& contact);

  Context& context_;
  std::uint64_t next_ = 1;
};

}  // namespace tacet::client
