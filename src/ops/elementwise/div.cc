// DIV, of codes or of numbers.
//
// codes    the divisor made positive; r = its reciprocal in Q0 by Newton steps, h = the sign bits that the dividend has
//          to spare; q = MBQM(dividend * 2^h, r); out = MBQM(q, m * 2^(e - shift - h)) + zp, half away from zero, with
//          m, e of s_a/(s_b*s_out), the ratio formed in binary32 (TensorFlow Lite
//          Micro: binary64).  Source: TFLite div.cc, reference/div.h.
// real     a / b / s_out in binary64 by the RealRule
// numbers  binary32 division; integers cut toward zero. XNNPACK of a build that may re-associate (AArch64 wheels):
//          where the divisor stands still in the innermost dimension, a * (1 / b) in each full vector of that one.
//
// The last right shift reaches 32 and more, and less than 0: C++ does not define what TFLite's does then; what both
// processors execute is a shift count mod 32 under a 64-bit mask (measured: directed case div_u8, where 0 / b gives
// zp + 1 and -1 / b the lowest code).
//
// Where TFLite stops at a divisor of zero, so does the profile. Elsewhere fixed-point codes go the same way as by other
// divisors, the reciprocal being GetReciprocal's of 0 (measured), and integers give 0, but in TensorFlow Lite Micro,
// which stops.

#include <bit>

#include "fixed/fixed_point.h"
#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "ops/elementwise/pair_kernel.h"
#include "ops/elementwise/stopping_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::div {
namespace {

/// rounding_divide_by_pot of any exponent, as x86 and AArch64 execute it.
std::int32_t executed_divide_by_pot(std::int32_t x, int exponent) {
  if (exponent >= 0 && exponent < 32) return rounding_divide_by_pot(x, exponent);
  const auto mask = static_cast<std::int32_t>(static_cast<std::uint32_t>((std::uint64_t{1} << (exponent & 63)) - 1));
  const std::int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> (exponent & 31)) + ((x & mask) > threshold ? 1 : 0);
}
Traced<std::int32_t> executed_divide_by_pot(const Traced<std::int32_t>& x, int exponent) {
  if (exponent >= 0 && exponent < 32) return rounding_divide_by_pot(x, exponent);
  const std::int32_t result = executed_divide_by_pot(x.value(), exponent);
  const int up = result - (x.value() >> (exponent & 31));
  return noted("shifted by a count that C++ does not define", (x >> (exponent & 31)) + up);
}

PairRule real_rule(const PrepareContext& context) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  const double scale = static_cast<double>(a.scale()) / static_cast<double>(b.scale());
  return PairRule::same(
      [=, real = context.real(), za = a.zero_point(), zb = b.zero_point(), zero = out.zero_point(),
       s_out = static_cast<double>(out.scale())](const auto& x, const auto& y) -> Wide<std::decay_t<decltype(x)>> {
        const auto dividend = noted("a - its zero point", x - za), divisor = noted("b - its zero point", y - zb);
        if (divisor == 0) return real.code(static_cast<double>(plain(dividend)) / 0.0 * scale / s_out, zero);
        return real.code(noted("quotient, scaled", to<double>(dividend) / divisor * scale / s_out), zero);
      });
}

PairRule codes_rule(const PrepareContext& context) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  const std::int32_t za = a.zero_point(), zb = b.zero_point(), zero = out.zero_point();
  const double ratio =
      context.profile->binary64_ratios
          ? static_cast<double>(a.scale()) / (static_cast<double>(b.scale()) * static_cast<double>(out.scale()))
          : static_cast<double>(a.scale() / (b.scale() * out.scale()));
  const QuantizedMultiplier m = quantize_multiplier(ratio);
  return PairRule::same([=](const auto& x, const auto& y) -> Wide<std::decay_t<decltype(x)>> {
    const auto centred = noted("a - its zero point", x - za), divisor = noted("b - its zero point", y - zb);
    const auto dividend = divisor < 0 ? -centred : centred;
    const Reciprocal r = reciprocal(std::abs(plain(divisor)), 31);
    const std::int32_t bits = plain(dividend);
    const int headroom = std::countl_zero(static_cast<std::uint32_t>(bits < 0 ? ~bits : bits)) - 1;
    const auto quotient =
        noted("times the divisor's reciprocal",
              saturating_rounding_doubling_high_mul(shift_left_wrapping(dividend, headroom), r.value));
    const int right = r.bits_over_unit + headroom - m.exponent;
    const auto scaled = saturating_rounding_doubling_high_mul(quotient, m.multiplier);
    return to<std::int64_t>(executed_divide_by_pot(scaled, right)) + zero;
  });
}

template <typename T>
struct Quotient {
  NumberRange<T> range;
  bool operator==(const Quotient&) const = default;
  template <typename N>
  N operator()(const N& a, const N& b) const {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0) return N{0};
      if (b == -1) return range.clamp(wrapping_sub(N{0}, a));  // the lowest number has no opposite
    }
    return range.clamp(N(a / b));
  }
};

template <typename T>
Result<std::unique_ptr<Kernel>> numbers(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const NumberRange<T> range, number_range<T>(context));
  return binary_kernel<T, T, T>(context, Quotient<T>{range});
}

/// Rows of a divided by one b each, by its reciprocal as long as vectors of kVector elements are full.
class RowsByReciprocal final : public ComparableKernel<RowsByReciprocal> {
 public:
  RowsByReciprocal(BroadcastWalk walk, NumberRange<float> range) : walk_(std::move(walk)), range_(range) {}

  void run(const RunContext& context) const override {
    const auto a = context.inputs[0].as<float>(), b = context.inputs[1].as<float>();
    const auto out = context.outputs[0].as<float>();
    for (std::int64_t r = 0; r < walk_.runs(); ++r) {
      const float divisor = b[static_cast<std::size_t>(walk_.start_b(r))];
      for (std::int64_t i = 0; i < walk_.run(); ++i)
        out[static_cast<std::size_t>(r * walk_.run() + i)] =
            quotient(a[static_cast<std::size_t>(walk_.start_a(r) + i)], divisor, i);
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const std::int64_t r = element / walk_.run(), i = element % walk_.run();
    const auto a = explained_input<float>(context, 0, walk_.start_a(r) + i, "a", trace);
    const auto b = explained_input<float>(context, 1, walk_.start_b(r), "b", trace);
    explained_number(quotient(a, b, i), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(walk_, range_); }

 private:
  static constexpr std::int64_t kVector = 8;

  template <typename N>
  [[nodiscard]] N quotient(const N& a, const N& b, std::int64_t i) const {
    if (i >= walk_.run() / kVector * kVector) return range_.clamp(N(a / b));
    return range_.clamp(N(a * noted("1 / b, binary32", N(1.0F / b))));
  }

  BroadcastWalk walk_;
  NumberRange<float> range_;
};

Result<std::unique_ptr<Kernel>> binary32(const PrepareContext& context) {
  BroadcastWalk walk(context.output().shape, context.input(0).shape, context.input(1).shape);
  const bool rows = walk.step_a() == 1 && walk.step_b() == 0;
  if (!rows || !context.delegated() || !context.profile->reassociates) return numbers<float>(context);
  NPUTWIN_ASSIGN_OR_RETURN(const NumberRange<float> range, number_range<float>(context));
  return std::make_unique<RowsByReciprocal>(std::move(walk), range);
}

struct IsCode {
  std::int32_t code;
  bool operator==(const IsCode&) const = default;
  bool operator()(std::int32_t q) const { return q == code; }
};

/// Divisors of codes at which releases stop: from LiteRT 1.4 on code 0, whatever it stands for; from 2.1.6 on the zero
/// point (CheckNonZero in div.cc; measured).
Result<std::unique_ptr<Kernel>> checked_codes(const PrepareContext& context, Result<std::unique_ptr<Kernel>> kernel) {
  const OpRegistry release = context.profile->registry;
  if (!in_tflite_kernels(context) || release < OpRegistry::kLitert14) return kernel;
  const std::int32_t stop = release < OpRegistry::kLitert216 ? 0 : context.input(1).zero_point();
  return stopping_code_kernel(
      context.input(1).type, std::move(kernel), 1, IsCode{stop},
      stop == context.input(1).zero_point() ? "a divisor of zero" : "whose code the runtime takes for zero");
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32)) return binary32(context);
  if (all_of_type(context, 2, DType::kInt32)) {
    // Releases before LiteRT 1.4 divide: an x86-64 processor ends the process, an AArch64 one gives 0 (measured).
    const bool x86 = context.profile->cast_overflow == RealOverflow::kLowest;
    const OpRegistry release = context.profile->registry;
    const bool computes =
        in_tflite_kernels(context) ? release < OpRegistry::kLitert14 && !x86 : release != OpRegistry::kTflm;
    if (computes) return numbers<std::int32_t>(context);
    return stopping_kernel<std::int32_t>(
        numbers<std::int32_t>(context), 1, [](std::int32_t x) { return x == 0; }, "a divisor of zero");
  }
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  if (context.profile->div == DivMethod::kReal) return pair_kernel(context, real_rule(context), clamp);
  return checked_codes(context, pair_kernel(context, codes_rule(context), clamp));
}

}  // namespace

const OpDefinition& div_op() {
  static constexpr OpDefinition kOp{"DIV", broadcast_shapes, prepare, Family::kDivision};
  return kOp;
}

}  // namespace nputwin::ops::div
