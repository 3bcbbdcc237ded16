// Every parser that sees foreign bytes, each as a function that must come back for any input. A property that
// does not hold ends the process, which is what a fuzzer looks for.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace tacet::fuzz {

struct Target {
  std::string_view name;
  void (*run)(ByteView input);
};

// Nothing when there is no target of that name.
[[nodiscard]] const Target* find_target(std::string_view name);

void identity(ByteView input);
void prekeys(ByteView input);
void handshake(ByteView input);
void message(ByteView input);
void session(ByteView input);
void block(ByteView input);
void content(ByteView input);
void invitation(ByteView input);
void backup(ByteView input);

inline constexpr Target kTargets[] = {
    {"identity", identity}, {"prekeys", prekeys},       {"handshake", handshake},
    {"message", message},   {"session", session},       {"block", block},
    {"content", content},   {"invitation", invitation}, {"backup", backup},
};

// An invariant, also where assert() is compiled out.
void require(bool holds);

// `input` laid over `bytes` from their beginning: zeros change nothing, so the empty input is the valid
// original and a fuzzer need not guess what surrounds its change.
void overlay(MutableByteView bytes, ByteView input);

// The same whenever it is written again: a value has one encoding.
template <class Bytes>
void require_equal(const Bytes& written, ByteView read) {
  const ByteView view = view_of(written);
  require(view.size() == read.size() && std::equal(view.begin(), view.end(), read.begin()));
}

}  // namespace tacet::fuzz
