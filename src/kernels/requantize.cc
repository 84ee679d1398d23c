#include "kernels/requantize.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace nputwin {
namespace {

using Method = RequantizeRule::Method;

template <typename T>
void store(void* out, std::ptrdiff_t i, std::int32_t value) {
  static_cast<T*>(out)[i] = static_cast<T>(value);
}

/// The shifts of the high-product form, and whether 32 bits hold every step: acc << left, and its high
/// product, which is no larger, plus half of 2^right.
struct Shifts {
  int left, right;
  [[nodiscard]] bool fit(std::int64_t largest) const {
    return largest <= INT32_MAX && left < 31 && right < 31 &&
           (largest << left) + (std::int64_t{1} << right) / 2 <= INT32_MAX;
  }
};

Shifts two_step_shifts(const Rescale& c) { return {std::max(c.fixed.exponent, 0), std::max(-c.fixed.exponent, 0)}; }

/// One rounding is the floor of the high product with one bit or more kept for the last shift, which rounds
/// half up.
Shifts one_step_shifts(const Rescale& c) {
  const int right = std::max(-c.fixed.exponent, 1);
  return {c.fixed.exponent + right, right};
}

/// The product or the accumulator loses bits or gets the zero point, which no vector form does.
bool scalar_alone(const RequantizeRule& rule, std::int64_t largest) {
  const bool narrow = rule.accumulator_bits < 32 && largest >= std::int64_t{1} << (rule.accumulator_bits - 1);
  return narrow || rule.zero_point_in_accumulator || rule.product_bits != 0 ||
         rule.guard_bits != RequantizeRule::kAllGuardBits;
}

/// acc*M and acc*M + zp are exact in binary64: acc*m needs under 53 bits, and so does the sum, whose lowest
/// bit is 2^-k.
bool binary64_fits(const RequantizeRule& rule, std::span<const Rescale> channels, std::int64_t largest) {
  if (rule.multiplier_bits > 24 || largest >= (std::int64_t{1} << 28)) return false;
  return std::all_of(channels.begin(), channels.end(), [&](const Rescale& c) {
    const int k = rule.multiplier_bits - c.fixed.exponent;
    return k >= 0 && k <= 40 && (largest * c.fixed.multiplier) < (std::int64_t{1} << 51) &&
           std::ldexp(static_cast<double>(largest) * c.fixed.multiplier, -k) < 1e9;
  });
}

}  // namespace

Requantizer::Requantizer(const RequantizeRule& rule, std::span<const Rescale> channels, std::int32_t zero_point,
                         CodeRange clamp, DType output, std::int64_t largest, const Isa& isa)
    : rule_(rule), channels_(channels.begin(), channels.end()), output_(output) {
  parameters_.zero_point = zero_point;
  parameters_.clamp = clamp;
  if (isa.scalar() || !is_8bit(output) || scalar_alone(rule, largest)) return;
  const RequantizeKernels kernels = requantize_kernels(isa);
  const bool u8 = output == DType::kUInt8;
  auto& p = parameters_;
  const std::size_t n = channels_.size() + kPadding;
  const bool two_step = rule.method == Method::kTwoStep &&
                        (rule.rounding == Rounding::kHalfAwayFromZero || rule.rounding == Rounding::kHalfUp);
  const bool one_step = rule.method == Method::kOneStep && rule.rounding == Rounding::kHalfUp && !rule.zero_point_first;
  const auto shifts = two_step ? two_step_shifts : one_step_shifts;
  if ((two_step || one_step) &&
      std::all_of(channels.begin(), channels.end(), [&](const Rescale& c) { return shifts(c).fit(largest); })) {
    p.multiplier.resize(n), p.left.resize(n), p.right.resize(n);
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      p.multiplier[c] = channels_[c].fixed.multiplier;
      p.left[c] = shifts(channels_[c]).left, p.right[c] = shifts(channels_[c]).right;
    }
    p.nudge = two_step ? std::int64_t{1} << 30 : 0;
    p.away = two_step && rule.rounding == Rounding::kHalfAwayFromZero;
    form_ = u8 ? kernels.high_mul_u8 : kernels.high_mul_i8;
  } else if (rule.method == Method::kBinary32 && rule.rounding == Rounding::kHalfToEven && !rule.zero_point_first) {
    p.binary32.resize(n);
    for (std::size_t c = 0; c < channels_.size(); ++c) p.binary32[c] = channels_[c].binary32;
    form_ = u8 ? kernels.binary32_u8 : kernels.binary32_i8;
  } else if (rule.method == Method::kSignificand && binary64_fits(rule, channels, largest) &&
             ((rule.rounding == Rounding::kHalfToEven && rule.zero_point_first) ||
              (rule.rounding == Rounding::kHalfUp && !rule.zero_point_first))) {
    p.binary64.resize(n);
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      const auto& m = channels_[c].fixed;
      p.binary64[c] = std::ldexp(m.multiplier, m.exponent - rule.multiplier_bits);
    }
    if (rule.zero_point_first) {
      form_ = u8 ? kernels.binary64_u8 : kernels.binary64_i8;
    } else {
      form_ = u8 ? kernels.half_up_u8 : kernels.half_up_i8;
    }
  }
}

void Requantizer::run(const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count, void* out,
                      std::ptrdiff_t out_stride) const {
  if (form_ != nullptr) {
    form_(parameters_, acc, acc_stride, rows, begin, count, out, out_stride);
    return;
  }
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < count; ++c) {
      const std::int32_t y = code(acc[r * acc_stride + c], begin + c);
      const std::ptrdiff_t i = r * out_stride + c;
      switch (output_) {
        case DType::kInt8:
          store<std::int8_t>(out, i, y);
          break;
        case DType::kUInt8:
          store<std::uint8_t>(out, i, y);
          break;
        case DType::kInt16:
          store<std::int16_t>(out, i, y);
          break;
        default:
          store<std::int32_t>(out, i, y);
          break;
      }
    }
  }
}

}  // namespace nputwin
