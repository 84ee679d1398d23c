#pragma once

#include <algorithm>

#include "ops/elementwise/pair_codes.h"
#include "ops/elementwise/pair_function.h"
#include "ops/op.h"

namespace nputwin {

/// Numbers up to here fit a register of 32 bits, and so do they times `scale` and times 2 at most, which is what a
/// multiplier's left shift makes of them: codes rise with them.
[[nodiscard]] inline std::int64_t most_without_overflow(double scale) {
  constexpr double kMost = 0x1p30;
  return static_cast<std::int64_t>(std::min<double>(INT32_MAX, kMost / scale - 1));
}

/// How runtimes walk a tensor element by element: whole blocks of a run by one function, the run's last elements by
/// another. Shapes that do not broadcast in runs (broadcasts_in_runs) use only `tail`.
struct PairRule {
  PairFunction body, tail;        ///< both inputs advance
  PairFunction scalar_body;       ///< one input stands still for the run; null: as `body`
  std::int64_t block = 1;         ///< elements a block while both advance
  std::int64_t scalar_block = 1;  ///< while one stands still
  std::optional<Bilinear> about;  ///< of all these functions; nothing: they are neither sums nor products

  /// One function everywhere.
  static PairRule same(const PairFunction& f, const std::optional<Bilinear>& about = {}) {
    return {f, f, {}, 1, 1, about};
  }
};

/// A kernel for element-wise ops on codes of two inputs, 8 or 16 bits, with NumPy broadcasting; results are
/// clipped to `clamp`.
[[nodiscard]] std::unique_ptr<Kernel> pair_kernel(const PrepareContext& context, PairRule rule, CodeRange clamp);

}  // namespace nputwin
