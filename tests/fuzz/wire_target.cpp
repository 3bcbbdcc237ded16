// Blocks, in both directions.
#include "fuzz/targets.h"
#include "wire/block.h"

namespace tacet::fuzz {

namespace {

// The smallest block that holds the input: a fuzzer should not have to find the sizes.
ByteVector padded(ByteView input) {
  ByteVector out(input.begin(), input.end());
  for (const std::size_t size : wire::kBlockSizes) {
    if (out.size() <= size) {
      out.resize(size);
      break;
    }
  }
  return out;
}

void both_ways(ByteView bytes) {
  static_cast<void>(wire::peek_request_id(bytes));
  if (const auto block = wire::decode_client(bytes)) require_equal(wire::encode(*block), bytes);
  if (const auto block = wire::decode_server(bytes)) require_equal(wire::encode(*block), bytes);
}

}  // namespace

void block(ByteView input) {
  both_ways(input);
  both_ways(padded(input));
}

}  // namespace tacet::fuzz
