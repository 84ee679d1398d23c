// FAKE_QUANT of float32: the numbers that codes of `num_bits` bits between `min` and `max` would stand for. With
// s = (max - min) / (2^bits - 1) and the range moved so that 0 is a code, lo = -s * zero:
//
//   out = round((clamp(x) - lo) * (1 / s)) * s + lo, ties away from zero, each step in binary32
//
// Source: TFLite fake_quant.cc, quantization_util.cc.

#include <algorithm>
#include <cmath>

#include "fixed/real_functions.h"
#include "ops/checks.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::fake_quant {
namespace {

struct Quantized {
  float scale, inverse, lo, hi;
  bool fused;
  bool operator==(const Quantized&) const = default;
  template <typename N>
  auto operator()(const N& x) const {
    const auto shifted = noted("clamped, less the least", (x > lo ? clamped(x, lo, hi) : N(lo)) - lo);
    const auto steps = noted("in steps, binary32", shifted * inverse);
    return multiply_add(to<float>(round_real(to<double>(steps), Rounding::kHalfAwayFromZero)), scale, lo, fused);
  }
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kFloat32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kFloat32}, "output"));
  const Attributes& a = *context.attributes;
  const auto least = static_cast<float>(a.real("min")), most = static_cast<float>(a.real("max"));
  const std::int64_t bits = a.integer("num_bits");
  if (a.integer("narrow_range") != 0) return error("narrow_range is not supported, as in the runtimes");
  if (bits < 2 || bits > 16) return error("num_bits is {}, expected 2 to 16", bits);
  if (!(least <= 0 && most >= 0 && least < most))
    return error("the range from {} to {} does not hold 0 and more", least, most);
  const auto codes = static_cast<float>((1 << bits) - 1);
  const float scale = (most - least) / codes, inverse = 1.0F / scale;
  const float zero = std::clamp(std::round(0.0F - least / scale), 0.0F, codes);
  const float lo = (0.0F - zero) * scale, hi = (codes - zero) * scale;
  return unary_kernel<float, float>(Quantized{scale, inverse, lo, hi, context.profile->fused_multiply_add});
}

}  // namespace

const OpDefinition& fake_quant_op() {
  static constexpr OpDefinition kOp{"FAKE_QUANT", unary_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::fake_quant
