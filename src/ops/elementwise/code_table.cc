// Functions of 8-bit codes by a table of 256. f real, s scales, zp the zero points, x = s_in * (q - zp_in) in binary32:
//
//   binary32, half away   half_away(f(x) * (1/s_out)) + zp_out, f and the product in binary32; beyond int32 the code's
//                         end or, on x86 before LiteRT, its lowest value. TFLite internal/common.h, LUTPopulateInt8
//   binary32 with zero    f(x) * (1/s_out) + zp_out in binary32, f from binary64; half to even or, in older versions,
//                         away from zero. XNNPACK unary-elementwise-nc.c
//   binary32, half even   half_even(f(x) * (1/s_out)) + zp_out, f from binary64. XNNPACK until 2024, elu-nc.c
//   real                  half_even(f(x) / s_out + zp_out) in binary64

#include "ops/elementwise/code_table.h"

#include <cmath>

#include "base/checked.h"
#include "fixed/interpolated_table.h"
#include "fixed/rounding.h"
#include "ops/checks.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

std::int64_t clip(std::int64_t y, CodeRange range) { return y < range.lo ? range.lo : y > range.hi ? range.hi : y; }

/// A number's `bits` leading bits, to even.
double keep_bits(double x, int bits) {
  if (x == 0 || !std::isfinite(x)) return x;
  const double step = std::ldexp(1.0, std::ilogb(x) - bits + 1);
  return std::nearbyint(x / step) * step;
}

/// f between its values at binary16 numbers of 4 fraction bits; see TableMethod::kPiecewiseLinear.
double piecewise_linear(const std::function<double(double)>& f, double x) {
  constexpr double kLargest = 57344;  // of the table's arguments
  constexpr int kSmallestExponent = -14, kFractionBits = 4, kValueBits = 16;
  const double at = std::clamp(std::abs(x), 0.0, kLargest);
  const int exponent = at == 0 ? kSmallestExponent : std::max(std::ilogb(at), kSmallestExponent);
  const double step = std::ldexp(1.0, exponent - kFractionBits), lower = std::floor(at / step) * step;
  const auto value = [&](double argument) { return keep_bits(f(std::copysign(argument, x)), kValueBits); };
  const double from = value(lower);
  return at == lower ? from : from + (value(lower + step) - from) * ((at - lower) / step);
}

CodeTableKernel::Table real_function_table(const PrepareContext& context, const RealFunction& f) {
  const Profile& profile = *context.profile;
  const TensorSpec &input = context.input(0), &output = context.output();
  const std::int32_t zero = output.zero_point();
  return code_table(input.type, output.type, [&](std::int32_t q) -> std::int64_t {
    const float x = input.scale() * static_cast<float>(q - input.zero_point());
    switch (profile.table) {
      case TableMethod::kBinary32HalfAway: {
        const float y = f.binary32(x) * (1.0F / output.scale());
        if (!(std::abs(y) < 0x1p31F) && profile.real_overflow == RealOverflow::kLowest) return INT32_MIN;
        return zero + std::int64_t{round_real(static_cast<double>(y), Rounding::kHalfAwayFromZero)};
      }
      case TableMethod::kBinary32WithZero: {
        const float y = static_cast<float>(f.binary64(static_cast<double>(x)));
        return round_real(static_cast<double>(multiply_add(y, 1.0F / output.scale(), static_cast<float>(zero),
                                                           profile.fused_multiply_add)),
                          profile.real_rounding);
      }
      case TableMethod::kBinary32HalfEven: {
        const float y = static_cast<float>(f.binary64(static_cast<double>(x))) * (1.0F / output.scale());
        return zero + std::int64_t{round_real(static_cast<double>(y), Rounding::kHalfToEven)};
      }
      case TableMethod::kReal:
      case TableMethod::kPiecewiseLinear:
        break;
    }
    const double real = static_cast<double>(input.scale()) * (q - input.zero_point());
    if (profile.table == TableMethod::kPiecewiseLinear)
      return context.real().code(piecewise_linear(f.binary64, real) / static_cast<double>(output.scale()), zero);
    return context.real().code(f.binary64(real) / static_cast<double>(output.scale()), zero);
  });
}

}  // namespace

void CodeTableKernel::run(const RunContext& context) const {
  const auto in = context.inputs[0].bytes;
  const auto out = context.outputs[0].bytes;
  const std::size_t body = in.size() - in.size() % static_cast<std::size_t>(block_);
  for (std::size_t i = 0; i < body; ++i) out[i] = std::byte{body_[static_cast<std::uint8_t>(in[i])]};
  for (std::size_t i = body; i < in.size(); ++i) out[i] = std::byte{tail_[static_cast<std::uint8_t>(in[i])]};
}

CodeTableKernel::Table code_table(DType input, DType output, const CodeFunction& f) {
  CodeTableKernel::Table table{};
  const CodeRange in = code_range(input), out = code_range(output);
  for (std::int32_t q = in.lo; q <= in.hi; ++q)
    table[static_cast<std::uint8_t>(q)] = static_cast<std::uint8_t>(clip(f(q), out));
  return table;
}

std::unique_ptr<Kernel> code_kernel(const NodeView& node, const CodeFunction& f) {
  const DType from = node.input(0).type, to = node.output().type;
  if (is_8bit(from) && is_8bit(to)) return std::make_unique<CodeTableKernel>(code_table(from, to, f));
  std::unique_ptr<Kernel> kernel;
  const auto into = [&](auto in, auto out) {
    using In = decltype(in);
    using Out = decltype(out);
    kernel = unary_kernel<In, Out>([f, range = code_range(to)](In q) { return static_cast<Out>(clip(f(q), range)); });
  };
  const auto from_type = [&](auto in) {
    if (to == DType::kInt32) {
      into(in, std::int32_t{});
    } else {
      with_code_type(to, [&](auto out) { into(in, out); });
    }
  };
  if (from == DType::kInt32) {
    from_type(std::int32_t{});
  } else {
    with_code_type(from, from_type);
  }
  return kernel;
}

Result<std::unique_ptr<Kernel>> real_function_kernel(const PrepareContext& context, const RealFunction& f) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) return unary_kernel<float, float>(f.binary32);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  if (in.type == DType::kInt16) {
    const InterpolatedTable table(in.scale(), in.zero_point(), out.scale(), out.zero_point(), f.binary32);
    return unary_kernel<std::int16_t, std::int16_t>(table);
  }
  return std::make_unique<CodeTableKernel>(real_function_table(context, f));
}

}  // namespace nputwin
