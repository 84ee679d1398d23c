#pragma once

#include <algorithm>
#include <memory>

#include "ops/op.h"
#include "ops/reduce/reduction.h"
#include "tensor/code_types.h"

namespace nputwin {

// What MEAN and SUM share.

/// Exact sums of codes over the reduced dimensions. `Finish` makes each an output code:
/// finish(sum, index in the last dimension).
template <typename Finish>
class SumKernel final : public Kernel {
 public:
  /// `stored`: the type as which the codes' bytes are read.
  SumKernel(Finish finish, Reduction reduction, std::int64_t channels, DType stored)
      : finish_(finish), reduction_(std::move(reduction)), channels_(channels), stored_(stored) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(reduction_.outputs) * sizeof(std::int64_t);
  }

  void run(const RunContext& context) const override {
    with_code_type(stored_, [&](auto code) {
      using T = decltype(code);
      const auto* in = reinterpret_cast<const T*>(context.inputs[0].bytes.data());
      auto* out = reinterpret_cast<T*>(context.outputs[0].bytes.data());
      auto* sums = reinterpret_cast<std::int64_t*>(context.scratch.data());
      std::fill_n(sums, reduction_.outputs, 0);
      reduction_.for_each(context.inputs[0].spec->shape,
                          [&](std::int64_t from, std::int64_t to) { sums[to] += in[from]; });
      for (std::int64_t o = 0; o < reduction_.outputs; ++o) out[o] = static_cast<T>(finish_(sums[o], o % channels_));
    });
  }

 private:
  Finish finish_;
  Reduction reduction_;
  std::int64_t channels_;
  DType stored_;
};

template <typename Finish>
[[nodiscard]] std::unique_ptr<Kernel> sum_kernel(const NodeView& node, Finish finish, Reduction reduction,
                                                 DType stored) {
  return std::make_unique<SumKernel<Finish>>(finish, std::move(reduction), std::max(1, node.input(0).shape.back()),
                                             stored);
}

/// The reduction of a node of codes, checked for types and for sums that stay inside 32 bits.
[[nodiscard]] Result<Reduction> code_reduction(const PrepareContext& context);

/// Sums of binary32 numbers in memory order, as TFLite's own kernels add them up; `mean`: divided by their count.
[[nodiscard]] Result<std::unique_ptr<Kernel>> number_sum_kernel(const PrepareContext& context, bool mean);

}  // namespace nputwin
