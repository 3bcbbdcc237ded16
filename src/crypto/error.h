// Why a primitive refused.
#pragma once

#include "base/result.h"

namespace tacet::crypto {

enum class Error {
  bad_public_key,  // a low-order X25519 point, or an ML-KEM key that is not canonical
  bad_ciphertext,  // a KEM ciphertext that cannot be decapsulated
  not_authentic,   // wrong key, wrong associated data, or altered bytes
  too_short,       // fewer bytes than the format's fixed part
  out_of_memory,   // Argon2id could not get its memory
  bad_parameters,  // Argon2id cost outside what libsodium allows
};

}  // namespace tacet::crypto
