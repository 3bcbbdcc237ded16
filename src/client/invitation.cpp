#include "client/invitation.h"

#include "base/codec.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace tacet::client {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kCheck = 4;
constexpr std::size_t kMaxLink = 4096;
constexpr std::uint64_t kLatest = 253402300799;  // the end of year 9999: no expiry overflows a Time

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

ByteVector check_of(ByteView body) {
  const crypto::Hash hash = crypto::blake2b(std::string_view("tacet-link"), body);
  return {hash.raw.begin(), hash.raw.begin() + kCheck};
}

}  // namespace

std::string Invitation::link(std::string_view base) const {
  Writer out;
  out.u8(kVersion).blob(relay.url()).raw(mailbox).raw(token).raw(fingerprint);
  out.u64(to_unix_seconds(expires_at)).blob(label);
  out.raw(check_of(out.view()));
  return std::string(base) + '#' + to_base64url(out.view());
}

Result<Invitation, Problem> Invitation::parse(std::string_view link) {
  link = trim(link);
  if (link.size() > kMaxLink) return unexpected(Problem::link_malformed);
  const std::size_t hash = link.rfind('#');
  if (hash != std::string_view::npos) link.remove_prefix(hash + 1);
  const std::optional<ByteVector> bytes = from_base64url(link);
  if (!bytes || bytes->size() <= kCheck) return unexpected(Problem::link_malformed);
  const ByteView body = ByteView(*bytes).first(bytes->size() - kCheck);
  if (!equal_constant_time(check_of(body), ByteView(*bytes).last(kCheck)) || body[0] == 0) {
    return unexpected(Problem::link_malformed);
  }
  if (body[0] > kVersion) return unexpected(Problem::link_newer);

  Reader in(body);
  in.u8();
  Invitation out;
  const std::string url = in.text(RelayAddress::kMaxLength);
  out.mailbox = in.take<wire::MailboxId>();
  out.token = in.take<wire::SendToken>();
  out.fingerprint = in.take<Fingerprint>();
  const std::uint64_t expires = in.u64();
  out.label = in.text(kMaxLabel);
  const auto relay = RelayAddress::parse(url);
  if (!in.done() || !relay || expires > kLatest) return unexpected(Problem::link_malformed);
  out.relay = *relay;
  out.expires_at = Time(Seconds(expires));
  return out;
}

}  // namespace tacet::client
