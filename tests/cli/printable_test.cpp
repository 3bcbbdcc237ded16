#include <doctest/doctest.h>

#include <string>

#include "cli/terminal.h"

using tacet::cli::printable;

TEST_CASE("What people write is shown as it is") {
  const std::string text = "Grüße, 你好, שלום, 👩‍👩‍👧 \n second line";
  CHECK(printable(text) == text);
}

TEST_CASE("A message cannot give orders to the terminal") {
  CHECK(printable("\x1B[2J\x1B]0;title\x07") == "\uFFFD[2J\uFFFD]0;title\uFFFD");
  CHECK(printable("a\rb\tc\x7F") == "a\uFFFDb\uFFFDc\uFFFD");
  CHECK(printable("\u009B31m") == "\uFFFD31m");  // C1: another way to say ESC [
}

TEST_CASE("A message cannot turn the direction of the line around") {
  CHECK(printable("\u202Etxt.exe") == "\uFFFDtxt.exe");
  CHECK(printable("\u2066a\u2069\u200F") == "\uFFFDa\uFFFD\uFFFD");
}

TEST_CASE("Even a cut character does not read past the end") {
  CHECK(printable("\xF0\x9F").size() <= 3);
}
