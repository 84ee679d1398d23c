#pragma once

#include <limits>

#include "fixed/traced.h"
#include "ops/op.h"

namespace nputwin {

/// The format's ActivationFunctionType.
enum class Activation : std::uint8_t {
  kNone = 0,
  kRelu = 1,
  kReluN1To1 = 2,
  kRelu6 = 3,
  kTanh = 4,
  kSignBit = 5,
  kRelu0To1 = 100
};

/// The codes to which `activation` limits a quantized output: zero point + round(bound / scale), half away
/// from zero, within the type's range. TFLite kernel_util.cc.
[[nodiscard]] Result<CodeRange> activation_range(const TensorSpec& output, Activation activation);
[[nodiscard]] Result<CodeRange> activation_range(const TensorSpec& output, const Attributes& attributes);

/// The numbers to which `activation` limits an output that is not quantized. TFLite's kernels limit to the
/// type's finite range even where there is no activation, XNNPACK does not.
template <typename T>
struct NumberRange {
  T lo, hi;
  /// NaN stays NaN. `N`: T, plain or traced.
  template <typename N>
  [[nodiscard]] N clamp(const N& x) const {
    return clamped(x, lo, hi);
  }
  bool operator==(const NumberRange&) const = default;
};
template <typename T>
[[nodiscard]] Result<NumberRange<T>> number_range(const PrepareContext& context) {
  using Limits = std::numeric_limits<T>;
  const bool infinite = Limits::has_infinity && context.delegated();
  const T lowest = infinite ? -Limits::infinity() : Limits::lowest(),
          most = infinite ? Limits::infinity() : Limits::max();
  const std::int64_t activation = context.attributes->integer("fused_activation_function");
  switch (static_cast<Activation>(activation)) {
    case Activation::kNone:
      return NumberRange<T>{lowest, most};
    case Activation::kRelu:
      return NumberRange<T>{0, most};
    case Activation::kRelu6:
      return NumberRange<T>{0, 6};
    case Activation::kReluN1To1:
      return NumberRange<T>{-1, 1};
    case Activation::kRelu0To1:
      return NumberRange<T>{0, 1};
    default:
      return error("fused activation {} is not supported", activation);
  }
}

}  // namespace nputwin
