#pragma once

#include "ops/op.h"

namespace nputwin {

/// Pools of numbers in binary32: the sum over the window's count, the largest, or the root of the mean of squares.
/// `kRootReciprocal`: the sum of squares times 1 / count, as TFLite's optimised kernel has it.
enum class NumberPool : std::uint8_t { kAverage, kLargest, kRoot, kRootReciprocal };
[[nodiscard]] Result<std::unique_ptr<Kernel>> number_pool_kernel(const PrepareContext& context, NumberPool pool);

}  // namespace nputwin
