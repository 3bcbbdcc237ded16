#include "cli/changes.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace tacet;
using nlohmann::json;

namespace {

client::View view_with_message() {
  client::View view;
  client::ConversationView ada;
  ada.contact.raw[0] = 1;
  ada.name = "Ada";
  client::MessageView message;
  message.id.raw[0] = 2;
  const std::string_view text = "hello";
  message.text.assign(text.begin(), text.end());
  ada.messages.push_back(message);
  view.conversations.push_back(ada);
  return view;
}

}  // namespace

TEST_CASE("The first look tells all there is, contacts before their messages") {
  cli::Changes changes;
  const auto told = changes.since(view_with_message());
  REQUIRE(told.size() == 2);
  CHECK(told[0]["event"] == "contact");
  CHECK(told[0]["name"] == "Ada");
  CHECK(told[1]["event"] == "message");
  CHECK(told[1]["text"] == "hello");
}

TEST_CASE("Nothing is told twice") {
  cli::Changes changes;
  (void)changes.since(view_with_message());
  CHECK(changes.since(view_with_message()).empty());
}

TEST_CASE("What became different is told again, alone") {
  cli::Changes changes;
  auto view = view_with_message();
  (void)changes.since(view);
  view.conversations[0].messages[0].seen = true;
  const auto told = changes.since(view);
  REQUIRE(told.size() == 1);
  CHECK(told[0]["seen"] == true);
}

TEST_CASE("A message that is gone is told without its text") {
  cli::Changes changes;
  auto view = view_with_message();
  (void)changes.since(view);
  view.conversations[0].messages.clear();
  const auto told = changes.since(view);
  REQUIRE(told.size() == 1);
  CHECK(told[0]["event"] == "gone");
  CHECK(told[0]["was"] == "message");
  CHECK(told[0]["id"] == "02000000000000000000000000000000");
  CHECK_FALSE(told[0].contains("text"));
}
