// Which generator stands behind randombytes_buf. Internal to src/crypto.
#pragma once

namespace tacet::crypto::detail {

// Before anything is drawn. Natively libsodium's own choice stays (the operating system); in a browser or
// Node its choice would cross into JavaScript once for every four bytes, ours crosses once for every draw.
void choose_generator();

}  // namespace tacet::crypto::detail
