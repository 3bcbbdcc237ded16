#include "wire/work.h"

#include <bit>
#include <cmath>

#include "base/codec.h"
#include "crypto/hash.h"
#include "crypto/password.h"

namespace tacet::wire {

std::optional<std::uint32_t> work_bits(const ServerKey& relay, const MailboxId& mailbox, Work work,
                                       const WorkWanted& wanted) {
  const crypto::Hash hash = crypto::blake2b(std::string_view("tacet-work"), relay, mailbox);
  const auto salt = *crypto::PasswordSalt::from(hash.view().first(crypto::PasswordSalt::size));
  Writer counter;
  counter.u64(work.counter);
  const auto key = crypto::argon2id(counter.view(), salt, {1, std::size_t{wanted.memory_kib} << 10});
  if (!key) return std::nullopt;
  std::uint32_t bits = 0;
  for (const Byte b : key->view()) {
    bits += static_cast<std::uint32_t>(std::countl_zero(b));
    if (b != 0) break;
  }
  return bits;
}

double work_progress(std::uint64_t tries, const WorkWanted& wanted) {
  return 1 - std::pow(1 - std::exp2(-static_cast<double>(wanted.bits)), static_cast<double>(tries));
}

}  // namespace tacet::wire
