#pragma once

#include "ops/op.h"
#include "ops/reduce/reduction.h"

namespace nputwin {

enum class Reducer : std::uint8_t { kSum, kProduct };

/// A kernel for the real sum or product of the codes' values in binary64, made a code by the RealRule. Where the
/// profile reduces in binary16, axes that are not neighbours are reduced one after the other, the innermost first, and
/// what comes between is rounded to binary16 (VeriSilicon: ovxlib, vsi_nn_op_reduce.c, op_set_reduce_axis and
/// op_set_reduce_internal).
[[nodiscard]] std::unique_ptr<Kernel> real_reduction_kernel(const PrepareContext& context, const Reduction& reduction,
                                                            Reducer reducer);

/// Whether such a kernel would round between axes. Where not, the sum of the codes can be formed exactly instead.
[[nodiscard]] bool rounds_between_axes(const PrepareContext& context, const Reduction& reduction);

}  // namespace nputwin
