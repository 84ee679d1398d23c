// SOFTMAX over the last dimension, 8-bit, output scale 1/256 and zero point -128 (int8) or 0 (uint8). d = code - largest
// code of the row, x = beta * s_in * d <= 0:
//
// fixed point     x in Q5.26 by a multiplier; exp on negative values, the sum in Q12.19, its reciprocal by Newton steps;
//                 out = RDByPOT(SRDHM(1/sum, exp), bits + 31 - 8) + zp; d below the radius counts as 0.
//                 Source: TFLite reference/softmax.h, gemmlowp.
// binary32 table  e[d] = expf(-beta s_in |d|); sum in binary32 in element order; p = e[d] * (1/(sum * s_out));
//                 int8 half away from zero, uint8 trunc(p + 1/2). Source: TFLite optimized_ops.h.
// uint16 table    e[d] = trunc(expf * 65535 + 1/2); integer sum; MBQM(e[d], 1/(sum_real * s_out) / 65535); blocks of 16
//                 break ties upward, the last ones away from zero. Source: TFLite optimized_ops.h, AArch64 clang.
// real            half_even(exp(x) / sum / s_out + zp) in binary64.

#include <algorithm>
#include <array>
#include <cmath>

#include "fixed/fixed_point.h"
#include "ops/common.h"

namespace nputwin {
namespace {

struct Row {
  const std::int32_t* distance;  // d of each element
  std::int32_t* out;             // the code before zero point and clamp
  int count;
};

class Exponentials {
 public:
  Exponentials(SoftmaxMethod method, float beta, const TensorSpec& in, const TensorSpec& out)
      : method_(method), uint8_(out.type == DType::kUInt8), s_out_(out.scale()) {
    const double step = static_cast<double>(beta) * static_cast<double>(in.scale());
    for (int d = 0; d < 256; ++d) {
      const double x = static_cast<double>(static_cast<float>(-in.scale() * beta) * static_cast<float>(d));
      table32_[static_cast<std::size_t>(d)] = static_cast<float>(std::exp(x));
      table16_[static_cast<std::size_t>(d)] = static_cast<std::int32_t>(
          static_cast<double>(table32_[static_cast<std::size_t>(d)] * 65535.0F) + 0.5);
      table64_[static_cast<std::size_t>(d)] = std::exp(-step * d);
    }
    input_ = quantize_multiplier(std::min(step * (1 << 26), 2147483647.0));
    radius_ = round_real(-std::floor(std::ldexp(31.0 * (1 << 26), -input_.exponent)), Rounding::kFloor);
  }

  void operator()(const Row& row) const {
    switch (method_) {
      case SoftmaxMethod::kFixedPoint:
        return fixed_point(row);
      case SoftmaxMethod::kBinary32Table:
        return binary32(row);
      case SoftmaxMethod::kUint16Table:
        return uint16(row);
      case SoftmaxMethod::kReal:
        return real(row);
    }
  }

 private:
  [[nodiscard]] std::int32_t exponential(std::int32_t d) const {
    const std::int32_t x = shift_left_wrapping(d, std::max(input_.exponent, 0));  // d >= radius_: no overflow
    return exp_on_negative(saturating_rounding_doubling_high_mul(x, input_.multiplier), 5);
  }

  void fixed_point(const Row& row) const {
    std::int32_t sum = 0;
    for (int i = 0; i < row.count; ++i) {
      if (row.distance[i] >= radius_)
        sum = wrap_int32(std::int64_t{sum} + rounding_divide_by_pot(exponential(row.distance[i]), 12));
    }
    const Reciprocal inverse = reciprocal(sum, 12);
    for (int i = 0; i < row.count; ++i) {
      const std::int32_t d = row.distance[i];
      row.out[i] = d < radius_ ? 0
                               : rounding_divide_by_pot(
                                     saturating_rounding_doubling_high_mul(inverse.value, exponential(d)),
                                     std::min(inverse.bits_over_unit + 31 - 8, 31));
    }
  }

  void binary32(const Row& row) const {
    float sum = 0;
    for (int i = 0; i < row.count; ++i) sum += table32_[static_cast<std::size_t>(-row.distance[i])];
    const float inverse = 1.0F / (sum * s_out_);
    for (int i = 0; i < row.count; ++i) {
      const float p = table32_[static_cast<std::size_t>(-row.distance[i])] * inverse;
      row.out[i] = uint8_ ? static_cast<std::int32_t>(p + 0.5F)
                          : round_real(static_cast<double>(p), Rounding::kHalfAwayFromZero);
    }
  }

  void uint16(const Row& row) const {
    std::int32_t sum = 0;
    for (int i = 0; i < row.count; ++i) sum += table16_[static_cast<std::size_t>(-row.distance[i])];
    const float inverse = 1.0F / (static_cast<float>(sum) * s_out_);
    const QuantizedMultiplier m = quantize_multiplier(static_cast<double>(inverse));
    const int whole = row.count - row.count % 16;
    for (int i = 0; i < row.count; ++i) {
      row.out[i] =
          multiply_by_quantized_multiplier(table16_[static_cast<std::size_t>(-row.distance[i])], m,
                                           i < whole ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero);
    }
  }

  void real(const Row& row) const {
    double sum = 0;
    for (int i = 0; i < row.count; ++i) sum += table64_[static_cast<std::size_t>(-row.distance[i])];
    for (int i = 0; i < row.count; ++i) {
      row.out[i] =
          round_real(table64_[static_cast<std::size_t>(-row.distance[i])] / sum / static_cast<double>(s_out_),
                     Rounding::kHalfToEven);
    }
  }

  SoftmaxMethod method_;
  bool uint8_;
  float s_out_;
  std::array<float, 256> table32_{};
  std::array<std::int32_t, 256> table16_{};
  std::array<double, 256> table64_{};
  QuantizedMultiplier input_;
  std::int32_t radius_ = 0;
};

class Softmax final : public Kernel {
 public:
  Softmax(Exponentials exponentials, int depth) : exponentials_(exponentials), depth_(depth) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return 2 * static_cast<std::size_t>(depth_) * sizeof(std::int32_t);
  }

  void run(const RunContext& context) const override {
    auto* distance = reinterpret_cast<std::int32_t*>(context.scratch.data());
    auto* result = distance + depth_;
    with_8bit_codes(context, [&](auto in, auto out) {
      using T = typename decltype(out)::value_type;
      const CodeRange range = code_range(context.outputs[0].spec->type);
      for (std::size_t row = 0; row < in.size(); row += static_cast<std::size_t>(depth_)) {
        const auto codes = in.subspan(row, static_cast<std::size_t>(depth_));
        const int largest = *std::max_element(codes.begin(), codes.end());
        for (int i = 0; i < depth_; ++i) distance[i] = codes[static_cast<std::size_t>(i)] - largest;
        exponentials_(Row{distance, result, depth_});
        for (int i = 0; i < depth_; ++i) {
          out[row + static_cast<std::size_t>(i)] =
              static_cast<T>(std::clamp(result[i] + range.lo, range.lo, range.hi));
        }
      }
    });
  }

 private:
  Exponentials exponentials_;
  int depth_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  NPUTWIN_RETURN_IF_ERROR(check_probabilities(out));
  const auto beta = static_cast<float>(context.attributes->real("beta"));
  if (!(beta > 0) || std::isinf(beta)) return error("beta is {}, expected a positive number", beta);
  if (in.shape.empty() || in.shape.back() < 1 || in.shape.back() > 32768) {
    return error("softmax over a last dimension of '{}' {} is not supported", in.name, to_string(in.shape));
  }
  return std::make_unique<Softmax>(Exponentials(context.profile->softmax, beta, in, out), in.shape.back());
}

}  // namespace

const OpDefinition& softmax_op() {
  static constexpr OpDefinition kOp{"SOFTMAX", unary_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
