// REDUCE_PROD over constant axes. Of n codes x = q - z_in, in memory order:
//
//   scaled steps   p = x_0; p = M (p x_i) for each further one; out = M p + z_out, with M = s_in / s_out^(1/n) as
//                  quantize_multiplier gives it, rounded to 16 bits, one rounding half up, results taken as int32.
//                  TFLite reduce.cc, EvalQuantizedProd; int8 and int16 codes
//                  Over axes of size 1 optimised kernels copy the codes, before LiteRT 2.3 what the memory held
//   real           the product of the values by the RealRule; see real_reduction.h for axes that are no neighbours
//
// Numbers: the product in memory order, int32 wraps.

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "fixed/multiplier.h"
#include "fixed/traced.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/reduce/real_reduction.h"
#include "profile/profile.h"

namespace nputwin::ops::reduce_prod {
namespace {

/// TFLite's 64-bit MultiplyByQuantizedMultiplier.
class SixteenBitScale {
 public:
  explicit SixteenBitScale(QuantizedMultiplier m)
      : multiplier_(sixteen_bit_multiplier(m.multiplier)), right_(15 - m.exponent) {}

  [[nodiscard]] bool valid() const { return right_ > 0 && right_ < 63; }
  /// `N`: int64, plain or traced.
  template <typename N>
  [[nodiscard]] Like<std::int32_t, N> operator()(const N& x) const {
    return wrap_int32(shift_right_rounded(x * multiplier_, right_, Rounding::kHalfUp));
  }
  bool operator==(const SixteenBitScale&) const = default;

 private:
  std::int64_t multiplier_;
  int right_;
};

class ScaledProduct final : public ComparableKernel<ScaledProduct> {
 public:
  ScaledProduct(Reduction reduction, SixteenBitScale scale) : reduction_(std::move(reduction)), scale_(scale) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(reduction_.outputs) * sizeof(std::int64_t);
  }

  void run(const RunContext& context) const override {
    constexpr std::int64_t kNothing = INT64_MIN;
    auto* products = reinterpret_cast<std::int64_t*>(context.scratch.data());
    std::fill_n(products, reduction_.outputs, kNothing);
    const TensorSpec &in = *context.inputs[0].spec, &out = *context.outputs[0].spec;
    with_codes(context, [&](auto codes, auto results) {
      reduction_.for_each(in.shape, [&](std::int64_t from, std::int64_t to) {
        const std::int64_t x = codes[static_cast<std::size_t>(from)] - in.zero_point();
        products[to] = products[to] == kNothing ? x : scale_(products[to] * x);
      });
      const CodeRange range = code_range(out.type);
      for (std::size_t o = 0; o < results.size(); ++o) {
        const std::int32_t y = code(products[o], out.zero_point());
        results[o] = static_cast<typename decltype(results)::value_type>(std::clamp(y, range.lo, range.hi));
      }
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const TensorSpec &in = *context.inputs[0].spec, &out = *context.outputs[0].spec;
    with_codes(context, [&](auto codes, auto) {
      const auto values = explained_elements(codes, reduction_.sources(in.shape, element), trace);
      std::optional<Traced<std::int64_t>> product;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto x = noted("quantized value - zero point",
                             Traced<std::int64_t>(&trace, values[i], "q[" + std::to_string(i) + "]") - in.zero_point());
        product = product ? to<std::int64_t>(scale_(noted("product so far", *product * x))) : x;
      }
      if (product) explained_code(to<std::int64_t>(code(*product, out.zero_point())), code_range(out.type), trace);
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(reduction_, scale_); }

 private:
  template <typename N>
  [[nodiscard]] Like<std::int32_t, N> code(const N& product, std::int32_t zero) const {
    return wrap_int32(to<std::int64_t>(scale_(product)) + zero);
  }

  Reduction reduction_;
  SixteenBitScale scale_;
};

/// The input's codes as they are.
class Copied final : public ComparableKernel<Copied> {
 public:
  void run(const RunContext& context) const override {
    std::ranges::copy(context.inputs[0].bytes, context.outputs[0].bytes.begin());
  }
  [[nodiscard]] static std::tuple<> parameters() { return {}; }
};

template <typename T>
class NumberProduct final : public ComparableKernel<NumberProduct<T>> {
 public:
  explicit NumberProduct(Reduction reduction) : reduction_(std::move(reduction)) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<T>();
    const auto out = context.outputs[0].as<T>();
    std::fill(out.begin(), out.end(), T{1});
    reduction_.for_each(context.inputs[0].spec->shape, [&](std::int64_t from, std::int64_t to) {
      T& y = out[static_cast<std::size_t>(to)];
      const T x = in[static_cast<std::size_t>(from)];
      if constexpr (std::is_integral_v<T>) {
        y = wrap_int32(std::int64_t{y} * x);
      } else {
        y *= x;
      }
    });
  }
  [[nodiscard]] auto parameters() const { return std::tie(reduction_); }

 private:
  Reduction reduction_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  if (r.count < 1) return error("a product over no elements is not supported");
  if (all_of_type(context, 1, DType::kFloat32)) return std::make_unique<NumberProduct<float>>(std::move(r));
  if (all_of_type(context, 1, DType::kInt32)) return std::make_unique<NumberProduct<std::int32_t>>(std::move(r));
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  if (context.profile->prod == ProdMethod::kReal) return real_reduction_kernel(context, r, Reducer::kProduct);
  const TensorSpec &in = context.input(0), &out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kInt16}, "input"));
  if (r.count == 1 && context.profile->prod_of_one == ProdOfOneMethod::kCopied) return std::make_unique<Copied>();
  if (r.count == 1 && context.profile->prod_of_one == ProdOfOneMethod::kUndefined)
    return error("a product of one factor each is undefined: the runtime reads memory that nothing wrote");
  const double root = std::pow(static_cast<double>(out.scale()), 1.0 / static_cast<double>(r.count));
  const SixteenBitScale scale(quantize_multiplier(static_cast<double>(in.scale()) / root));
  if (!scale.valid()) return error("scales {} and {} are too far apart", in.scale(), out.scale());
  return std::make_unique<ScaledProduct>(std::move(r), scale);
}

}  // namespace

const OpDefinition& reduce_prod_op() {
  static constexpr OpDefinition kOp{"REDUCE_PROD", reduction_shapes, prepare, Family::kSum};
  return kOp;
}

}  // namespace nputwin::ops::reduce_prod
