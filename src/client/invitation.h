// The invitation inside a link (README.md, "Invitation links").
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"
#include "client/ids.h"
#include "client/problem.h"
#include "client/relay_address.h"

namespace tacet::client {

struct Invitation {
  static constexpr std::size_t kMaxLabel = 64;  // bytes of UTF-8

  RelayAddress relay;
  wire::MailboxId mailbox;
  wire::SendToken token;
  Fingerprint fingerprint;
  Time expires_at;    // whole seconds
  std::string label;  // untrusted

  // `base` ends in '/'.
  [[nodiscard]] std::string link(std::string_view base) const;

  // The whole link or only its fragment. Errors: link_malformed, link_newer. Does not look at expires_at.
  [[nodiscard]] static Result<Invitation, Problem> parse(std::string_view link);
};

}  // namespace tacet::client
