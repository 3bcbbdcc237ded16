// The work a relay may want for a new mailbox (README.md, "Admission").
#pragma once

#include "wire/messages.h"

namespace tacet::wire {

// How many leading zero bits this counter comes to; done when that is at least `wanted.bits`. Nothing when
// there is not enough memory. Takes milliseconds: away from a thread that draws or serves.
[[nodiscard]] std::optional<std::uint32_t> work_bits(const ServerKey& relay, const MailboxId& mailbox,
                                                     Work work, const WorkWanted& wanted);

// How likely it is that the work is done after so many tries, in 0 to 1: what a person sees as progress.
[[nodiscard]] double work_progress(std::uint64_t tries, const WorkWanted& wanted);

}  // namespace tacet::wire
