#include <doctest/doctest.h>

#include "base/text.h"
#include "client/content.h"
#include "client/invitation.h"
#include "client/recovery_code.h"

using namespace tacet;
using namespace tacet::client;

namespace {

SecretVector secret(std::string_view text) {
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

template <class T>
T filled(Byte b) {
  const ByteVector bytes(T::size, b);
  return *T::from(bytes);
}

Invitation example_invitation() {
  return {*RelayAddress::parse("ws://127.0.0.1:8080/relay"),
          filled<wire::MailboxId>(0x11),
          filled<wire::SendToken>(0x22),
          filled<Fingerprint>(0x33),
          Time(Seconds(1'800'000'000)),
          "for Ada"};
}

TextContent example_text() {
  return {filled<MessageId>(0x11), from_millis(1'700'000'000'000), from_millis(1'700'003'600'000),
          Seconds(30), secret("hi")};
}

Destination example_destination() {
  return {*RelayAddress::parse("wss://relay.example/relay"), filled<wire::MailboxId>(0x44),
          filled<wire::SendToken>(0x55)};
}

std::string hex(const Content& content) {
  return to_hex(encode(content));
}

// Decodes and encodes again.
void check_round_trip(const Content& content) {
  const SecretVector bytes = encode(content);
  const auto back = decode_content(bytes);
  REQUIRE(back.has_value());
  CHECK(encode(*back) == bytes);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const auto shorter = decode_content(ByteView(bytes).first(cut));
    if (shorter) CHECK(encode(*shorter).size() == cut);  // a receipt may lose its second list whole
  }
}

ContentError error_of(std::string_view hex_text) {
  const auto result = decode_content(*from_hex(hex_text));
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

}  // namespace

TEST_CASE("a relay address is read strictly and written one way") {
  const auto url = [](std::string_view text) {
    const auto address = RelayAddress::parse(text);
    return address ? address->url() : "none";
  };
  CHECK(url("wss://Relay.Example:443/relay") == "wss://relay.example/relay");
  CHECK(url("wss://relay.example:8443/relay") == "wss://relay.example:8443/relay");
  CHECK(url("ws://127.0.0.1:8080/relay") == "ws://127.0.0.1:8080/relay");
  CHECK(url("ws://[::1]:80/relay") == "ws://[::1]/relay");
  CHECK(url("ws://localhost") == "ws://localhost/");
  CHECK(RelayAddress::parse("ws://127.0.0.1:8080/relay")->host == "127.0.0.1:8080");
  for (const char* bad :
       {"", "http://a/", "wss://", "wss:///relay", "wss://user@a/", "wss://a/?q", "wss://a/#f", "wss://a:0/",
        "wss://a:65536/", "wss://a:01/", "wss://a b/", "wss://é/", "wss://a/ ", "ws://[::1/", "ws://.a/"}) {
    CAPTURE(bad);
    CHECK(url(bad) == "none");
  }
  CHECK(url("wss://a/" + std::string(300, 'x')) == "none");
}

TEST_CASE("an invitation link is what README.md says") {
  const std::string link = example_invitation().link("https://tacet.example/app/");
  CHECK(link ==
        "https://tacet.example/app/"
        "#ARl3czovLzEyNy4wLjAuMTo4MDgwL3JlbGF5ERERERERERERERERERERESIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIi"
        "IiIiIiIiIiMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMA0klrAAAAAAdmb3IgQWRhyw3tmg");
  for (const std::string& typed :
       {link, "  " + link + "\n", link.substr(link.find('#')), link.substr(link.find('#') + 1)}) {
    const auto read = Invitation::parse(typed);
    REQUIRE(read.has_value());
    CHECK(read->link("https://tacet.example/app/") == link);
    CHECK(read->label == "for Ada");
    CHECK(read->expires_at == Time(Seconds(1'800'000'000)));
  }
}

TEST_CASE("a cut or mistyped link is malformed, a newer one is newer") {
  const std::string link = example_invitation().link("");
  for (std::size_t n = 0; n < link.size(); ++n) {
    CHECK(Invitation::parse(link.substr(0, n)).error() == Problem::link_malformed);
  }
  for (std::size_t i = 2; i < link.size(); ++i) {  // the first two characters hold the version
    std::string typo = link;
    typo[i] = typo[i] == 'x' ? 'y' : 'x';
    CAPTURE(i);
    CHECK_FALSE(Invitation::parse(typo).has_value());
  }
  CHECK(Invitation::parse("https://tacet.example/").error() == Problem::link_malformed);
  CHECK(Invitation::parse("#AgECA5dEh78").error() == Problem::link_newer);
  CHECK(Invitation::parse(std::string(100'000, 'A')).error() == Problem::link_malformed);
}

TEST_CASE("a text content is what README.md says") {
  CHECK(hex(example_text()) ==
        "0101101111111111111111111111111111111102080068e5cf8b01000003088056"
        "1cd08b010000"
        "04041e0000000502"
        "6869");
}

TEST_CASE("every content comes back from its bytes") {
  check_round_trip(example_text());
  TextContent lasting = example_text();
  lasting.burn_after = Seconds(0);
  check_round_trip(lasting);
  check_round_trip(
      ReceiptContent{{filled<MessageId>(1), filled<MessageId>(2)}, {{filled<MessageId>(3), from_millis(5)}}});
  check_round_trip(IntroductionContent{example_text(), "Ada", example_destination()});
  check_round_trip(MailboxContent{filled<MessageId>(6), "", example_destination()});
  check_round_trip(ProfileContent{filled<MessageId>(6), "Ada"});
}

TEST_CASE("the largest receipt and introduction fit the smallest class") {
  ReceiptContent receipt;
  for (Byte i = 0; i < ReceiptContent::kMaxIds; ++i) {
    receipt.delivered.push_back(filled<MessageId>(i));
    receipt.read.push_back({filled<MessageId>(i), from_millis(i)});
  }
  CHECK(encode(receipt).size() <= 1684);
  IntroductionContent introduction{example_text(), std::string(64, 'n'), example_destination()};
  introduction.text.text = SecretVector(500, 'x');
  introduction.mailbox.relay.path = "/" + std::string(180, 'p');
  CHECK(encode(introduction).size() <= 1684);
}

TEST_CASE("unknown optional fields and kinds are passed over, unknown critical ones are newer") {
  const std::string profile =
      "05"
      "0110"
      "06060606060606060606060606060606"
      "0600";
  CHECK(decode_content(*from_hex(profile)).has_value());
  CHECK(decode_content(*from_hex(profile + "8001ff")).has_value());
  CHECK(error_of(profile + "0a00") == ContentError::newer);
  CHECK(error_of("06") == ContentError::newer);
  CHECK(std::holds_alternative<UnknownContent>(*decode_content(*from_hex("81ffff"))));
}

TEST_CASE("contents out of order, out of range or with strange fields are malformed") {
  CHECK(error_of("") == ContentError::malformed);
  CHECK(error_of("00") == ContentError::malformed);
  CHECK(error_of("02") == ContentError::malformed);      // empty receipt
  CHECK(error_of("020800") == ContentError::malformed);  // no id in it
  CHECK(error_of("05"
                 "0600"
                 "0110"
                 "06060606060606060606060606060606") == ContentError::malformed);  // order
  CHECK(error_of("05"
                 "0110"
                 "06060606060606060606060606060606"
                 "0602c328") == ContentError::malformed);  // UTF-8
  CHECK(error_of("05"
                 "0110"
                 "06060606060606060606060606060606"
                 "05016106"
                 "00") == ContentError::malformed);
  const auto refuses = [](auto change) {
    TextContent text = example_text();
    change(text);
    return !decode_content(encode(text)).has_value();
  };
  CHECK(refuses([](TextContent& t) { t.text.clear(); }));
  CHECK(refuses([](TextContent& t) { t.text = SecretVector(10'001, 'x'); }));
  CHECK(refuses([](TextContent& t) { t.text = {0xFF}; }));
  CHECK(refuses([](TextContent& t) { t.expires_at = t.sent_at + Seconds(59); }));
  CHECK(refuses([](TextContent& t) { t.expires_at = t.sent_at + Days(31); }));
  CHECK(refuses([](TextContent& t) { t.burn_after = Seconds(2); }));
  CHECK(refuses([](TextContent& t) { t.burn_after = Days(7); }));
  CHECK_FALSE(refuses([](TextContent& t) { t.text = SecretVector(10'000, 'x'); }));
}

TEST_CASE("a recovery code is forgiving about how it is typed") {
  struct Counting final : Random {
    Byte next = 0;
    void fill(MutableByteView out) override {
      for (Byte& b : out) b = next++;
    }
  } random;
  const SecretVector code = make_recovery_code(random);
  CHECK(as_text(code) == "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
  CHECK(as_text(in_groups(code)) == "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ");
  CHECK(normal_recovery_code(in_groups(code)) == code);
  CHECK(normal_recovery_code(as_bytes("o i23-4567 89ab cdef\nghjk mnpq rstv wxyz")) == code);
  CHECK_FALSE(normal_recovery_code(as_bytes("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXY")).has_value());
  CHECK_FALSE(normal_recovery_code(as_bytes("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ0")).has_value());
  CHECK_FALSE(normal_recovery_code(as_bytes("U123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ")).has_value());
}
