// ABS, NEG, SQUARE, SQRT, RSQRT, FLOOR. Codes, with x = q - zp_in:
//
//   ABS     |x| where input and output have one scale, else MBQM(|x|, s_in/s_out), the ratio in binary32; + zp_out
//   SQRT    sqrt(x * s_in) / s_out in binary32, cut toward zero, + zp_out
//   RSQRT   r = 2^20 / sqrt(x) by Newton steps; MBQM(r, 1/(sqrt(s_in)*s_out) * 2^-20) + zp_out; x = 0 gives the largest
//           code. int16: TFLite's interpolated table; TensorFlow Lite Micro: as int8. It forms all ratios in binary64
//   real    the real function in binary64, by the RealRule
//
// Numbers in binary32 or, ABS, NEG and SQUARE, integers; LiteRT has NEG of stored int8 and int16 numbers too. TFLite
// stops at the inverse root of a negative number, and so does RSQRT; a real function's gives the largest code. SQRT of
// a negative number gives the smallest code.
// Source: TFLite elementwise.cc, neg.cc, floor.cc.

#include <algorithm>
#include <cmath>
#include <limits>

#include "fixed/fixed_point.h"
#include "fixed/real_functions.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/stopping_kernel.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::arithmetic_functions {
namespace {

enum class Function : std::uint8_t { kAbs, kNeg, kSquare, kSqrt, kRsqrt, kFloor };

/// Of numbers, plain or traced; integers wrap.
template <Function function>
struct OfNumbers {
  template <typename N>
  N operator()(const N& x) const {
    if constexpr (std::is_integral_v<Plain<N>>) {
      if constexpr (function == Function::kSquare) return wrapping_mul(x, x);
      return function == Function::kNeg || x < 0 ? wrapping_sub(N{0}, x) : x;
    } else {
      switch (function) {
        case Function::kAbs:
          return magnitude(x);
        case Function::kNeg:
          return -x;
        case Function::kSquare:
          return x * x;
        case Function::kSqrt:
          return sqrt_of(x);
        case Function::kRsqrt:
          return 1.0F / sqrt_of(x);
        case Function::kFloor:
          break;
      }
      return floor_of(x);
    }
  }
};

CodeFunction abs_rule(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  const bool rescales = in.scale() != out.scale();
  const QuantizedMultiplier m = quantize_multiplier(context.ratio(in.scale(), 1, out.scale()));
  return [=, multiply = context.multiply(), z_in = in.zero_point(),
          z_out = out.zero_point()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    const auto x = noted("|quantized value - zero point|", magnitude(q - z_in));
    return (rescales ? to<std::int64_t>(multiply(x, m)) : to<std::int64_t>(x)) + z_out;
  };
}

CodeFunction sqrt_rule(const TensorSpec& in, const TensorSpec& out) {
  return [=, z_in = in.zero_point(), z_out = out.zero_point(), s_in = in.scale(),
          s_out = out.scale()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    if (q < z_in) return std::int64_t{INT32_MIN};
    const auto root = noted("the root, binary32", sqrt_of(s_in * to<float>(q - z_in)));
    return to<std::int64_t>(round_real(to<double>(root / s_out), Rounding::kTowardZero)) + z_out;
  };
}

CodeFunction rsqrt_rule(const PrepareContext& context) {
  constexpr int kShift = 20;
  const float s_in = context.input(0).scale(), s_out = context.output().scale();
  const double scale = context.profile->binary64_ratios
                           ? std::sqrt(static_cast<double>(s_in)) * static_cast<double>(s_out)
                           : static_cast<double>(std::sqrt(s_in) * s_out);
  QuantizedMultiplier m = quantize_multiplier(1.0 / scale);
  m.exponent -= kShift;
  return [=, multiply = context.multiply(), z_in = context.input(0).zero_point(),
          z_out = context.output().zero_point()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    using N = std::decay_t<decltype(q)>;
    if (q <= z_in) return std::int64_t{INT32_MAX};
    QuantizedMultiplier root = inverse_square_root(plain(q) - z_in);
    root.exponent += kShift;
    // The root depends on q by Newton steps that are not shown.
    const auto scaled =
        noted("2^20 / sqrt(quantized value - zero point)", N(multiply(noted("one", N(q - q + 1)), root)));
    return to<std::int64_t>(multiply(scaled, m)) + z_out;
  };
}

template <Function function>
CodeFunction real_rule(const RealRule& real, const TensorSpec& in, const TensorSpec& out) {
  return [=, z_in = in.zero_point(), z_out = out.zero_point(), s_in = in.scale(),
          s_out = out.scale()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    constexpr double kMost = std::numeric_limits<double>::infinity();
    const auto x = noted("the real input, binary64", (q - z_in) * static_cast<double>(s_in));
    const auto y = function == Function::kAbs    ? magnitude(x)
                   : function == Function::kSqrt ? sqrt_of(clamped(x, 0.0, kMost))
                                                 : 1 / sqrt_of(clamped(x, 1e-30, kMost));
    return real.code(noted("the function over the output's scale", y / static_cast<double>(s_out)), z_out);
  };
}

struct IsBelow {
  std::int32_t zero;
  bool operator==(const IsBelow&) const = default;
  bool operator()(std::int32_t q) const { return q < zero; }
};

/// SQRT and RSQRT, which the runtime does not begin where a number is negative.
Result<std::unique_ptr<Kernel>> of_no_negative(const TensorSpec& in, Result<std::unique_ptr<Kernel>> kernel) {
  const std::int32_t zero = in.zero_point();
  return stopping_code_kernel(in.type, std::move(kernel), 0, IsBelow{zero},
                              fmt::format("a negative number (the zero point is {})", zero));
}

/// LiteRT's NEG of codes: the stored numbers, whatever they stand for.
template <typename T>
std::unique_ptr<Kernel> negated_codes() {
  return unary_kernel<T, T>([](const auto& x) { return to<T>(-x); });  // the lowest stays
}

template <Function function>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) return unary_kernel<float, float>(OfNumbers<function>{});
  constexpr bool kHasIntegers =
      function == Function::kAbs || function == Function::kNeg || function == Function::kSquare;
  if constexpr (kHasIntegers) {
    if (all_of_type(context, 1, DType::kInt32)) return unary_kernel<std::int32_t, std::int32_t>(OfNumbers<function>{});
    if (all_of_type(context, 1, DType::kInt64)) return unary_kernel<std::int64_t, std::int64_t>(OfNumbers<function>{});
  }
  if constexpr (function == Function::kNeg) {
    if (in_tflite_kernels(context) && in.type == out.type) {
      if (in.type == DType::kInt8) return negated_codes<std::int8_t>();
      if (in.type == DType::kInt16) return negated_codes<std::int16_t>();
    }
  }
  constexpr bool kHasCodes = function == Function::kAbs || function == Function::kSqrt || function == Function::kRsqrt;
  if constexpr (!kHasCodes) {
    NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kFloat32}, "input"));
    NPUTWIN_RETURN_IF_ERROR(check_type(out, {DType::kFloat32}, "output"));
    return nullptr;
  } else {
    NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
    if (context.profile->table == TableMethod::kReal)
      return code_kernel(context, real_rule<function>(context.real(), in, out));
    if (function == Function::kRsqrt && in.type == DType::kInt16 && !context.profile->int16_rsqrt_by_steps) {
      const float largest = 32767.0F * out.scale();
      return of_no_negative(in, real_function_kernel(context, RealFunction::of([=](const auto& x) {
                                                       using N = std::decay_t<decltype(x)>;
                                                       return x <= 0 ? N(largest) : N(1.0F / sqrt_of(x));
                                                     })));
    }
    if (function == Function::kAbs) return code_kernel(context, abs_rule(context));
    return of_no_negative(
        in, code_kernel(context, function == Function::kRsqrt ? rsqrt_rule(context) : sqrt_rule(in, out)));
  }
}

}  // namespace

const OpDefinition& abs_op() {
  static constexpr OpDefinition kOp{"ABS", unary_shapes, prepare<Function::kAbs>, Family::kArithmetic};
  return kOp;
}
const OpDefinition& neg_op() {
  static constexpr OpDefinition kOp{"NEG", unary_shapes, prepare<Function::kNeg>, Family::kArithmetic};
  return kOp;
}
const OpDefinition& square_op() {
  static constexpr OpDefinition kOp{"SQUARE", unary_shapes, prepare<Function::kSquare>, Family::kArithmetic};
  return kOp;
}
const OpDefinition& sqrt_op() {
  static constexpr OpDefinition kOp{"SQRT", unary_shapes, prepare<Function::kSqrt>, Family::kArithmetic,
                                    Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& rsqrt_op() {
  static constexpr OpDefinition kOp{"RSQRT", unary_shapes, prepare<Function::kRsqrt>, Family::kArithmetic,
                                    Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& floor_op() {
  static constexpr OpDefinition kOp{"FLOOR", unary_shapes, prepare<Function::kFloor>, Family::kArithmetic};
  return kOp;
}

}  // namespace nputwin::ops::arithmetic_functions
