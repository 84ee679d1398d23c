#pragma once

#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "mac/layer.h"

namespace nputwin {

/// The sums of a layer's products in binary64, without bias: of `inputs`, which are numbers, and of weights, which are
/// numbers or codes. One for each output element.
[[nodiscard]] std::vector<double> sums_in_numbers(const MacLayer& layer, std::size_t channels, std::size_t elements,
                                                  std::span<const float> inputs, std::span<const float> weights,
                                                  const ThreadPool& pool);

}  // namespace nputwin
