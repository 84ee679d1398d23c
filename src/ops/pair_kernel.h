#pragma once

#include <functional>
#include <vector>

#include "ops/op.h"

namespace nputwin {

/// The code that a binary op gives for two input codes.
using PairFunction = std::function<std::int64_t(std::int32_t a, std::int32_t b)>;

/// How element-wise runtimes walk a tensor: whole blocks of a run by one function, the run's last elements by
/// another.
struct PairRule {
  PairFunction body, tail;        ///< both inputs advance
  PairFunction scalar_body;       ///< one input stands still for the run; null: as `body`
  std::int64_t block = 1;         ///< elements a block while both advance
  std::int64_t scalar_block = 1;  ///< while one stands still
};

/// A kernel for element-wise 8-bit ops on two inputs with NumPy broadcasting; results are clipped to `clamp`.
/// Large tensors look their codes up in a table of all 65,536 pairs, small ones evaluate the function.
[[nodiscard]] Result<std::unique_ptr<Kernel>> pair_kernel(const PrepareContext& context, PairRule rule,
                                                          CodeRange clamp);

/// Shape inference for two broadcast inputs.
[[nodiscard]] Result<Shapes> broadcast_shapes(const NodeView& node);

}  // namespace nputwin
