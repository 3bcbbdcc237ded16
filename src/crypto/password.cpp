#include "crypto/password.h"

#include <sodium/crypto_pwhash_argon2id.h>

namespace tacet::crypto {

Result<PasswordKey, Error> argon2id(ByteView passphrase, const PasswordSalt& salt, const PasswordCost& cost) {
  static_assert(PasswordSalt::size == crypto_pwhash_argon2id_SALTBYTES);
  const bool allowed = cost.opslimit >= crypto_pwhash_argon2id_OPSLIMIT_MIN &&
                       cost.opslimit <= crypto_pwhash_argon2id_OPSLIMIT_MAX &&
                       cost.memlimit >= crypto_pwhash_argon2id_MEMLIMIT_MIN &&
                       cost.memlimit <= crypto_pwhash_argon2id_MEMLIMIT_MAX &&
                       passphrase.size() <= crypto_pwhash_argon2id_PASSWD_MAX;
  if (!allowed) return unexpected(Error::bad_parameters);
  PasswordKey key;
  const auto* text = reinterpret_cast<const char*>(passphrase.data());
  // Inside the bounds, the one reason left to fail is memory.
  if (crypto_pwhash_argon2id(key.data(), PasswordKey::size, text == nullptr ? "" : text, passphrase.size(),
                             salt.data(), cost.opslimit, cost.memlimit,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return unexpected(Error::out_of_memory);
  }
  return key;
}

}  // namespace tacet::crypto
