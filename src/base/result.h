// Errors are values. Each layer has one error enum of its own; misuse by the programmer is an assertion.
#pragma once

#include <tl/expected.hpp>

namespace tacet {

template <class T, class E>
using Result = tl::expected<T, E>;

using tl::unexpected;

}  // namespace tacet
