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
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

std::int64_t clip(std::int64_t y, CodeRange range) { return clamped<std::int64_t>(y, range.lo, range.hi); }

/// A number's `bits` leading bits, to even.
double keep_bits(double x, int bits) {
  if (x == 0 || !std::isfinite(x)) return x;
  const double step = std::ldexp(1.0, std::ilogb(x) - bits + 1);
  return std::nearbyint(x / step) * step;
}

/// f between its values at binary16 numbers of 4 fraction bits; see TableMethod::kPiecewiseLinear.
template <typename N>
N piecewise_linear(const RealFunction& f, const N& x) {
  constexpr double kLargest = 57344;  // of the table's arguments
  constexpr int kSmallestExponent = -14, kFractionBits = 4, kValueBits = 16;
  const double at = std::clamp(std::abs(plain(x)), 0.0, kLargest);
  const int exponent = at == 0 ? kSmallestExponent : std::max(std::ilogb(at), kSmallestExponent);
  const double step = std::ldexp(1.0, exponent - kFractionBits), lower = std::floor(at / step) * step;
  const auto value = [&](double argument) { return keep_bits(f(std::copysign(argument, plain(x))), kValueBits); };
  const double from = value(lower);
  if (at == lower) return from;
  const N into_piece = (clamped(magnitude(x), 0.0, kLargest) - lower) / step;
  return from + (value(lower + step) - from) * into_piece;
}

CodeFunction real_function(const PrepareContext& context, const RealFunction& f) {
  const Profile& p = *context.profile;
  const TensorSpec &input = context.input(0), &output = context.output();
  const std::int32_t zero = output.zero_point();
  return [=, method = p.table, overflow = p.real_overflow, fused = p.fused_multiply_add, rounding = p.real_rounding,
          real = context.real(), z_in = input.zero_point(), s_in = input.scale(),
          s_out = output.scale()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    const auto centred = noted("quantized value - zero point", q - z_in);
    if (method == TableMethod::kReal || method == TableMethod::kPiecewiseLinear) {
      const auto x = noted("the real input, binary64", static_cast<double>(s_in) * to<double>(centred));
      const auto y = noted("the function", method == TableMethod::kReal ? f(x) : piecewise_linear(f, x));
      return real.code(noted("over the output's scale", y / static_cast<double>(s_out)), zero);
    }
    const auto x = noted("the real input, binary32", s_in * to<float>(centred));
    if (method == TableMethod::kBinary32HalfAway) {
      const auto y = noted("the function, times 1/scale", noted("the function", f(x)) * (1.0F / s_out));
      if (!(std::abs(plain(y)) < 0x1p31F) && overflow == RealOverflow::kLowest) return std::int64_t{INT32_MIN};
      return zero + to<std::int64_t>(round_real(to<double>(y), Rounding::kHalfAwayFromZero));
    }
    const auto y = noted("the function, to binary32", to<float>(f(to<double>(x))));
    if (method == TableMethod::kBinary32HalfEven) {
      const auto scaled = noted("times 1/scale", y * (1.0F / s_out));
      return zero + to<std::int64_t>(round_real(to<double>(scaled), Rounding::kHalfToEven));
    }
    const auto code = multiply_add(y, 1.0F / s_out, static_cast<float>(zero), fused);
    return to<std::int64_t>(round_real(to<double>(code), rounding));
  };
}

/// `f` lives as long.
ValueOfCode clipped(const CodeFunction& f, CodeRange range) {
  return [&f, range](std::int32_t code) { return static_cast<double>(clip(f(code), range)); };
}

/// As CodeTableKernel, for codes too wide for a table.
template <typename In, typename Out>
class CodeKernel final : public Kernel {
 public:
  CodeKernel(CodeFunction f, CodeRange range) : f_(std::move(f)), range_(range) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<In>();
    const auto out = context.outputs[0].as<Out>();
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<Out>(clip(f_(in[i]), range_));
  }
  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    explain_code(f_, context, 0, element, range_, trace);
    return true;
  }
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& /*context*/) const override {
    return code_definition(clipped(f_, range_));
  }

 private:
  CodeFunction f_;
  CodeRange range_;
};

class CodeDefinition final : public Definition {
 public:
  CodeDefinition(ValueOfCode body, ValueOfCode tail, std::int64_t tail_from)
      : body_(std::move(body)), tail_(std::move(tail)), tail_from_(tail_from) {}

  [[nodiscard]] Of of() const override { return Of::kCode; }
  [[nodiscard]] std::int64_t function_number(std::int64_t element) const override {
    return element < tail_from_ ? 0 : 1;
  }
  [[nodiscard]] Function function(std::int64_t element) const override {
    return [&f = element < tail_from_ ? body_ : tail_](std::int64_t code, std::int64_t) {
      return f(static_cast<std::int32_t>(code));
    };
  }
  [[nodiscard]] std::vector<Place> places(std::int64_t element) const override { return {{0, element}}; }

 private:
  ValueOfCode body_, tail_;
  std::int64_t tail_from_;
};

}  // namespace

CodeTableKernel::CodeTableKernel(DType input, DType output, CodeFunction body, CodeFunction tail, std::int64_t block,
                                 const Isa& isa)
    : isa_(isa),
      kernels_(isa.scalar() ? LookupKernels{} : lookup_codes(isa)),
      body_(code_table(input, output, body)),
      tail_(block == 1 ? body_ : code_table(input, output, tail)),
      clamp_(kernels_.clamp == nullptr ? std::nullopt : clamp_form(body_.data())),
      body_function_(std::move(body)),
      tail_function_(std::move(tail)),
      block_(block) {}

bool CodeTableKernel::explain(const RunContext& context, std::size_t /*output*/, std::int64_t element,
                              Trace& trace) const {
  const std::int64_t from = tail_from(context.inputs[0].spec->elements());
  explain_code(element < from ? body_function_ : tail_function_, context, 0, element,
               code_range(context.outputs[0].spec->type), trace);
  return true;
}

std::unique_ptr<Definition> CodeTableKernel::definition(const RunContext& context) const {
  const CodeRange range = code_range(context.outputs[0].spec->type);
  if (block_ == 1) return code_definition(clipped(body_function_, range));
  return code_definition(clipped(body_function_, range), clipped(tail_function_, range),
                         tail_from(context.inputs[0].spec->elements()));
}

std::unique_ptr<Definition> code_definition(ValueOfCode body, ValueOfCode tail, std::int64_t tail_from) {
  return std::make_unique<CodeDefinition>(std::move(body), std::move(tail), tail_from);
}

void explain_code(const CodeFunction& f, const RunContext& context, std::size_t k, std::int64_t from, CodeRange range,
                  Trace& trace) {
  const auto explain = [&](auto code) {
    explained_code(f.traced(explained_input<decltype(code)>(context, k, from, "q", trace)), range, trace);
  };
  if (context.inputs[k].spec->type == DType::kInt32) {
    explain(std::int32_t{});
  } else {
    with_code_type(context.inputs[k].spec->type, explain);
  }
}

void CodeTableKernel::run(const RunContext& context) const {
  const auto* in = reinterpret_cast<const std::uint8_t*>(context.inputs[0].bytes.data());
  auto* out = reinterpret_cast<std::uint8_t*>(context.outputs[0].bytes.data());
  const auto size = static_cast<std::int64_t>(context.inputs[0].bytes.size()), body = tail_from(size);
  constexpr std::int64_t kTask = 65536;
  context.pool->parallel((body + kTask - 1) / kTask, [&](std::int64_t task, int) {
    const std::int64_t from = task * kTask, count = std::min(kTask, body - from);
    if (clamp_) {
      kernels_.clamp(*clamp_, in + from, count, out + from);
    } else {
      (kernels_.look_up != nullptr ? kernels_.look_up : look_up_scalar)(body_.data(), in + from, count, out + from);
    }
  });
  look_up_scalar(tail_.data(), in + body, size - body, out + body);
}

KernelForm CodeTableKernel::form() const {
  if (clamp_) return {"code_clamp", isa_.name, {}, {}};
  if (kernels_.look_up != nullptr) return {"code_table", isa_.name, {}, {}};
  const std::string why = isa_.scalar() ? kScalarAskedFor : "no form for this instruction set has been written";
  return {"code_table", "scalar", {{"code_table by vectors", why}}, {}};
}

CodeTableKernel::Table code_table(DType input, DType output, const CodeFunction& f) {
  CodeTableKernel::Table table{};
  const CodeRange in = code_range(input), out = code_range(output);
  for (std::int32_t q = in.lo; q <= in.hi; ++q)
    table[static_cast<std::uint8_t>(q)] = static_cast<std::uint8_t>(clip(f(q), out));
  return table;
}

std::unique_ptr<Kernel> code_kernel(const PrepareContext& context, const CodeFunction& f) {
  const DType from = context.input(0).type, to = context.output().type;
  if (is_8bit(from) && is_8bit(to)) return std::make_unique<CodeTableKernel>(from, to, f, context.isa);
  std::unique_ptr<Kernel> kernel;
  const auto into = [&](auto in, auto out) {
    using In = decltype(in);
    using Out = decltype(out);
    kernel = std::make_unique<CodeKernel<In, Out>>(f, code_range(to));
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
  if (all_of_type(context, 1, DType::kFloat32)) return unary_kernel<float, float>(f);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  if (in.type == DType::kInt16) {
    const InterpolatedTable table(in.scale(), in.zero_point(), out.scale(), out.zero_point(), f.binary32,
                                  context.profile->fused_multiply_add);
    return code_kernel(context, [table](const auto& q) { return to<std::int64_t>(table(to<std::int16_t>(q))); });
  }
  return std::make_unique<CodeTableKernel>(in.type, out.type, real_function(context, f), context.isa);
}

}  // namespace nputwin
