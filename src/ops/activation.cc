#include "ops/activation.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"

namespace nputwin {

Result<CodeRange> activation_range(const TensorSpec& output, Activation activation) {
  CodeRange range = code_range(output.type);
  const auto code = [&](float bound) {
    return saturate_cast<std::int32_t>(output.zero_point() + std::int64_t{round_real(std::round(bound / output.scale()),
                                                                                     Rounding::kHalfAwayFromZero)});
  };
  const auto limit = [&](float lo, float hi) { range = {std::max(range.lo, code(lo)), std::min(range.hi, code(hi))}; };
  switch (activation) {
    case Activation::kNone:
      break;
    case Activation::kRelu:
      range.lo = std::max(range.lo, output.zero_point());
      break;
    case Activation::kRelu6:
      limit(0, 6);
      break;
    case Activation::kReluN1To1:
      limit(-1, 1);
      break;
    case Activation::kRelu0To1:
      limit(0, 1);
      break;
    default:
      return error("fused activation {} is not supported", static_cast<int>(activation));
  }
  return range;
}

Result<CodeRange> activation_range(const TensorSpec& output, const Attributes& attributes) {
  return activation_range(output, static_cast<Activation>(attributes.integer("fused_activation_function")));
}

}  // namespace nputwin
