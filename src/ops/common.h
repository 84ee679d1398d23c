#pragma once

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "ops/op.h"

namespace nputwin {

// Checks and small calculations that several ops share. Messages say what was expected and what came.

/// At least `at_least` and at most `at_most` inputs, of which the first `at_least` are present; `outputs`
/// outputs.
[[nodiscard]] Status check_arity(const NodeView& node, std::size_t at_least, std::size_t at_most,
                                 std::size_t outputs = 1);

/// spec.type is one of `types`. `role`: "input", "weights".
[[nodiscard]] Status check_type(const TensorSpec& spec, std::initializer_list<DType> types,
                                std::string_view role);

/// One scale and zero point, the zero point within the type's range.
[[nodiscard]] Status check_per_tensor(const TensorSpec& spec, std::string_view role);

[[nodiscard]] Status check_rank(const TensorSpec& spec, std::size_t rank, std::string_view role);

/// The first `inputs` inputs and the output are of one 8-bit type (or, where allowed, int16 with zero points of 0),
/// each quantized per tensor.
enum class CodeWidths : std::uint8_t { k8, k8And16 };
[[nodiscard]] Status check_codes(const NodeView& node, std::size_t inputs,
                                 CodeWidths widths = CodeWidths::k8);

/// The first `inputs` inputs and the output hold numbers, not codes: all of `type`.
[[nodiscard]] bool all_of_type(const NodeView& node, std::size_t inputs, DType type);

/// The output of a function with values from 0 to 1: scale 1/256, the smallest code as zero point.
[[nodiscard]] Status check_probabilities(const TensorSpec& output);

/// One input, one output of its shape.
[[nodiscard]] Result<Shapes> unary_shapes(const NodeView& node);

/// The input and the output have one type and one quantization: the op moves codes.
[[nodiscard]] Status check_moves_codes(const NodeView& node, std::size_t input = 0, std::size_t output = 0);

/// The values of an int32 or int64 input that must be known before the model runs (a shape, axes, paddings).
[[nodiscard]] Result<std::vector<std::int32_t>> constant_integers(const NodeView& node, std::size_t input,
                                                                  std::string_view role);

/// `axis` counted from the end where negative, checked against `rank`.
[[nodiscard]] Result<int> normalized_axis(std::int64_t axis, std::size_t rank);

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
  /// NaN stays NaN.
  [[nodiscard]] T clamp(T x) const { return x < lo ? lo : hi < x ? hi : x; }
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

/// One spatial dimension of a sliding window.
struct WindowAxis {
  int in = 0, out = 0, size = 0, stride = 1, dilation = 1,
      before = 0;  ///< before: padding ahead of the first element

  /// The window's elements inside the input for output position `o`: [first, last) as indices of the window.
  [[nodiscard]] std::pair<int, int> inside(int o) const {
    const int first = start(o);
    int lo = std::max(-first, 0), hi = std::max(in - first, 0);
    if (dilation != 1) lo = (lo + dilation - 1) / dilation, hi = (hi + dilation - 1) / dilation;
    lo = std::min(lo, size);
    return {lo, std::clamp(hi, lo, size)};
  }
  [[nodiscard]] int start(int o) const { return o * stride - before; }
};

/// SAME (0) or VALID (1) placement. TFLite: out = ceil(in/stride), odd padding goes behind.
[[nodiscard]] Result<WindowAxis> window_axis(std::int64_t in, std::int64_t size, std::int64_t stride,
                                             std::int64_t dilation, std::int64_t padding);

/// NHWC placement of a convolution or pool over rank-4 shapes.
struct Window {
  WindowAxis y, x;
};
[[nodiscard]] Result<Window> window_2d(const Shape& input, std::int64_t height, std::int64_t width,
                                       const Attributes& attributes);

/// Calls f with a value of `type`'s C++ type: int8, uint8 or int16.
template <typename F>
void with_code_type(DType type, F&& f) {
  if (type == DType::kUInt8) {
    f(std::uint8_t{});
  } else if (type == DType::kInt16) {
    f(std::int16_t{});
  } else {
    f(std::int8_t{});
  }
}

/// Calls f(span of input, span of output) with spans of the output's code type: int8, uint8 or int16.
template <typename F>
void with_codes(const RunContext& context, F&& f) {
  with_code_type(context.outputs[0].spec->type, [&](auto code) {
    using T = decltype(code);
    f(context.inputs[0].as<T>(), context.outputs[0].as<T>());
  });
}

/// The same for ops without int16.
template <typename F>
void with_8bit_codes(const RunContext& context, F&& f) {
  if (context.outputs[0].spec->type == DType::kUInt8) {
    f(context.inputs[0].as<std::uint8_t>(), context.outputs[0].as<std::uint8_t>());
  } else {
    f(context.inputs[0].as<std::int8_t>(), context.outputs[0].as<std::int8_t>());
  }
}

}  // namespace nputwin
