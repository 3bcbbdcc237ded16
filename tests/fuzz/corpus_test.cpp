// What fuzzing found worth keeping, and the inputs everyone forgets, through every parser.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/targets.h"

using namespace tacet;

TEST_CASE("every input of the corpora comes back from its parser") {
  for (const fuzz::Target& target : fuzz::kTargets) {
    CAPTURE(std::string(target.name));
    std::size_t inputs = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(TACET_TESTS_DIR "/fuzz/corpus/" + std::string(target.name))) {
      CAPTURE(entry.path().string());
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      target.run(as_bytes(bytes));
      ++inputs;
    }
    CHECK(inputs > 0);
  }
}

TEST_CASE("every parser takes inputs of any length") {
  for (const fuzz::Target& target : fuzz::kTargets) {
    target.run({});
    for (const std::size_t size :
         {1U, 2U, 3U, 98U, 109U, 110U, 142U, 166U, 512U, 1345U, 4096U, 16384U, 65536U, 65793U}) {
      target.run(ByteVector(size, 0x00));
      target.run(ByteVector(size, 0x01));
      target.run(ByteVector(size, 0xFF));
    }
  }
}
