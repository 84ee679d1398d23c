#pragma once

#include <optional>

#include "api/diff.h"

namespace nputwin::api {

/// Which CPU build to use: that whose outputs come nearest to those of the side that is no CPU runtime, on the first
/// sample, which is given. Runs the model by the newest builds that a board can have, until one is equal. Nothing where
/// the two sides are not a CPU runtime and something else, both profiles; where no output differs; where none is
/// nearer; where the callbacks say stop.
[[nodiscard]] std::optional<Advice> nearest_cpu(const DiffOptions& options, const Diffed& diffed,
                                                std::span<const Tensor> sample, const Callbacks& callbacks);

}  // namespace nputwin::api
