#pragma once

#include "ops/elementwise/pair_kernel.h"

namespace nputwin::ops::add {

/// The codes of the first input minus the second, as the profile's SUB makes them with the op's output quantization.
[[nodiscard]] Result<PairRule> difference_rule(const PrepareContext& context);

}  // namespace nputwin::ops::add
