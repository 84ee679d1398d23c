// ABS, NEG, SQUARE, SQRT, RSQRT, FLOOR. Codes, with x = q - zp_in:
//
//   ABS     |x| where input and output have one scale, else MBQM(|x|, s_in/s_out), the ratio in binary32; + zp_out
//   SQRT    sqrt(x * s_in) / s_out in binary32, cut toward zero, + zp_out
//   RSQRT   r = 2^20 / sqrt(x) by Newton steps; MBQM(r, 1/(sqrt(s_in)*s_out) * 2^-20) + zp_out; x = 0 gives the largest
//           code. int16: TFLite's interpolated table
//   real    the real function in binary64, by the RealRule
//
// Numbers in binary32 or, ABS, NEG and SQUARE, integers. TFLite stops at the inverse root of a negative number, and so
// does RSQRT; a real function's gives the largest code. SQRT of a negative number gives the smallest code.
// Source: TFLite elementwise.cc, neg.cc, floor.cc.

#include <algorithm>
#include <cmath>

#include "fixed/fixed_point.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::arithmetic_functions {
namespace {

enum class Function : std::uint8_t { kAbs, kNeg, kSquare, kSqrt, kRsqrt, kFloor };

template <Function function>
float in_binary32(float x) {
  switch (function) {
    case Function::kAbs:
      return std::fabs(x);
    case Function::kNeg:
      return -x;
    case Function::kSquare:
      return x * x;
    case Function::kSqrt:
      return std::sqrt(x);
    case Function::kRsqrt:
      return 1.0F / std::sqrt(x);
    case Function::kFloor:
      break;
  }
  return std::floor(x);
}

template <Function function, typename T>
T in_integers(T x) {
  using U = std::make_unsigned_t<T>;  // wraps
  const U u = static_cast<U>(x);
  if (function == Function::kSquare) return static_cast<T>(u * u);
  return function == Function::kNeg || x < 0 ? static_cast<T>(U{0} - u) : x;
}

CodeFunction abs_rule(const TensorSpec& in, const TensorSpec& out, FixedPointMultiply multiply) {
  const bool rescales = in.scale() != out.scale();
  const QuantizedMultiplier m = quantize_multiplier(static_cast<double>(in.scale() / out.scale()));
  return [=, z_in = in.zero_point(), z_out = out.zero_point()](std::int32_t q) -> std::int64_t {
    const std::int32_t x = std::abs(q - z_in);
    return std::int64_t{rescales ? multiply(x, m) : x} + z_out;
  };
}

CodeFunction sqrt_rule(const TensorSpec& in, const TensorSpec& out) {
  return [=, z_in = in.zero_point(), z_out = out.zero_point(), s_in = in.scale(),
          s_out = out.scale()](std::int32_t q) -> std::int64_t {
    if (q < z_in) return INT32_MIN;
    const float root = std::sqrt(s_in * static_cast<float>(q - z_in));
    return std::int64_t{round_real(static_cast<double>(root / s_out), Rounding::kTowardZero)} + z_out;
  };
}

CodeFunction rsqrt_rule(const TensorSpec& in, const TensorSpec& out, FixedPointMultiply multiply) {
  constexpr int kShift = 20;
  QuantizedMultiplier m = quantize_multiplier(1.0 / static_cast<double>(std::sqrt(in.scale()) * out.scale()));
  m.exponent -= kShift;
  return [=, z_in = in.zero_point(), z_out = out.zero_point()](std::int32_t q) -> std::int64_t {
    if (q <= z_in) return INT32_MAX;
    QuantizedMultiplier root = inverse_square_root(q - z_in);
    root.exponent += kShift;
    return std::int64_t{multiply(multiply(1, root), m)} + z_out;
  };
}

template <Function function>
CodeFunction real_rule(const RealRule& real, const TensorSpec& in, const TensorSpec& out) {
  return [=, z_in = in.zero_point(), z_out = out.zero_point(), s_in = in.scale(),
          s_out = out.scale()](std::int32_t q) -> std::int64_t {
    const double x = (q - z_in) * static_cast<double>(s_in);
    const double y = function == Function::kAbs    ? std::fabs(x)
                     : function == Function::kSqrt ? std::sqrt(std::max(x, 0.0))
                                                   : 1 / std::sqrt(std::max(x, 1e-30));
    return real.code(y / static_cast<double>(s_out), z_out);
  };
}

/// RSQRT, which the runtime does not begin where a number is negative.
template <typename T>
class OfNoNegative final : public Kernel {
 public:
  OfNoNegative(std::unique_ptr<Kernel> kernel, std::int32_t zero) : kernel_(std::move(kernel)), zero_(zero) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<T>();
    const auto negative = std::ranges::find_if(in, [&](T q) { return q < zero_; });
    if (negative == in.end()) return kernel_->run(context);
    context.fail(fmt::format("element {} has code {}, a negative number (the zero point is {}): the runtime stops",
                             negative - in.begin(), static_cast<int>(*negative), zero_));
  }

 private:
  std::unique_ptr<Kernel> kernel_;
  std::int32_t zero_;
};

Result<std::unique_ptr<Kernel>> of_no_negative(const TensorSpec& in, Result<std::unique_ptr<Kernel>> kernel) {
  if (!kernel) return kernel;
  std::unique_ptr<Kernel> checked;
  with_code_type(in.type, [&](auto code) {
    checked = std::make_unique<OfNoNegative<decltype(code)>>(std::move(*kernel), in.zero_point());
  });
  return checked;
}

template <Function function>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) return unary_kernel<float, float>(in_binary32<function>);
  constexpr bool kHasIntegers =
      function == Function::kAbs || function == Function::kNeg || function == Function::kSquare;
  if constexpr (kHasIntegers) {
    if (all_of_type(context, 1, DType::kInt32))
      return unary_kernel<std::int32_t, std::int32_t>(in_integers<function, std::int32_t>);
    if (all_of_type(context, 1, DType::kInt64))
      return unary_kernel<std::int64_t, std::int64_t>(in_integers<function, std::int64_t>);
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
    if (function == Function::kRsqrt && in.type == DType::kInt16) {
      const float largest = 32767.0F * out.scale();
      const auto inverse_root = [=](float x) { return x <= 0 ? largest : 1.0F / std::sqrt(x); };
      return of_no_negative(in, real_function_kernel(context, {inverse_root, {}}));
    }
    if (function == Function::kRsqrt)
      return of_no_negative(in, code_kernel(context, rsqrt_rule(in, out, context.multiply())));
    return code_kernel(context,
                       function == Function::kAbs ? abs_rule(in, out, context.multiply()) : sqrt_rule(in, out));
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
  static constexpr OpDefinition kOp{"SQRT", unary_shapes, prepare<Function::kSqrt>, Family::kArithmetic};
  return kOp;
}
const OpDefinition& rsqrt_op() {
  static constexpr OpDefinition kOp{"RSQRT", unary_shapes, prepare<Function::kRsqrt>, Family::kArithmetic};
  return kOp;
}
const OpDefinition& floor_op() {
  static constexpr OpDefinition kOp{"FLOOR", unary_shapes, prepare<Function::kFloor>, Family::kArithmetic};
  return kOp;
}

}  // namespace nputwin::ops::arithmetic_functions
