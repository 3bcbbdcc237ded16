#include "crypto/generator.h"

namespace tacet::crypto::detail {

void choose_generator() {}

}  // namespace tacet::crypto::detail
