// replay FILE…: runs transcripts of RATCHET.md section 8. One line per file; exit code 1 if any differs, 2
// without files.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "replay/replay.h"

namespace {

tacet::Result<std::size_t, std::string> replay_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return tacet::unexpected(std::string("cannot be read"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto transcript = tacet::replay::parse_transcript(text);
  if (!transcript) return tacet::unexpected(transcript.error());
  return tacet::replay::replay(*transcript);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: replay TRANSCRIPT.json...\n");
    return 2;
  }
  bool all_equal = true;
  for (int i = 1; i < argc; ++i) {
    const auto steps = replay_file(argv[i]);
    if (steps) {
      std::printf("ok    %s: %zu steps\n", argv[i], *steps);
    } else {
      std::printf("DIFF  %s: %s\n", argv[i], steps.error().c_str());
    }
    all_equal = all_equal && steps.has_value();
  }
  return all_equal ? 0 : 1;
}
