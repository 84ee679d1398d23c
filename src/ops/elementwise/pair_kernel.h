#pragma once

#include <algorithm>
#include <functional>

#include "fixed/traced.h"
#include "ops/op.h"

namespace nputwin {

/// The code that a binary op gives for two input codes. Written once, for plain and for traced numbers: a
/// lambda of `auto`, or a class that can be called so and may have parts(), whose `finish` does not clamp.
struct PairFunction {
  PairFunction() = default;
  template <typename F>
  requires(!std::is_same_v<F, PairFunction>) PairFunction(const F& f) : run(f), traced(f) {
    if constexpr (requires { f.parts(); }) parts = [f] { return f.parts(); };
  }

  [[nodiscard]] std::int64_t operator()(std::int32_t a, std::int32_t b) const { return run(a, b); }
  [[nodiscard]] Traced<std::int64_t> operator()(const Traced<std::int32_t>& a, const Traced<std::int32_t>& b) const {
    return traced(a, b);
  }
  explicit operator bool() const { return static_cast<bool>(run); }

  std::function<std::int64_t(std::int32_t, std::int32_t)> run;
  std::function<Traced<std::int64_t>(const Traced<std::int32_t>&, const Traced<std::int32_t>&)> traced;
  std::function<Definition::Parts()> parts;  ///< null: it has none, or nobody has written them
};

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

  /// One function everywhere.
  static PairRule same(const PairFunction& f) { return {f, f, {}, 1, 1}; }
};

/// A kernel for element-wise ops on codes of two inputs, 8 or 16 bits, with NumPy broadcasting; results are
/// clipped to `clamp`. Large 8-bit tensors look their codes up in a table of all 65,536 pairs.
[[nodiscard]] std::unique_ptr<Kernel> pair_kernel(const NodeView& node, PairRule rule, CodeRange clamp);

}  // namespace nputwin
