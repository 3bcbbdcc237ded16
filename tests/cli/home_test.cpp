#include "cli/home.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

using namespace tacet;
using cli::Home;
using cli::Place;

TEST_CASE("A relay's address alone says where links begin") {
  const auto place = Place::parse("ws://127.0.0.1:8080", "");
  REQUIRE(place);
  CHECK(place->relay.url() == "ws://127.0.0.1:8080/relay");
  CHECK(place->page == "http://127.0.0.1:8080/");
  CHECK(Place::parse("wss://chat.example/r", "")->page == "https://chat.example/");
  CHECK(Place::parse("wss://chat.example/r", "")->relay.path == "/r");
}

TEST_CASE("The page may be elsewhere and ends in a slash") {
  CHECK(Place::parse("wss://relay.example", "https://pages.example/tacet")->page ==
        "https://pages.example/tacet/");
  CHECK(Place::parse("wss://relay.example", "https://pages.example/tacet/")->page ==
        "https://pages.example/tacet/");
}

TEST_CASE("What is no address is refused") {
  CHECK_FALSE(Place::parse("", ""));
  CHECK_FALSE(Place::parse("http://relay.example", ""));
  CHECK_FALSE(Place::parse("wss://relay.example", "ftp://pages.example/"));
  CHECK_FALSE(Place::parse("wss://relay.example", "https://pages.example/#x"));
  CHECK_FALSE(Place::parse("wss://relay.example", "https://pages.example/a b"));
}

TEST_CASE("The place is kept beside the vault, in a folder for its owner alone") {
  char name[] = "/tmp/tacet-home-XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  const Home home(std::string(name) + "/a/b");
  CHECK_FALSE(home.place());
  REQUIRE(home.make());
  CHECK(home.make());
  const auto place = Place::parse("wss://relay.example", "https://pages.example/tacet");
  REQUIRE(home.keep(*place));
  CHECK(home.place() == place);
  CHECK(std::filesystem::status(home.folder()).permissions() == std::filesystem::perms::owner_all);
  std::filesystem::remove_all(name);
}
