// What lies inside messages and links.
#include "client/content.h"
#include "client/invitation.h"
#include "client/recovery_code.h"
#include "fuzz/targets.h"

namespace tacet::fuzz {

void content(ByteView input) {
  const auto decoded = client::decode_content(input);
  if (!decoded || std::holds_alternative<client::UnknownContent>(*decoded)) return;
  // Fields from a newer Tacet may have been passed over; what is left has one form.
  const SecretVector written = client::encode(*decoded);
  require(written.size() <= input.size());
  const auto again = client::decode_content(written);
  require(again.has_value());
  require_equal(client::encode(*again), written);
}

void invitation(ByteView input) {
  const std::string_view text = as_text(input);
  if (const auto parsed = client::Invitation::parse(text)) {
    const std::string again = parsed->link("https://example.org/");
    const auto reparsed = client::Invitation::parse(again);
    require(reparsed.has_value() && reparsed->link("https://example.org/") == again);
  }
  if (const auto address = client::RelayAddress::parse(text)) {
    require(client::RelayAddress::parse(address->url()) == address);
  }
  if (const auto code = client::normal_recovery_code(input)) {
    require(code->size() == client::kRecoveryCodeLength && client::normal_recovery_code(*code) == code);
  }
}

}  // namespace tacet::fuzz
